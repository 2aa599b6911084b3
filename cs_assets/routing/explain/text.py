"""The stored audit of one account as text that a person of CS operations can read."""

import datetime as dt
import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cs_assets.routing.explain.terms import WORDS, adding_up
from cs_assets.routing.placing.eligibility import CALLED, SAYS, how_many
from cs_assets.routing.rows import Row, known

_LABEL = 11
#: Width of a rule in the list of who may not.
_RULE = 60
_NARROWEST, _WIDEST = 60, 110
#: Why there is no proof, by status, where the programme did not choose.
_NOT_CHOSEN = {
    "recommended": "a person chose the owner, the programme did not",
    "needs_person": "a person decides, the programme chose nobody",
    "waiting": "the account has no owner yet; who waits is settled before owners are chosen",
}


def as_document(row: Row) -> dict[str, Any]:
    """The same for programs: the row of `sql/routing/audit_of_account.sql`, its JSON opened."""
    opened = {"audit": "null", "certificate": "{}", "missing": "[]", "reasons": "[]"}
    out: dict[str, Any] = {}
    for name, value in row.items():
        plain = value if known(value) else None
        if name in opened:
            out[name] = json.loads(plain or opened[name])
        else:
            out[name] = plain.isoformat() if isinstance(plain, dt.datetime) else plain
    if out["audit"] is None:  # the proof of its batch says nothing of what was not chosen
        out |= {"proof_status": None, "gap": None, "solver": None, "certificate": {}}
    return out


def told(row: Row, width: int) -> str:
    """The explanation in lines of at most ``width`` characters."""
    width = max(_NARROWEST, min(width, _WIDEST))
    document = as_document(row)
    lines = [*_heading(document, width), ""]
    audit = document["audit"]
    if document["owner_status"] == "overridden" and document["owner_id"] != document["worker_id"]:
        lines += ["What was recommended before a person chose otherwise:", ""]
    if audit is None:
        lines += _wrapped(document["explanation"], width)
    else:
        lines += _why(document, audit, width)
    return "\n".join([*lines, *_proof(document, width)])


def _heading(document: Mapping[str, Any], width: int) -> Iterator[str]:
    name = document["account_name"] or "unknown to the accounts source"
    yield from _labelled("Account", f"{name} ({document['account_id']})", width)
    words = [document[key] for key in ("segment", "account_level", "region", "language")]
    if document["health_segment"]:
        words.append(f"health {document['health_segment']}")
    if document["neediness"] is not None:
        words.append(f"neediness {document['neediness']:.1f}")
        words.append(f"{document['points']:.1f} capacity points")
    if document["waiting_days"] is not None:
        words.append(f"waited {document['waiting_days']:.1f} days")
    yield from _labelled("", ", ".join(word for word in words if word), width)
    if document["missing"]:
        unknown = ", ".join(name.replace("_", " ") for name in document["missing"])
        yield from _labelled("Unknown", unknown, width)
    yield from _labelled("Owner", _owner(document), width)
    yield from _labelled("Batch", document["batch_id"], width)


def _owner(document: Mapping[str, Any]) -> str:
    if document["owner_id"] is None:
        return {
            "waiting": "none yet: the account waits and is planned again",
            "needs_person": "none yet: a person decides",
        }.get(document["status"], "none yet")
    said = f"{document['owner_name']} ({document['owner_id']}), "
    if document["owner_status"] == "held":
        return f"{said}held: a person has to approve or choose otherwise (route-decide)"
    if document["owner_status"] == "overridden":
        return f"{said}chosen by {document['decided_by']}, reason {document['reason_code']}"
    return f"{said}since {document['owned_since'][:16].replace('T', ' ')} UTC"


def _why(document: Mapping[str, Any], audit: Mapping[str, Any], width: int) -> Iterator[str]:
    chosen = audit["chosen"]["worker_name"]
    yield f"WHY {chosen.upper()}"
    if audit["together_with"]:
        others = ", ".join(audit["together_with"])
        yield from _indented(
            f"Goes together with {others}: new accounts of one parent. Costs are those of all "
            "of them.",
            width,
        )
    if audit["relaxed"]:
        rules = ", ".join(CALLED.get(rule, rule) for rule in audit["relaxed"])
        yield from _indented(
            f"Not every rule could be kept; passed for this account: {rules}.", width
        )
    for note in audit.get("notes", ()):
        yield from _indented(note, width)
    if audit["against"]:
        yield from _table(audit, width)
    elif audit.get("follows"):
        yield from _indented(
            f"Owns the parent account {audit['follows']}; children follow it.", width
        )
    else:
        yield from _indented("Nobody else may take the account and has room.", width)
    yield ""
    yield "WHY NOBODY ELSE (each once, by the first rule in the way)"
    yield from _others(audit)
    yield ""
    yield "RULES THAT DECIDED (counted for every rule in the way)"
    yield from _deciding(audit, width)
    yield ""
    yield "WHAT WOULD HAVE TO CHANGE"
    yield from _changes(audit, width)
    yield ""


