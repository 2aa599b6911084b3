"""What an agent may decide for the person it works for: what the desk has, and each confirmed.

A tool of a decision does nothing: it says in words what would be done and gives a code. Only
``confirm`` with that code does it, by the desk's own functions (time, scope, once, by whom). The
code is signed, holds the whole decision and ends after some minutes: what was said is what is done.
"""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import json
import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cs_assets.answers.directory import Entity
from cs_assets.answers.scope import Asker
from cs_assets.answers.tools import Offered
from cs_assets.desk import decisions
from cs_assets.desk.drafts import Form
from cs_assets.desk.viewer import Viewer
from cs_assets.errors import UsageError
from cs_assets.names import shown
from cs_assets.routing.decisions.people import REASON_CODES

CONFIRM = "confirm"
_MINUTES = 10
_LONGEST = 2000
_LONGEST_CODE = 8000

#: The name of a customer, account or call (by kind and id) in the asker's scope; ``None`` for none.
Named = Callable[[Entity, str], str | None]
_NAMED: tuple[Entity, ...] = ("customer", "account", "call")
#: Of a decision: what the desk is asked to do.
Do = Callable[[Viewer, Form, Mapping[str, Any]], decisions.Outcome]


@dataclass(frozen=True)
class _Decision:
    """A tool: what it decides, its parameters, and the words of what it would do."""

    name: str
    meaning: str
    parameters: Mapping[str, Mapping[str, Any]]
    needs: tuple[str, ...]
    words: str
    do: Do


def _text(what: str, *one_of: str) -> dict[str, Any]:
    listed: dict[str, Any] = {"enum": list(one_of)} if one_of else {"maxLength": _LONGEST}
    return {"type": "string", "description": what, **listed}


def _act(viewer: Viewer, form: Form, given: Mapping[str, Any]) -> decisions.Outcome:
    week = dt.date.fromisoformat(given["week"])
    return decisions.act(viewer, form, given["customer"], week, given["state"],
                         words=given.get("words", ""))  # fmt: skip


def _route(viewer: Viewer, form: Form, given: Mapping[str, Any]) -> decisions.Outcome:
    return decisions.route(
        viewer, form, given["account"], given["kind"], given["reason_code"],
        worker=given.get("worker", ""), note=given.get("note", ""),
    )  # fmt: skip


def _dispute(viewer: Viewer, form: Form, given: Mapping[str, Any]) -> decisions.Outcome:
    return decisions.dispute(viewer, form, given["call"], given["criterion"], given["reason"])


def _review(viewer: Viewer, form: Form, given: Mapping[str, Any]) -> decisions.Outcome:
    return decisions.review(
        viewer, form, given["customer"], given["kind"], words=given.get("words", ""),
        number=given.get("number", 0),
    )  # fmt: skip


def _resolve(viewer: Viewer, form: Form, given: Mapping[str, Any]) -> decisions.Outcome:
    return decisions.resolve(
        viewer, form, given["key"], was_sent=given["outcome"] == "sent", note=given["note"]
    )


_DECISIONS = {
    one.name: one
    for one in (
        _Decision(
            "decide_action", "Notes that the action advised for a customer is taken, done or not.",
            {"customer": _text("id of the customer"),
             "week": _text("its Monday, YYYY-MM-DD") | {"format": "date"},
             "state": _text("where it stands", "taken", "done", "dropped"),
             "words": _text("what came of it, or why it is dropped")},
            ("customer", "week", "state"),
            "the action advised for {customer} in the week of {week} becomes {state}", _act,
        ),
        _Decision(
            "decide_routing", "Approves, overrides or rejects the CSM recommended for an account.",
            {"account": _text("id of the account"),
             "kind": _text("what is decided", "approve", "override", "reject"),
             "reason_code": _text("why", *REASON_CODES),
             "worker": _text("worker id of the CSM instead"), "note": _text("a note")},
            ("account", "kind", "reason_code"), "{kind} the owner of account {account}", _route,
        ),
        _Decision(
            "decide_dispute_of_score", "Disputes what a call was scored on a criterion.",
            {"call": _text("id of the call"), "criterion": _text("dimension.criterion"),
             "reason": _text("why")},
            ("call", "criterion", "reason"), "dispute {criterion} of call {call}", _dispute,
        ),
        _Decision(
            "decide_review", "Notes on a customer's review, strikes an advice or approves it.",
            {"customer": _text("id of the customer"),
             "kind": _text("what is decided", "note", "strike", "approve"),
             "words": _text("the note, or why it is struck"),
             "number": {"type": "integer", "minimum": 1, "maximum": 9,
                        "description": "which of its advices is struck"}},
            ("customer", "kind"), "{kind} the newest review of {customer}", _review,
        ),
        _Decision(
            "decide_delivery", "Says of a delivery that nobody knows of whether it was sent.",
            {"key": _text("key of the delivery"),
             "outcome": _text("whether it was sent", "sent", "not-sent"),
             "note": _text("what that rests on")},
            ("key", "outcome", "note"), "delivery {key} counts as {outcome}", _resolve,
        ),
    )
}  # fmt: skip


