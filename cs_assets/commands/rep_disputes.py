"""``cs-assets rep dispute | disputes | decide | label``: people on what a call was scored."""

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from cs_assets.commands.calls import Json, config_folder, open_warehouse
from cs_assets.commands.terminal import echo, echo_json

if TYPE_CHECKING:
    from cs_assets.coaching.rep_week import Rep

Reason = Annotated[str, typer.Option("--reason", help="Why, in a sentence.")]


def dispute(
    call_id: Annotated[str, typer.Argument(metavar="CALL", help="The call's id in Gong.")],
    criterion: Annotated[
        str, typer.Argument(help="What is disputed, e.g. discovery.impact or just impact.")
    ],
    reason: Reason,
    person: Annotated[
        str, typer.Option("--by", help="Who says so; default: the rep of the call.")
    ] = "",
) -> None:
    """Dispute what a call was scored on a criterion; the manager decides, both values stay."""
    from cs_assets.coaching import disputing, policy

    rules = policy.load(config_folder())
    with open_warehouse().session("rep dispute") as db:
        made, rep = disputing.dispute(db, call_id, criterion, reason, rules, by=person, at=_now())
    said = "missing" if made.was_missing else "done"
    echo(
        f"{made.dispute_id}: {made.focus_id} of call {call_id} was scored as {said} "
        f"({made.share:.0%} of its points) and is disputed. Both values stay on record. "
        f"{_decider(rep, 'decides')} with: cs-assets rep decide {made.dispute_id} "
        "--uphold or --overturn"
    )


def list_disputes(
    only_open: Annotated[bool, typer.Option("--open", help="Only what waits.")] = False,
    as_json: Json = False,
) -> None:
    """List disputed scores: what the scorer said, what the rep says, what was decided."""
    from cs_assets.coaching import disputing

    with open_warehouse().reading("rep disputes") as db:
        found = list(disputing.of_all_time(db).values())
    if only_open:
        found = [one for one in found if one.decision is None]
    if as_json:
        return echo_json([{**dataclasses.asdict(o), "is_missing": o.is_missing} for o in found])
    if not found:
        echo("No score is disputed." if not only_open else "No dispute waits for a decision.")
    for one in found:
        was = "missing" if one.was_missing else "done"
        claimed = "done" if one.was_missing else "missing"
        echo(f"{one.dispute_id}  call {one.call_id}, {one.call_date}: {one.focus_id}")
        echo(f"  scored as {was} by {one.model}; {claimed}, says {one.raised_by}: {one.reason}")
        if one.decision is None:
            echo("  open")
        else:
            echo(f"  {one.decision} by {one.decided_by}: {one.decision_reason}")


def decide(
    dispute_id: Annotated[str, typer.Argument(help="As rep disputes lists it.")],
    reason: Reason,
    person: Annotated[str, typer.Option("--by", help="Who decides: id or e-mail.")],
    uphold: Annotated[bool, typer.Option("--uphold", help="The scorer was right.")] = False,
    overturn: Annotated[bool, typer.Option("--overturn", help="The rep is right.")] = False,
) -> None:
    """Decide a dispute, as the rep's manager; the decision becomes a label for scorers."""
    from cs_assets.coaching import disputing
    from cs_assets.errors import UsageError

    if uphold == overturn:
        raise UsageError("give one of --uphold and --overturn")
    with open_warehouse().session("rep decide") as db:
        decided = disputing.decide(db, dispute_id, reason, is_upheld=uphold, by=person, at=_now())
    holds = "missing" if decided.is_missing else "done"
    echo(
        f"{dispute_id}: {decided.decision}; {decided.focus_id} counts as {holds} in call "
        f"{decided.call_id} from the next digest on. The scorer's value stays visible."
    )


def label(
    call_id: Annotated[str, typer.Argument(metavar="CALL", help="The call's id in Gong.")],
    criterion: Annotated[
        str, typer.Argument(help="What was asked for, e.g. discovery.impact or just impact.")
    ],
    person: Annotated[str, typer.Option("--by", help="Who heard the call: e-mail or name.")],
    is_missing: Annotated[bool, typer.Option("--missing", help="The call lacked it.")] = False,
    is_done: Annotated[bool, typer.Option("--done", help="It was done.")] = False,
) -> None:
    """Say how you hear a judgement of a call; no score changes, scorers are measured by it."""
    from cs_assets.coaching import labelling, policy
    from cs_assets.errors import UsageError

    if is_missing == is_done:
        raise UsageError("give one of --missing and --done")
    rules = policy.load(config_folder())
    with open_warehouse().session("rep label") as db:
        found = labelling.label(
            db, call_id, criterion, rules, is_missing=is_missing, by=person, at=_now()
        )
    echo(f"{found} of call {call_id} is labelled as {'missing' if is_missing else 'done'}")


def _decider(rep: "Rep", verb: str) -> str:
    return f"The manager {verb}" if rep.manager_id else f"Any other person {verb}"


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)
