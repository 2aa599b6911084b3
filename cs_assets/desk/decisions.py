"""What people decide at the desk: by the functions of the command line, once, and by whom.

Each decision checks the viewer's time and scope itself, whatever the page that calls it has
checked. A form that is sent twice (a double click, a connection that came back) is one decision.
Of two who decide at once the second is told who was first and when. What could not be stored is
kept as a draft.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from cs_assets.answers.scope import Scope, scope_of
from cs_assets.decided import DecidedAlready, is_newer
from cs_assets.desk import configured, session
from cs_assets.desk.drafts import Drafts, FileDrafts, Form, Kind, TableDrafts
from cs_assets.desk.guards import NotYours
from cs_assets.desk.viewer import Viewer
from cs_assets.errors import CsAssetsError, UsageError

if TYPE_CHECKING:
    from cs_assets.customers.follow_up.actions import State
    from cs_assets.delivery.delivering import Outbox
    from cs_assets.delivery.resending import Intent
    from cs_assets.reviews.hands import Kind as HandKind

_TABLE = "ops.desk_decisions"
#: How long a sending that somebody began may take before it counts as cut short.
_SENDING_SECONDS = 600.0
_UNDER_WAY = "it is being sent"

#: Does the writing in a session that may; what to tell.
Write = Callable[[Any, Scope], str]


@dataclass(frozen=True)
class Outcome:
    """What was done, in words; ``is_repeated``: by an earlier sending of the same form."""

    words: str
    done_at: dt.datetime
    is_repeated: bool = False


def act(
    viewer: Viewer,
    form: Form,
    customer: str,
    week: dt.date,
    state: "State",
    *,
    words: str = "",
    action: str = "",
) -> Outcome:
    """Note that an advised action is taken, done or dropped (``words``: why).

    ``action``: one of earlier weeks by its id, else the one advised in ``week`` (a Monday).
    """
    from cs_assets.customers.follow_up import actions, noting
    from cs_assets.desk.reading.customer import advised
    from cs_assets.frames import records

    def write(db: Any, scope: Scope) -> str:
        _allow(viewer, scope.allows("customer", customer), "operations", "manager", "csm")
        rows = records(db.query("customers/advice_of", [customer, week]))
        if not rows:
            raise UsageError(f"{customer} has no advice in the week of {week}, or is gone")
        event = noting.note(
            db, rows[0], week, state, words=words, by=viewer.address, at=session.now(),
            action=action, seen_at=form.seen_at,
        )  # fmt: skip
        policy = configured.customer_policy(session.settings().cs_assets_config_dir)
        name = advised(db, customer, week, event["code"]) if not action else ""
        name = name or actions.called(event["code"], policy.playbooks)
        return f"{rows[0]['customer_name']}: “{name}” is {state}"

    return _decided(viewer, form, "action", customer, (actions.TABLE,), write)


def route(
    viewer: Viewer,
    form: Form,
    account: str,
    kind: Literal["approve", "override", "reject"],
    reason_code: str,
    *,
    worker: str = "",
    note: str = "",
) -> Outcome:
    """Approve, override (with ``worker``) or reject the CSM of an account.

    Managers decide where the owner, and who takes the account, are of their team.
    """
    from cs_assets.frames import records, text_or_none
    from cs_assets.routing.decisions import people

    if (kind == "override") != bool(worker):
        raise UsageError("an override names the CSM instead; nothing else does")

    def write(db: Any, scope: Scope) -> str:
        owners = records(db.query("answers/owner_of_account", [account]))
        is_theirs = any(scope.allows("worker", one["owner_id"]) for one in owners)
        is_theirs = is_theirs and (not worker or scope.allows("worker", worker))
        _allow(viewer, scope.sees_all or is_theirs, "operations", "manager")
        decision = people.Decision(
            account, kind, reason_code, viewer.address, session.now(), worker or None, note or None
        )
        people.decide(db, decision, seen_at=form.seen_at)
        name = next((text_or_none(one["account_name"]) for one in owners), None)
        told = {"approve": "approved", "override": "overridden", "reject": "rejected"}[kind]
        said = f"{name} ({account}) is {told}" if name else f"{account} is {told}"
        return f"{said}, now with {_called(db, worker)}" if worker else said

    return _decided(viewer, form, "routing", account, people.TABLES, write)


def _called(db: Any, worker: str) -> str:
    """A CSM by name and id."""
    rows = db.query("answers/workers")
    names = rows.loc[rows["worker_id"] == worker, "worker_name"].dropna()
    return f"{names.iloc[0]} ({worker})" if len(names) else worker


def dispute(viewer: Viewer, form: Form, call_id: str, criterion: str, reason: str) -> Outcome:
    """Dispute what a call was scored on a criterion: a rep their own, who leads them theirs."""
    from cs_assets.coaching import disputing, policy

    rules = policy.load(session.settings().cs_assets_config_dir)

    def write(db: Any, scope: Scope) -> str:
        rows = db.query("calls/one_call", [call_id])
        is_theirs = not rows.empty and scope.allows("rep", rows["rep_user_id"].iloc[0])
        _allow(viewer, is_theirs, "operations", "manager", "rep")
        made, _ = disputing.dispute(
            db, call_id, criterion, reason, rules, by=viewer.address, at=session.now()
        )
        return f"“{rules.called(made.focus_id)}” is disputed ({made.dispute_id}); both values stay"

    return _decided(viewer, form, "dispute", call_id, (disputing.TABLE,), write)


def decide_dispute(
    viewer: Viewer, form: Form, dispute_id: str, reason: str, *, is_upheld: bool
) -> Outcome:
    """Decide a dispute; the decision is a label for scorers. Only the rep's manager may."""
    from cs_assets.coaching import disputing

    def write(db: Any, scope: Scope) -> str:
        found = disputing.of_all_time(db).get(dispute_id)
        is_theirs = found is not None and scope.allows("rep", found.rep_user_id)
        _allow(viewer, is_theirs, "operations", "manager")
        decided = disputing.decide(
            db, dispute_id, reason, is_upheld=is_upheld, by=viewer.address, at=session.now()
        )
        holds = "missing" if decided.is_missing else "done"
        called = configured.coaching(session.settings().cs_assets_config_dir).called
        judged = called(decided.focus_id)
        return f"“{judged}” is {decided.decision} and counts as {holds} ({dispute_id})"

    tables = (disputing.TABLE, disputing.LABELS)
    return _decided(viewer, form, "dispute_decision", dispute_id, tables, write)