def offered() -> list[Offered]:
    """The tools of decisions, and the one that confirms."""
    code = {"type": "string", "maxLength": _LONGEST_CODE, "description": "the code as it was given"}
    tools = [
        Offered(
            one.name,
            f"{one.meaning} Does nothing yet: ask the person, then call {CONFIRM} with the code.",
            {"type": "object", "properties": dict(one.parameters), "required": list(one.needs),
             "additionalProperties": False},
        )
        for one in _DECISIONS.values()
    ]  # fmt: skip
    confirm = {"type": "object", "properties": {"code": code}, "required": ["code"],
               "additionalProperties": False}  # fmt: skip
    meaning = "Does what a decision's tool said, after the person has agreed to these very words."
    return [*tools, Offered(CONFIRM, meaning, confirm)]


class Decisions:
    """Decisions of one asker through an agent."""

    def __init__(self, asker: Asker, now: Callable[[], dt.datetime], named: Named) -> None:
        """``now``: UTC, naive."""
        self._asker = asker
        self._now = now
        self._named = named
        self._key = secrets.token_bytes(32)

    def takes(self, name: str) -> bool:
        """Whether a tool of that name is one of these."""
        return name == CONFIRM or name in _DECISIONS

    def called(self, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """What a tool answers; raises ``UsageError`` for what no schema allows."""
        if name == CONFIRM:
            return self._confirmed(given)
        decision = _checked(name, given)
        words = decision.words.format_map(dict(given) | self._names(given))
        said = {
            "name": name, "given": dict(given), "form": uuid.uuid4().hex,
            "seen_at": self._now().isoformat(),
        }  # fmt: skip
        return {"status": "to_confirm", "would": words, "code": self._signed(said),
                "minutes": _MINUTES}  # fmt: skip

    def _names(self, given: Mapping[str, Any]) -> dict[str, str]:
        """Whom a decision is about, by name; raises ``UsageError`` for one not in scope."""
        told: dict[str, str] = {}
        for kind in (one for one in _NAMED if one in given):
            name = self._named(kind, given[kind])
            if name is None:
                raise UsageError(f"that {kind} is not known, or not one of yours")
            told[kind] = given[kind] if name == given[kind] else f"{shown(name)} ({given[kind]})"
        return told

    def _confirmed(self, given: Mapping[str, Any]) -> dict[str, Any]:
        said = self._read(given.get("code"))
        seen_at = dt.datetime.fromisoformat(said["seen_at"])
        until = seen_at + dt.timedelta(minutes=_MINUTES)
        if self._now() >= until:
            raise UsageError("the code is too old: decide again")
        decision = _checked(said["name"], said["given"])
        viewer = Viewer(self._asker, f"{self._asker} through an agent", until)
        outcome = decision.do(viewer, Form(said["form"], seen_at), said["given"])
        status = "done_before" if outcome.is_repeated else "done"
        return {"status": status, "words": outcome.words, "at": outcome.done_at.isoformat()}

    def _signed(self, said: Mapping[str, Any]) -> str:
        body = base64.urlsafe_b64encode(json.dumps(said, sort_keys=True).encode())
        return f"{body.decode()}.{self._signature(body)}"

    def _read(self, code: Any) -> dict[str, Any]:
        text = code if isinstance(code, str) and len(code) <= _LONGEST_CODE else ""
        body, _, signature = text.partition(".")
        right = self._signature(body.encode("ascii", "replace"))
        if not hmac.compare_digest(signature.encode("utf-8", "replace"), right.encode()):
            raise UsageError("that is no code that was given here: decide first, then confirm")
        try:
            said: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body))
        except (binascii.Error, ValueError):
            raise UsageError("that is no code that was given here") from None
        return said

    def _signature(self, body: bytes) -> str:
        return hmac.new(self._key, body, hashlib.sha256).hexdigest()


def _checked(name: str, given: Mapping[str, Any]) -> _Decision:
    """The decision of a tool whose parameters fit; raises ``UsageError``."""
    decision = _DECISIONS[name]
    if lacking := [one for one in decision.needs if not given.get(one)]:
        raise UsageError(f"{name} needs {', '.join(lacking)}")
    for key, value in given.items():
        schema = decision.parameters.get(key)
        if schema is None:
            raise UsageError(f"{name} takes no such parameter: {key[:40]!r}")
        kind = int if schema["type"] == "integer" else str
        fits = isinstance(value, kind) and not isinstance(value, bool)
        listed = schema.get("enum", [value])
        is_day = schema.get("format") != "date" or _is_monday(value)
        if not fits or len(str(value)) > _LONGEST or value not in listed or not is_day:
            one_of = f": one of {', '.join(listed)}" if "enum" in schema else ""
            raise UsageError(f"{name}: {key} is not {schema['description']}{one_of}")
    return decision


def _is_monday(value: Any) -> bool:
    try:
        return dt.date.fromisoformat(str(value)).weekday() == 0
    except ValueError:
        return False
