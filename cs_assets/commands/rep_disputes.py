"""``cs-assets rep dispute | disputes | decide``: a score is disputed, a person decides."""

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cs_assets.commands.calls import Json, config_folder, no_call, open_warehouse
from cs_assets.commands.terminal import echo, echo_json

if TYPE_CHECKING:
    from cs_assets.coaching.disputes import Dispute
    from cs_assets.coaching.policy import CoachingPolicy
    from cs_assets.coaching.rep_week import Rep
    from resources.warehouse import Session

_EVER = [dt.date(1970, 1, 1), dt.date(9999, 1, 1)]

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
    import pandas as pd

    from cs_assets.coaching import disputes, policy
    from cs_assets.errors import UsageError

    rules = policy.load(config_folder())
    with open_warehouse().session("rep dispute") as db:
        rep, seen, shares = _scored(db, call_id, rules)
        focus_id = _criterion(criterion, sorted(seen))
        who, now = person or rep.email or rep.name, _now()
        made = disputes.raised(seen[focus_id], focus_id, shares[focus_id], reason, who, now)
        before = disputes.disputes_of(db.query("coaching/disputes", _EVER)).get(made.dispute_id)
        if before is not None:
            raise UsageError(
                f"{focus_id} of call {call_id} is disputed since {before.raised_at:%Y-%m-%d} as "
                f"{before.dispute_id} ({before.decision or 'open'})"
            )
        row = disputes.step_row(made, now)
        db.append("ops.score_disputes", pd.DataFrame([row]))
    said = "missing" if made.was_missing else "done"
    echo(
        f"{made.dispute_id}: {focus_id} of call {call_id} was scored as {said} "
        f"({made.share:.0%} of its points) and is disputed. Both values stay on record. "
        f"{_decider(rep, 'decides')} with: cs-assets rep decide {made.dispute_id} "
        "--uphold or --overturn"
    )


def list_disputes(
    only_open: Annotated[bool, typer.Option("--open", help="Only what waits.")] = False,
    as_json: Json = False,
) -> None:
    """List disputed scores: what the scorer said, what the rep says, what was decided."""
    from cs_assets.coaching import disputes

    with open_warehouse().reading("rep disputes") as db:
        found = list(disputes.disputes_of(db.query("coaching/disputes", _EVER)).values())
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
    import pandas as pd

    from cs_assets.coaching import disputes
    from cs_assets.coaching.rep_week import users_of
    from cs_assets.errors import UsageError

    if uphold == overturn:
        raise UsageError("give one of --uphold and --overturn")
    with open_warehouse().session("rep decide") as db:
        found = disputes.disputes_of(db.query("coaching/disputes", _EVER)).get(dispute_id)
        if found is None:
            raise UsageError(f"no dispute '{dispute_id}'; see: cs-assets rep disputes --open")
        if found.decision is not None:
            raise UsageError(f"{dispute_id} was {found.decision} by {found.decided_by} already")
        decider = _manager(found, person, users_of(db.query("coaching/reps")))
        decided = dataclasses.replace(
            found,
            decision="upheld" if uphold else "overturned",
            decided_by=decider,
            decision_reason=disputes.fit(reason),
        )
        now = _now()
        with db.transaction("ops.score_disputes", "analytics.call_labels"):
            db.append("ops.score_disputes", pd.DataFrame([disputes.step_row(decided, now)]))
            db.merge("analytics.call_labels", pd.DataFrame([disputes.label_row(decided, now)]))
    holds = "missing" if decided.is_missing else "done"
    echo(
        f"{dispute_id}: {decided.decision}; {found.focus_id} counts as {holds} in call "
        f"{found.call_id} from the next digest on. The scorer's value stays visible."
    )


def _scored(
    db: "Session", call_id: str, rules: "CoachingPolicy"
) -> "tuple[Rep, dict[str, Any], dict[str, float]]":
    """The rep of a scored call, and its chances and shares by focus id."""
    import pandas as pd

    from cs_assets.coaching.planning.evidence import readable
    from cs_assets.coaching.planning.standings import chances
    from cs_assets.coaching.rep_week import rep_of, users_of
    from cs_assets.errors import UsageError
    from cs_assets.frames import records

    rows = db.query("calls/one_call", [call_id])
    if rows.empty:
        no_call(call_id)
    calls, broken = readable(
        rows.assign(call_date=pd.to_datetime(rows["call_date"]).dt.date, account_key=None)
    )
    if broken or rows["status"].iloc[0] != "scored" or rows["is_private"].iloc[0]:
        raise UsageError(f"call {call_id} has no score that could be disputed")
    call = records(calls)[0]
    shares = {
        f"{dimension}.{key}": share
        for dimension, own in call["evidence"].items()
        for key, share in own.criteria.items()
        if share is not None
    }
    seen = {key: own[0] for key, own in chances([call], rules).items()}
    return rep_of(str(call["rep_user_id"]), users_of(db.query("coaching/reps"))), seen, shares


def _criterion(wanted: str, known: list[str]) -> str:
    from cs_assets.errors import UsageError

    found = [one for one in known if wanted in (one, one.partition(".")[2])]
    if len(found) != 1:
        raise UsageError(
            f"'{wanted}' is no criterion that this call was judged on before a person: "
            f"{', '.join(known) or 'none'}"
        )
    return found[0]


def _decider(rep: "Rep", verb: str) -> str:
    return f"The manager {verb}" if rep.manager_id else f"Any other person {verb}"


def _manager(dispute: "Dispute", person: str, users: "dict[str, Rep]") -> str:
    """Who decides: the rep's manager, or anybody but the rep where Gong knows none."""
    from cs_assets.coaching.rep_week import rep_of
    from cs_assets.errors import UsageError

    rep = rep_of(dispute.rep_user_id, users)
    found = next((one for one in users.values() if person in (one.user_id, one.email)), None)
    if found is None:
        raise UsageError(f"no '{person}' among Gong's users; give an id or an e-mail")
    if found.user_id == rep.user_id:
        raise UsageError("nobody decides on their own score")
    if rep.manager_id is not None and found.user_id != rep.manager_id:
        manager = rep_of(rep.manager_id, users)
        raise UsageError(f"the manager of {rep.name} decides: {manager.email or manager.name}")
    return found.email or found.name


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)
