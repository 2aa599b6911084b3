"""``cs-assets deliveries``: see what went out, decide what is unclear, send anew on purpose."""

import datetime as dt
import getpass
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cs_assets.commands.deliveries_terminal import (
    document,
    print_deliveries,
    print_document,
    print_json,
    print_rows,
)
from cs_assets.delivery.addresses import is_address
from cs_assets.delivery.model import State

if TYPE_CHECKING:
    from cs_assets.delivery.delivering import Outbox
    from cs_assets.delivery.model import Delivery
    from cs_assets.delivery.record.ledger import Ledger

app = typer.Typer(
    help="What was sent, what is unclear, and how to decide it.", no_args_is_help=True
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Key = Annotated[str, typer.Argument(help="Delivery key, or the beginning of it.")]
Period = Annotated[str, typer.Argument(help="First day of the period (Monday), YYYY-MM-DD.")]
#: What is made for a period; alerts about failed runs are deliveries too, but planned when needed.
KINDS = ("weekly_report", "rep_digest", "team_summary")
Kind = Annotated[
    Literal["weekly_report", "rep_digest", "team_summary", "run_failure_alert"] | None,
    typer.Option("--kind", help="Only this kind."),
]


@app.command("list")
def list_deliveries(
    state: Annotated[
        list[State] | None, typer.Option("--state", help="Only this state; may be repeated.")
    ] = None,
    kind: Kind = None,
    period: Annotated[
        str | None, typer.Option("--period", help="Only the period that starts on this day.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List deliveries, oldest period first."""
    with _ledger() as ledger:
        found = ledger.find(
            report_kind=kind,
            period_start=_day(period) if period else None,
            states=state or [],
        )
    if as_json:
        print_json([document(delivery) for delivery in found])
    else:
        print_deliveries(found)


@app.command()
def show(key: Key, as_json: Json = False) -> None:
    """Show one delivery with its attempts and decisions."""
    with _ledger() as ledger:
        delivery = ledger.get(key)
        attempts = ledger.attempts(delivery.delivery_key)
        decisions = ledger.decisions(delivery.delivery_key)
        told = ledger.events(delivery.delivery_key)
    if as_json:
        rows = {"attempts": list(map(dict, attempts)), "decisions": list(map(dict, decisions))}
        rows["events"] = list(map(dict, told))
        print_json({**document(delivery), **rows})
        return
    print_document(document(delivery))
    typer.echo()
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
    with _ledger() as ledger:
        delivery = ledger.get(key)
        ledger.resolve(
            delivery.delivery_key,
            sent=decision == "sent",
            by=by or getpass.getuser(),
            note=note,
            now=_now(),
        )
    typer.echo(f"{delivery.delivery_key[:12]} is resolved as {decision}")


@app.command()
def resend(
    key: Key,
    note: Annotated[str, typer.Option("--note", help="Why it is sent again.")],
    by: Annotated[str | None, typer.Option("--by", help="Who decides; default: you.")] = None,
    allow_late: Annotated[
        bool, typer.Option("--allow-late", help="Send although the period is long over.")
    ] = False,
) -> None:
    """Send a delivery once more on purpose, with the artefact as it is now."""
    from dataclasses import replace

    from cs_assets.delivery import artefact_files, delivering

    with _outbox() as outbox:
        old = outbox.ledger.get(key)
        _check_environment(outbox, old)
        _check_late(outbox, old, allow_late)
        parts = replace(old.parts, sha256=artefact_files.read(old.parts, outbox.home).sha256)
        new = outbox.ledger.make_revision(
            old.delivery_key, parts=parts, by=by or getpass.getuser(), note=note, now=_now()
        )
        tally = delivering.sender(outbox, allow_late=allow_late).run([new.delivery_key])
        after = outbox.ledger.get(new.delivery_key)
    reason = after.last_error_text or "; ".join(tally.stopped.values())
    if after.state == "pending":
        reason = f"{reason}; the next run of the period sends it".lstrip("; ")
    typer.echo(
        f"{after.delivery_key[:12]} (revision {after.identity.revision}) is {after.state}"
        + (f": {reason}" if reason else "")
    )
    if after.state != "sent":
        raise typer.Exit(1)


@app.command()
def plan(
    period: Period,
    kind: Kind = None,
    allow_late: Annotated[
        bool, typer.Option("--allow-late", help="As if late sending were allowed.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show what a delivery run of the period would send and hold; changes nothing."""
    from cs_assets.delivery import delivering
    from cs_assets.delivery.artefact_rows import read_candidates

    day = _day(period)
    kinds = (kind,) if kind else KINDS
    rows: list[dict[str, Any]] = []
    with _outbox() as outbox:
        for one in kinds:
            with _warehouse().session("deliveries plan") as db:
                found = read_candidates(db.query("delivery/candidates", [one, day]))
            todo = delivering.plan(outbox, found, allow_late=allow_late)
            rows += [_would_do(outbox.ledger, new) for new in todo.deliveries]
            before = {
                (known.identity.artefact_id, known.identity.channel): known.state
                for known in outbox.ledger.find(report_kind=one, period_start=day)
            }
            rows += [_would_hold(held, before) for held in todo.held]
    if as_json:
        print_json(rows)
    else:
        columns = ("what", "would", "kind", "channel", "to", "why")
        print_rows(f"Deliveries of {period}", rows, columns)


@app.command()
def verify(period: Period, as_json: Json = False) -> None:
    """Compare what a period expects with what is settled.

    Exit status 1 if anything is open, or if nothing was planned at all.
    """
    with _ledger() as ledger:
        missing = ledger.missing(_day(period))
        expected = ledger.expected(_day(period))
    if as_json:
        print_json({"expected": expected, "open": [document(one) for one in missing]})
    else:
        if missing:
            print_deliveries(missing, "Open")
        settled = f"{expected} expected, {expected - len(missing)} settled"
        nothing = "nothing was planned; periods begin on a Monday, 'deliveries list' shows them"
        typer.echo(f"{period}: {settled if expected else nothing}")
    if missing or not expected:
        raise typer.Exit(1)


@app.command()
def events(
    file: Annotated[Path, typer.Argument(help="Events a webhook receiver stored (JSON).")],
    as_json: Json = False,
) -> None:
    """Read providers' events: bounces suppress addresses, any event proves a delivery sent."""
    from cs_assets.delivery.record.events import import_events, read_events

    found, unreadable = read_events(file)
    with _ledger() as ledger:
        done = import_events(ledger, found, _now())
    done.unreadable = unreadable
    if as_json:
        print_json(asdict(done))
    else:
        typer.echo(
            f"{done.new} new events, {done.repeated} seen before, {done.unreadable} unreadable; "
            f"{done.resolved} deliveries proved sent, {done.suppressed} addresses suppressed"
        )


@app.command()
def bounces(as_json: Json = False) -> None:
    """Ask the mail provider (SendGrid, SES) for suppressed addresses and keep them."""
    from resources.mail.choice import pull_bounces
    from resources.settings import Settings

    found = pull_bounces(Settings.load())
    with _ledger() as ledger:
        new = sum(
            ledger.suppress(address, reason=reason, source="provider", now=_now())
            for address, reason in found.items()
        )
    if as_json:
        print_json({"found": len(found), "new": new})
    else:
        typer.echo(f"{len(found)} suppressed addresses at the provider, {new} new here")


@app.command()
def suppressions(
    remove: Annotated[
        str | None, typer.Option("--remove", help="Allow sending to this address again.")
    ] = None,
    add: Annotated[
        str | None, typer.Option("--add", help="Send nothing more to this address.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List the addresses that nothing is sent to; add or remove one."""
    if add and not is_address(add):
        raise typer.BadParameter(f"'{add}' is no mail address")
    with _ledger() as ledger:
        if remove and not ledger.unsuppress(remove):
            raise typer.BadParameter(f"{remove} is not suppressed")
        if add:
            ledger.suppress(add, reason="added by hand", source=getpass.getuser(), now=_now())
        found = ledger.suppressed()
    if as_json:
        print_json(found)
    else:
        rows = [{"address": address, "reason": why} for address, why in found.items()]
        print_rows("Suppressed addresses", rows, ("address", "reason"))


@app.command()
def evidence(as_json: Json = False) -> None:
    """Look in Slack's history for posts whose answer was lost, and decide those found."""
    from resources.settings import Settings
    from resources.slack.choice import post_finder

    find = post_finder(Settings.load())
    found: dict[str, str] = {}
    with _ledger() as ledger:
        unclear = [d for d in ledger.find(states=[State.UNKNOWN]) if d.provider == "slack-bot"]
        for delivery in unclear:
            ts = find(delivery.identity.recipient, delivery.delivery_key)
            if ts is not None:
                note = f"Slack holds the post {ts}"
                ledger.resolve(
                    delivery.delivery_key, sent=True, by="evidence", note=note, now=_now()
                )
                found[delivery.delivery_key] = ts
    if as_json:
        print_json({"looked_for": len(unclear), "found": found})
    else:
        typer.echo(f"{len(found)} of {len(unclear)} unclear Slack posts were found and are sent")


# ---- helpers


@contextmanager
def _ledger() -> "Iterator[Ledger]":
    from resources.ledger import LedgerResource
    from resources.settings import Settings

    with LedgerResource(settings=Settings.load()).open() as opened:
        yield opened.ledger


@contextmanager
def _outbox() -> "Iterator[Outbox]":
    from cs_assets.delivery.assets import open_outbox
    from cs_assets.delivery.couriers import UnusableCourier
    from cs_assets.errors import UsageError
    from resources.ledger import LedgerResource
    from resources.mail.choice import MailerResource
    from resources.settings import Settings
    from resources.slack.choice import SlackResource

    settings = Settings.load()
    with open_outbox(
        settings,
        LedgerResource(settings=settings),
        MailerResource(settings=settings),
        SlackResource(settings=settings),
    ) as outbox:
        for courier in outbox.couriers.values():
            if isinstance(courier, UnusableCourier):
                raise UsageError(courier.reason)
        yield outbox


def _warehouse() -> Any:
    from resources.settings import Settings
    from resources.warehouse_choice import warehouse

    return warehouse(Settings.load())


def _check_environment(outbox: "Outbox", delivery: "Delivery") -> None:
    from cs_assets.delivery.record.ledger import LedgerError

    own, here = delivery.identity.environment, outbox.environments.get(delivery.identity.channel)
    if own != here:
        raise LedgerError(
            f"delivery {delivery.delivery_key[:12]} belongs to {own}, "
            f"the settings in force mean {here or 'no such channel'}"
        )


def _check_late(outbox: "Outbox", delivery: "Delivery", allow_late: bool) -> None:
    from cs_assets.delivery.record.ledger import LedgerError

    if not allow_late and outbox.policy.is_late(delivery.period_end, outbox.clock.now().date()):
        raise LedgerError(
            f"the period of delivery {delivery.delivery_key[:12]} ended on {delivery.period_end}; "
            "to send it all the same give --allow-late"
        )


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


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"'{text}' is no date; write YYYY-MM-DD") from None


def _now() -> dt.datetime:
    from cs_assets.delivery.clock import SystemClock

    return SystemClock().now()