def label(viewer: Viewer, form: Form, call_id: str, criterion: str, *, is_missing: bool) -> Outcome:
    """Say how a person hears a criterion in a call; for who leads the rep, and operations."""
    from cs_assets.coaching import disputing, labelling, policy

    rules = policy.load(session.settings().cs_assets_config_dir)

    def write(db: Any, scope: Scope) -> str:
        rows = db.query("calls/one_call", [call_id])
        is_theirs = not rows.empty and scope.allows("rep", rows["rep_user_id"].iloc[0])
        _allow(viewer, is_theirs, "operations", "manager")
        found = labelling.label(
            db, call_id, criterion, rules, is_missing=is_missing, by=viewer.address,
            at=session.now(), seen_at=form.seen_at,
        )  # fmt: skip
        return f"“{rules.called(found)}” is labelled as {'missing' if is_missing else 'done'}"

    return _decided(viewer, form, "label", call_id, (disputing.LABELS,), write)


def review(
    viewer: Viewer,
    form: Form,
    customer: str,
    kind: "HandKind",
    *,
    words: str = "",
    number: int = 0,
    week: str | None = None,
) -> Outcome:
    """Note something on a review, strike advice ``number`` (from 1), or approve it."""
    from cs_assets.reviews import by_hand

    def write(db: Any, scope: Scope) -> str:
        _allow(viewer, scope.allows("customer", customer), "operations", "manager", "csm")
        hand = by_hand.keep(
            db, customer, week, kind, words=words, number=number, by=viewer.address,
            at=session.now(),
        )  # fmt: skip
        about = f' "{hand.title}"' if hand.title else ""
        return f"kept for {customer}, week of {hand.week}: {kind}{about}"

    return _decided(viewer, form, "review", customer, (by_hand.TABLE,), write)


