"""``cs-assets deliveries``: see what went out, decide what is unclear, send anew on purpose."""

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cs_assets.acting import acting_user
from cs_assets.commands.deliveries_opened import (
    opened_ledger,
    outbox,
    settings_of_what_is_there,
)
from cs_assets.commands.deliveries_terminal import (
    document,
    print_document,
    print_documents,
    print_json,
    print_rows,
)
from cs_assets.commands.terminal import echo
from cs_assets.commands.week_given import monday_of
from cs_assets.delivery.model import State

if TYPE_CHECKING:
    from cs_assets.delivery.model import Delivery
    from cs_assets.delivery.record.ledger import Ledger
    from cs_assets.delivery.resending import Intent

app = typer.Typer(
    help="What was sent, what is unclear, and how to decide it.", no_args_is_help=True
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Key = Annotated[str, typer.Argument(help="Delivery key, or the beginning of it.")]
Period = Annotated[
    str | None, typer.Argument(metavar="WEEK", help="Monday of the week, YYYY-MM-DD; or --week.")
]
#: What is made for a period; alerts about failed runs are deliveries too, but planned when needed.
KINDS = ("book", "weekly_report", "rep_digest", "rep_text", "team_summary", "customer_alerts")
Kind = Annotated[
    Literal[
        "book",
        "weekly_report",
        "rep_digest",
        "rep_text",
        "team_summary",
        "customer_alerts",
        "run_failure_alert",
        "delivery_alert",
        "crm_owner",
    ]
    | None,
    typer.Option("--kind", help="Only this kind."),
]
Channel = Annotated[
    Literal["email", "slack", "sms", "crm"] | None,
    typer.Option("--channel", help="Only this channel."),
]
Week = Annotated[
    str | None, typer.Option("--week", metavar="DATE", help="Monday of the week, YYYY-MM-DD.")
]
#: What --week was called.
OldWeek = Annotated[str | None, typer.Option("--period", hidden=True)]


class Shown(StrEnum):
    """The states that a person can see; the ledger's own, and two that are made of others."""

    PENDING = "pending"
    SENDING = "sending"
    WAITING = "waiting"
    """Pending or being sent: nobody has it yet and it is tried again."""
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    HELD = "held"
    """Held back by the gate; not in the ledger but in the warehouse's copy."""

    @property
    def states(self) -> tuple[State, ...]:
        """The ledger's states that it stands for."""
        if self is Shown.WAITING:
            return (State.PENDING, State.SENDING)
        return () if self is Shown.HELD else (State(self.value),)


States = Annotated[
    list[Shown] | None, typer.Option("--state", help="Only this state; may be repeated.")
]


@app.command("list")
def list_deliveries(
    state: States = None,
    kind: Kind = None,
    week: Week = None,
    period: OldWeek = None,
    channel: Channel = None,
    as_json: Json = False,
) -> None:
    """List deliveries, oldest week first, and what the gate holds back, with the reasons."""
    week = _one_of(week, period)
    rows: list[dict[str, Any]] = []
    if not state or _ledger_states(state):
        with opened_ledger(read_only=True) as ledger:
            rows += _documents(ledger, _matching(ledger, state, kind, week, channel))
    if not state or Shown.HELD in state:
        rows += _held("deliveries list", kind, week, channel, must_be_known=bool(state))
    if as_json:
        print_json(rows)
    else:
        print_documents(rows)


@app.command()
def show(key: Key, as_json: Json = False) -> None:
    """Show one delivery with its attempts and decisions."""
    with opened_ledger(read_only=True) as ledger:
        delivery = ledger.get(key)
        (told_of_it,) = _documents(ledger, [delivery])
        attempts = ledger.attempts(delivery.delivery_key)
        decisions = ledger.decisions(delivery.delivery_key)
        told = ledger.events(delivery.delivery_key)
    if as_json:
        rows = {"attempts": list(map(dict, attempts)), "decisions": list(map(dict, decisions))}
        rows["events"] = list(map(dict, told))
        print_json({**told_of_it, **rows})
        return
    print_document(told_of_it)
    echo()
    attempt = ("attempt", "provider", "started_at", "outcome", "code", "error_text")
    print_rows("Attempts", attempts, attempt)
    print_rows("Events", told, ("happened_at", "provider", "event", "detail"))
    print_rows("Decisions", decisions, ("decided_at", "decision", "decided_by", "note"))


@app.command()
def resolve(
    key: Key,
    decision: Annotated[
        Literal["sent", "not-sent"],
        typer.Option("--as", help="not-sent: the next delivery run sends it."),
    ],
    note: Annotated[str, typer.Option("--note", help="What the decision rests on.")],
    by: Annotated[str | None, typer.Option("--by", help="Who decides; default: you.")] = None,
) -> None:
    """Decide an unknown delivery: it was sent, or it was not."""
    with opened_ledger() as ledger:
        delivery = ledger.get(key)
        ledger.resolve(
            delivery.delivery_key,
            sent=decision == "sent",
            by=by or acting_user(),
            note=note,
            now=now(),
        )
    echo(f"{delivery.delivery_key[:12]} is resolved as {decision}")


@app.command()
def confirm(
    decision: Annotated[
        Literal["sent", "not-sent"],
        typer.Option("--as", help="not-sent: the next delivery run sends all of it."),
    ],
    note: Annotated[str, typer.Option("--note", help="What the decision rests on.")],
    by: Annotated[str | None, typer.Option("--by", help="Who decides; default: you.")] = None,
    as_json: Json = False,
) -> None:
    """Decide all that is held because a backup was restored: it was sent since, or it was not."""
    with opened_ledger() as ledger:
        held = ledger.fence() is not None
        sent = decision == "sent"
        count = ledger.lift_fence(sent=sent, by=by or acting_user(), note=note, now=now())
    if as_json:
        print_json({"restored": held, "decided": count, "as": decision})
    elif held:
        from cs_assets.facts.wording import counted

        echo(f"{counted(count, 'delivery', 'deliveries')} resolved as {decision}")
    else:
        echo("nothing is held: no backup was restored here without its ledger")


@app.command()
def resend(
    key: Annotated[
        str | None, typer.Argument(help="Delivery key, or the beginning of it; or give a filter.")
    ] = None,
    state: States = None,
    kind: Kind = None,
    week: Week = None,
    period: OldWeek = None,
    channel: Channel = None,
    note: Annotated[str | None, typer.Option("--note", help="Why it is sent again.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who decides; default: you.")] = None,
    allow_late: Annotated[
        bool, typer.Option("--allow-late", help="Send although the period is long over.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be sent; change nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Send deliveries once more on purpose, with the artefacts as they are now.

    One by its key, or all that a filter finds (without --state: the failed ones). What
    waits is tried at once; everything else becomes a new revision.
    """
    week = _one_of(week, period)
    filters = (state, kind, week, channel)
    if (key is None) == (not any(filters)):
        raise typer.BadParameter("give either a key or a filter (--state, --kind, ...)")
    if not note and not dry_run:
        raise typer.BadParameter("--note is needed: it is kept with the decision")
    from cs_assets.delivery import resending
    from cs_assets.delivery.sending import recover

    order = resending.Order(by or acting_user(), note) if note else None
    with outbox(read_only=dry_run) as box:
        if not dry_run:
            recover(box.ledger, box.journal, box.clock, box.policy)
        if key is not None:
            found = [resending.asked_for(box.ledger, key, order)]
        else:
            found = resending.newest_revisions(
                _matching(box.ledger, state or [Shown.FAILED], kind, week, channel),
                box.ledger.find(),
            )
        todo = resending.intents(box, found, allow_late=allow_late, order=order)
        _refuse_if_nothing(todo, key)
        if dry_run or order is None:
            _print_intents(todo, as_json)
            return
        keys, tally = resending.resend(box, todo, order)
        after = box.ledger.find(keys=keys)
    _print_resent(after, todo, tally.stopped, as_json)
    passed_over = any(intent.would == "nothing" for intent in todo)
    if passed_over or any(one.state != "sent" for one in after):
        raise typer.Exit(1)


@app.command()
def plan(
    period: Period = None,
    week: Week = None,
    kind: Kind = None,
    allow_late: Annotated[
        bool, typer.Option("--allow-late", help="As if late sending were allowed.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show what a delivery run of the period would send and hold; changes nothing."""
    from cs_assets.delivery import delivering
    from cs_assets.delivery.artefact_rows import read_candidates

    day = _week_of(period, week)
    kinds = (kind,) if kind else KINDS
    rows: list[dict[str, Any]] = []
    with outbox(read_only=True) as box:
        for one in kinds:
            with _warehouse().reading("deliveries plan") as db:
                found = read_candidates(db.query("delivery/candidates", [one, day]))
            todo = delivering.plan(box, found, allow_late=allow_late)
            rows += [_would_do(box.ledger, new) for new in todo.deliveries]
            before = {
                (known.identity.artefact_id, known.identity.channel): known.state
                for known in box.ledger.find(report_kind=one, period_start=day)
            }
            rows += [_would_hold(held, before) for held in todo.held]
    if as_json:
        print_json(rows)
    else:
        columns = ("what", "would", "kind", "channel", "to", "why")
        print_rows(f"Deliveries of {day}", rows, columns)


@app.command()
def verify(period: Period = None, week: Week = None, as_json: Json = False) -> None:
    """Compare what a week expects with what became of it, and show what is held back.

    Exit status 1 if anything failed, waits or is unclear, or if nothing was planned at all.
    """
    day = _week_of(period, week)
    with opened_ledger(read_only=True) as ledger:
        missing = ledger.missing(day)
        expected = ledger.expected(day)
        cancelled = len(ledger.find(period_start=day, states=[State.CANCELLED]))
        failed = _documents(ledger, [one for one in missing if one.state == "failed"])
        still_open = _documents(ledger, [one for one in missing if one.state != "failed"])
    held = _held("deliveries verify", None, day.isoformat(), None)
    if as_json:
        print_json({"expected": expected, "open": still_open, "failed": failed, "held": held})
    else:
        for title, found in (("Failed", failed), ("Open", still_open)):
            if found:
                print_documents(found, title)
        if held:
            print_documents(held, "Held")
        counted = f"{expected} expected, {expected - len(missing)} settled"
        if cancelled:
            counted += f" ({cancelled} of them cancelled)"
        if missing:
            counted += f", {len(failed)} failed, {len(still_open)} waiting or unclear"
        if held:
            counted += f", {len(held)} held back"
        nothing = "nothing was planned; weeks begin on a Monday, 'deliveries list' shows them"
        echo(f"{day}: {counted if expected or held else nothing}")
    if missing or not expected:
        raise typer.Exit(1)


@app.command()
def audit(
    week: Period = None,
    period: Week = None,
    kind: Kind = None,
    as_json: Json = False,
) -> None:
    """Who was sent what, when it arrived and was opened as far as providers told it, and who opened
    which page at the desk (without --kind; of a week those on its days and a week after)."""
    from cs_assets.delivery.record.audit import audit_rows, seen
    from cs_assets.delivery.record.opened_at_desk import opened_between, opened_rows

    day = _one_of(week, period)
    with opened_ledger(read_only=True) as ledger:
        found = _matching(ledger, None, kind, day, None)
        told = ledger.events_of([one.delivery_key for one in found])
    rows = audit_rows(found, seen(found, told, now()))
    no_provider_told = not any(row["delivered_at"] or row["opens"] for row in rows)
    if kind is None:
        first = monday_of(day) if day else dt.date.min
        last = first + dt.timedelta(days=13) if day else dt.date.max
        rows += opened_rows(opened_between(settings_of_what_is_there().home.desk, first, last))
    if as_json:
        print_json(rows)
        return
    columns = ("period_start", "report_kind", "artefact_id", "recipient", "state", "sent_at",
               "delivered_at", "opened_at", "opens")  # fmt: skip
    print_rows("Deliveries", rows, columns)
    if no_provider_told:
        echo("No provider told anything yet: read its events with 'deliveries events FILE'.")


# ---- helpers


def _warehouse() -> Any:
    from resources.settings import Settings
    from resources.warehouse_choice import warehouse

    return warehouse(Settings.load())


def _ledger_states(shown: list[Shown] | None) -> list[State]:
    return [state for one in shown or [] for state in one.states]


def _matching(
    ledger: "Ledger",
    state: list[Shown] | None,
    kind: str | None,
    period: str | None,
    channel: str | None,
) -> "list[Delivery]":
    found = ledger.find(
        report_kind=kind,
        period_start=monday_of(period) if period else None,
        states=_ledger_states(state),
    )
    return [one for one in found if channel in (None, one.identity.channel)]


def _documents(ledger: "Ledger", deliveries: Sequence["Delivery"]) -> list[dict[str, Any]]:
    """Deliveries as documents, with what each waits for."""
    from cs_assets.delivery.reasons import Reasons

    reasons = Reasons(now(), ledger.outages())
    return [document(one, reasons.of(one)) for one in deliveries]


def _one_of(week: str | None, period: str | None) -> str | None:
    """A week under its name or its old one."""
    if week and period and week != period:
        raise typer.BadParameter("--period is the old name of --week; give one of them")
    return week or period


def _week_of(period: str | None, week: str | None) -> dt.date:
    given = _one_of(week, period)
    if given is None:
        raise typer.BadParameter("say of which week: its Monday, YYYY-MM-DD")
    return monday_of(given)


def _held(
    reader: str, kind: str | None, period: str | None, channel: str | None,
    *, must_be_known: bool = False,
) -> list[dict[str, Any]]:  # fmt: skip
    """What the latest runs held back, from the warehouse; a home without one holds nothing back."""
    from cs_assets.errors import UsageError

    settings = settings_of_what_is_there()
    if settings.cs_assets_warehouse == "duckdb" and not settings.home.warehouse.exists():
        if must_be_known:
            raise UsageError(
                f"there is no warehouse in {settings.home.root} that tells what is held"
            )
        return []
    wanted = {"report_kind": kind, "channel": channel, "period_start": period}
    with _warehouse().reading(reader) as db:
        frame = db.query("delivery/held")
    for column in ("period_start", "period_end"):
        frame[column] = [str(day)[:10] for day in frame[column]]
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [
        row
        for row in rows
        if all(value is None or str(row[name]) == value for name, value in wanted.items())
    ]


def _refuse_if_nothing(todo: "list[Intent]", key: str | None) -> None:
    """Who names one delivery is told why it cannot be sent."""
    from cs_assets.delivery.record.ledger import LedgerError

    if key is not None and todo[0].would == "nothing":
        raise LedgerError(f"delivery {todo[0].delivery.delivery_key[:12]}: {todo[0].why}")


def _print_intents(todo: "list[Intent]", as_json: bool) -> None:
    rows = [
        {
            "key": intent.delivery.delivery_key[:10],
            "would": intent.would,
            "kind": intent.delivery.identity.report_kind,
            "what": intent.delivery.identity.artefact_id,
            "to": intent.delivery.identity.recipient,
            "channel": intent.delivery.identity.channel,
            "why": intent.why,
        }
        for intent in todo
    ]
    if as_json:
        print_json(rows)
    else:
        columns = ("key", "would", "kind", "what", "to", "channel", "why")
        print_rows("Would be sent", rows, columns)


def _print_resent(
    after: "list[Delivery]", todo: "list[Intent]", stopped: Mapping[str, str], as_json: bool
) -> None:
    passed = [intent for intent in todo if intent.would == "nothing"]
    if as_json:
        not_sent = {one.delivery.delivery_key: one.why for one in passed}
        print_json({"sent": [document(one) for one in after], "passed_over": not_sent})
        return
    for one in after:
        reason = "" if one.state == "sent" else one.last_error_text or one.last_error_class or ""
        reason = reason or stopped.get(one.identity.channel, "")
        if one.state == "pending":
            reason = f"{reason}; a later run sends it by itself".lstrip("; ")
        echo(
            f"{one.delivery_key[:12]} (revision {one.identity.revision}) is {one.state}"
            + (f": {reason}" if reason else "")
        )
    for intent in passed:
        echo(f"{intent.delivery.delivery_key[:12]} is passed over: {intent.why}")
    if not todo:
        echo("nothing matches")


def _would_do(ledger: "Ledger", new: Any) -> dict[str, Any]:
    known = ledger.find(keys=[new.identity.key])
    if new.cancelled_because:
        would, why = "cancel", new.cancelled_because
    elif not known or known[0].state == "pending":
        would, why = "send", ""
    else:
        would, why = "nothing", f"it is {known[0].state}"
    return {
        "would": would,
        "kind": new.identity.report_kind,
        "what": new.identity.artefact_id,
        "to": new.identity.recipient,
        "channel": new.identity.channel,
        "why": why,
    }


def _would_hold(held: Any, before: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    """What is held back, unless it has gone out before: then there is nothing to hold."""
    artefact = held.artefact
    state = before.get((artefact.artefact_id, artefact.channel), "pending")
    gone = state != "pending"
    return {
        "would": "nothing" if gone else "hold",
        "kind": artefact.kind,
        "what": artefact.artefact_id,
        "to": artefact.recipient,
        "channel": artefact.channel,
        "why": f"it is {state}" if gone else "; ".join(held.reasons),
    }


def now() -> dt.datetime:
    from cs_assets.delivery.clock import SystemClock

    return SystemClock().now()