def _table(audit: Mapping[str, Any], width: int) -> Iterator[str]:
    """How far the others are behind, by term; the lines add up to the last as printed."""
    if audit["measure"] == "cost":
        yield from _indented(
            "What each of the next would cost more, everybody else's owner as it is. "
            "1.000 is the cost of an average account on a full book.",
            width,
        )
    else:
        yield from _indented("How much less each of the next scores; scores go from 0 to 1.", width)
    others = audit["against"]
    shown = [adding_up(other["terms"], audit["unit"]) for other in others]
    names = [other["worker_name"] for other in others]
    column = max(12, *(len(name) + 2 for name in names))
    column = min(column, (width - 36) // len(names))
    yield ""
    yield " " * 36 + "".join(f"{name[: column - 1]:>{column}}" for name in names)
    terms = {term for cells in shown for term, value in cells.items() if value}
    for term in sorted(terms, key=lambda t: (-abs(shown[0].get(t, 0)), t)):
        yield _line(WORDS.get(term, term), [cells.get(term, 0) for cells in shown], column)
    yield _line("together", [sum(cells.values()) for cells in shown], column)
    for name, cells in zip(names, shown, strict=True):
        if not any(cells.values()):
            yield from _indented(f"{name} would do as well: a fixed tie-break decides.", width)


def _line(label: str, values: Sequence[int], column: int) -> str:
    cells = "".join(
        f"{value / 1000:>+{column}.3f}" if value else f"{'0':>{column}}" for value in values
    )
    return f"    {label:<32}{cells}"


def _others(audit: Mapping[str, Any]) -> Iterator[str]:
    shared = audit.get("out_shared", {})
    rows = [
        (SAYS.get(rule, rule), how_many(n, shared.get(rule, 0))) for rule, n in audit["out"].items()
    ]
    if audit["dearer"]:
        verb = "costs more still" if audit["measure"] == "cost" else "scores less still"
        rows.append((f"may take it, but {verb}", f"{audit['dearer']} more"))
    if not rows:
        yield "    There is nobody else."
    for said, count in rows:
        *first, last = textwrap.wrap(said, _RULE)
        yield from (f"    {line}" for line in first)
        yield f"    {last:<{_RULE + 2}} {count}"


def _deciding(audit: Mapping[str, Any], width: int) -> Iterator[str]:
    if not audit["binding"]:
        yield from _indented("None: nobody whom a rule kept out would have been better.", width)
    shared = audit.get("binding_shared", {})
    for rule, count in audit["binding"].items():
        better = how_many(count, shared.get(rule, 0))
        yield from _indented(f"- {CALLED.get(rule, rule)}: kept out {better}, though better", width)


def _changes(audit: Mapping[str, Any], width: int) -> Iterator[str]:
    if audit["would_change"]:
        yield from _indented("Each by itself; tried by scoring again, all else as it is.", width)
    else:
        yield from _indented("No single rule, number or weight would do.", width)
    for change in audit["would_change"]:
        yield from _indented(f"- {change['words']}", width)


def _proof(document: Mapping[str, Any], width: int) -> Iterator[str]:
    yield from _labelled("Proof", _proven(document), width)
    yield from _labelled(
        "", f"policy {document['policy_version']}, inputs {document['input_hash']}", width
    )
    if document["verdict"] == "unreviewed":
        said = f"none: {document['why_unreviewed']}"
    elif document["verdict"]:
        said = f"{document['verdict']} by {document['reviewer']}"
        said += "".join(f"; {reason}" for reason in document["reasons"])
    else:
        said = "none"
    yield from _labelled("Review", said, width)


def _proven(document: Mapping[str, Any]) -> str:
    if document["audit"] is None:
        return "none: " + _NOT_CHOSEN.get(document["status"], "the programme gave it no owner")
    checked = document["certificate"]
    said = []
    if document["gap"] is not None:
        far = f"{100 * document['gap']:.3f} %"
        best = "the best possible" if document["proof_status"] == "optimal" else (
            f"at most {far} dearer than the best possible"
        )  # fmt: skip
        said.append(f"The batch is {best} ({document['solver']}).")
    if checked.get("checks"):
        said.append(f"A second program confirmed {sum(checked['checks'].values()):,} conditions.")
    if counted := checked.get("cross_check"):
        said.append(
            f"{counted['assignments']:,} assignments of {counted['accounts']} accounts were "
            "counted out, none better."
            if counted["cheapest"] >= counted["chosen"]
            else f"{counted['assignments']:,} assignments of {counted['accounts']} accounts were "
            "counted out; none beats the bound."
        )
    if checked.get("reproducible") is False:
        said.append("The time limit cut the search short.")
    return " ".join(said) or "nothing was solved"


def _labelled(label: str, text: str, width: int) -> list[str]:
    lines = textwrap.wrap(text, width - _LABEL) or [""]
    return [f"{label if not k else '':<{_LABEL}}{line}" for k, line in enumerate(lines)]


def _wrapped(text: str, width: int) -> list[str]:
    return [*textwrap.wrap(text, width), ""]


def _indented(text: str, width: int) -> list[str]:
    hang = "      " if text.startswith("- ") else "    "
    return textwrap.wrap(text, width, initial_indent="    ", subsequent_indent=hang)