def resolve(viewer: Viewer, form: Form, key: str, *, was_sent: bool, note: str) -> Outcome:
    """Decide a delivery of which nobody knows whether it was sent."""
    from resources.ledger import opened

    def write(_: Any, scope: Scope) -> str:
        _allow(viewer, scope.sees_all, "operations")
        if not note.strip():
            raise UsageError("say what the decision rests on")
        with opened(session.settings()) as found:
            full = found.ledger.get(key).delivery_key
            said = "sent" if was_sent else "not-sent"
            for row in found.ledger.decisions(full):
                mine = (row["decision"], row["decided_by"], row["note"])
                if not _is_since(row["decided_at"], form.seen_at):
                    continue
                if mine == (said, viewer.address, note):  # cut short after it was written
                    return f"{full[:12]} is resolved as {said}"
                raise DecidedAlready(
                    f"{full[:12]} was decided ({row['decision']})", row["decided_by"],
                    _naive(row["decided_at"]),
                )  # fmt: skip
            found.ledger.resolve(
                full, sent=was_sent, by=viewer.address, note=note, now=dt.datetime.now(dt.UTC)
            )
        return f"{full[:12]} is resolved as {said}"

    return _decided(viewer, form, "delivery", key, (), write)


def resend(
    viewer: Viewer, form: Form, keys: Sequence[str], note: str, *, allow_late: bool = False
) -> Outcome:
    """Send deliveries once more on purpose, each once however often the form is sent.

    Who sends and why is stored before anything goes out, and the warehouse is free meanwhile.
    """
    from cs_assets.commands.deliveries_opened import outbox
    from cs_assets.delivery import resending
    from cs_assets.delivery.sending import recover

    if not keys or not note.strip():
        raise UsageError("say which deliveries are sent again, and why")
    _allow(viewer.checked(session.now()), True, "operations")
    about = ",".join(sorted(keys))
    order = resending.Order(viewer.address, f"{note.strip()} ({form.form_id[:8]})")

    def intents(box: "Outbox") -> "list[Intent]":
        recover(box.ledger, box.journal, box.clock, box.policy)
        found = [resending.asked_for(box.ledger, key, order) for key in keys]
        return resending.intents(box, found, allow_late=allow_late, order=order)

    with outbox() as box:
        todo = intents(box)
        refused = _refused(todo) if len(_refused(todo)) == len(todo) else []
    claimed = _decided(viewer, form, "resend", about, (), _claim(viewer, form, about, refused))
    if claimed.is_repeated and not _was_cut_short(claimed):
        return claimed
    with outbox() as box:
        todo = intents(box)
        sent, _ = resending.resend(box, todo, order)
        after = box.ledger.find(keys=sent)
    told = [f"{one.delivery_key[:12]} is {one.state}" for one in after]
    words = "; ".join([*told, *_refused(todo)])
    with _writing("resend") as db:
        db.merge(_TABLE, _row(form, "resend", about, words, viewer.address, claimed.done_at))
    return Outcome(words, claimed.done_at)


def _refused(todo: "Sequence[Intent]") -> list[str]:
    """Why some are not sent; the option of the command line is a box of the page."""
    return [
        f"{one.delivery.delivery_key[:12]}: {one.why.partition(' (')[0]}"
        for one in todo
        if one.would == "nothing"
    ]


def _claim(viewer: Viewer, form: Form, about: str, refused: Sequence[str]) -> Write:
    """Who sends first: others are told, for the same delivery sent by two goes out twice.

    ``refused``: why none of them would be sent, where that is so.
    """

    def write(db: Any, scope: Scope) -> str:
        _allow(viewer, scope.sees_all, "operations")
        wanted = set(about.split(","))
        for row in _rows(db, "desk/decisions_of_kind", ["resend"]):
            if is_newer(row["done_at"], form.seen_at) and wanted & set(row["about"].split(",")):
                raise DecidedAlready("it was sent again", row["done_by"], row["done_at"])
        if refused:
            raise UsageError("; ".join(refused))
        return _UNDER_WAY

    return write


def _was_cut_short(claimed: Outcome) -> bool:
    age = (session.now() - claimed.done_at).total_seconds()
    return claimed.words == _UNDER_WAY and age > _SENDING_SECONDS


# --- drafts


def drafts() -> Drafts:
    """Where drafts are kept."""
    found = session.settings()
    if session.is_in_snowflake():
        return TableDrafts(lambda: _writing("draft"))
    return FileDrafts(found.home.ensure().desk)


def keep(viewer: Viewer, kind: Kind, about: str, form: Form) -> None:
    """Keep what somebody has written so far, also once their time is over; nothing is no draft."""
    if any(form.fields.values()):
        drafts().keep(viewer.address, kind, about, form, session.now())
    else:
        forget(viewer, kind, about)


def forget(viewer: Viewer, kind: Kind, about: str) -> None:
    """What was written is sent, or taken back."""
    drafts().drop(viewer.address, kind, about, session.now())


def begun(viewer: Viewer, kind: Kind, about: str, seen_at: dt.datetime) -> Form:
    """The form that a person began to fill in, or a new one of what they look at now."""
    return drafts().find(viewer.address, kind, about) or Form.new(seen_at)


# --- how a decision is made


def _decided(
    viewer: Viewer, form: Form, kind: Kind, about: str, tables: Sequence[str], write: Write
) -> Outcome:
    """Write once for a form, and note that; what fails for another reason than others' being first
    stays as a draft.
    """
    try:
        outcome = _once(viewer, form, kind, about, tables, write)
    except DecidedAlready:
        forget(viewer, kind, about)
        raise
    except CsAssetsError:
        if form.fields:
            drafts().keep(viewer.address, kind, about, form, session.now())
        raise
    forget(viewer, kind, about)
    return outcome


def _once(
    viewer: Viewer, form: Form, kind: Kind, about: str, tables: Sequence[str], write: Write
) -> Outcome:
    viewer.checked(session.now())
    with _writing(kind) as db:
        scope = scope_of(db, viewer.asker)
        with db.transaction(_TABLE, *tables):
            viewer.checked(session.now())  # the turn may have taken long
            for row in _rows(db, "desk/decision_of_form", [form.form_id]):
                if (row["done_by"], row["kind"], row["about"]) != (viewer.address, kind, about):
                    raise NotYours("this form was sent by somebody else, or for something else")
                return Outcome(str(row["words"]), _naive(row["done_at"]), True)
            words, at = write(db, scope), session.now()
            db.append(_TABLE, _row(form, kind, about, words, viewer.address, at))
    return Outcome(words, at)


def _row(form: Form, kind: Kind, about: str, words: str, who: str, at: dt.datetime) -> pd.DataFrame:
    return pd.DataFrame(
        [{"form_id": form.form_id, "kind": kind, "about": about, "words": words, "done_by": who,
          "done_at": at}]
    )  # fmt: skip


@contextmanager
def _writing(what: str) -> Iterator[Any]:
    """A session that may write, in an installation that is there."""
    _ = session.settings().existing_home
    with session.warehouse().session(f"desk {what}") as db:
        yield db


def _rows(db: Any, statement: str, parameters: Sequence[Any]) -> list[dict[str, Any]]:
    from cs_assets.frames import records

    return records(db.query(statement, parameters))


def _allow(viewer: Viewer, is_in_scope: bool, *roles: str) -> None:
    if viewer.asker.role not in roles:
        raise NotYours(f"that is for {' and '.join(roles)}")
    if not is_in_scope:
        raise NotYours("that is not one of yours, or is gone")


def _is_since(decided_at: Any, seen_at: dt.datetime) -> bool:
    return is_newer(_naive(decided_at), seen_at)


def _naive(moment: Any) -> dt.datetime:
    """UTC without saying so, as the warehouse has it; the ledger of deliveries says it."""
    found = pd.Timestamp(moment)
    return (found.tz_convert("UTC").tz_localize(None) if found.tzinfo else found).to_pydatetime()
