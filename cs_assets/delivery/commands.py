"""``cs-assets deliveries``: see what went out, decide what is unclear, send anew on purpose."""

import datetime as dt
import getpass
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from cs_assets.delivery.delivering import Outbox
    from cs_assets.delivery.ledger import Ledger
    from cs_assets.delivery.model import Delivery

app = typer.Typer(
    help="What was sent, what is unclear, and how to decide it.", no_args_is_help=True
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Key = Annotated[str, typer.Argument(help="Delivery key, or the beginning of it.")]
Period = Annotated[str, typer.Argument(help="First day of the period (Monday), YYYY-MM-DD.")]
KINDS = ("weekly_report", "rep_digest", "team_summary")

_COLOURS = {
    "sent": "green",
    "unknown": "bold red",
    "failed": "red",
    "held": "yellow",
    "pending": "cyan",
    "sending": "cyan",
    "cancelled": "dim",
}


@app.command("list")
def list_deliveries(
    state: Annotated[
        list[str] | None, typer.Option("--state", help="Only this state; may be repeated.")
    ] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Only this kind of report.")] = None,
    period: Annotated[
        str | None, typer.Option("--period", help="Only the period that starts on this day.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List deliveries, oldest period first."""
    from cs_assets.delivery.model import State

    known = [str(one) for one in State]
    for wanted in state or []:
        if wanted not in known:
            raise typer.BadParameter(f"'{wanted}' is no state; one of {', '.join(known)}")
    with _ledger() as ledger:
        found = ledger.find(
            report_kind=kind,
            period_start=_day(period) if period else None,
            states=[State(one) for one in state or []],
        )
    if as_json:
        _print_json([_document(delivery) for delivery in found])
    else:
        _print_deliveries(found)


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
        _print_json({**_document(delivery), **rows})
        return
    from rich.console import Console

    console = Console()
    for name, value in _document(delivery).items():
        if value not in (None, ""):
            console.print(f"[bold]{name:<20}[/] {value}", highlight=False)
    _print_rows("Attempts", attempts, ("attempt", "provider", "started_at", "outcome", "code"))
    _print_rows("Events", told, ("happened_at", "provider", "event", "detail"))
    _print_rows("Decisions", decisions, ("decided_at", "decision", "decided_by", "note"))


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

    from cs_assets.delivery import artefacts, delivering

    with _outbox() as outbox:
        old = outbox.ledger.get(key)
        _check_environment(outbox, old)
        parts = replace(old.parts, sha256=artefacts.read(old.parts, outbox.home).sha256)
        new = outbox.ledger.make_revision(
            old.delivery_key, parts=parts, by=by or getpass.getuser(), note=note, now=_now()
        )
        tally = delivering.sender(outbox, allow_late=allow_late).run([new.delivery_key])
        after = outbox.ledger.get(new.delivery_key)
    reason = after.last_error_text or "; ".join(tally.stopped.values())
    if after.state == "pending" and not reason:
        reason = "late: give --allow-late, or let the next run of the period send it"
    typer.echo(
        f"{after.delivery_key[:12]} (revision {after.identity.revision}) is {after.state}"
        + (f": {reason}" if reason else "")
    )
    if after.state != "sent":
        raise typer.Exit(1)


@app.command()
def plan(
    period: Period,
    kind: Annotated[str | None, typer.Option("--kind", help="Only this kind of report.")] = None,
    allow_late: Annotated[bool, typer.Option("--allow-late")] = False,
    as_json: Json = False,
) -> None:
    """Show what a delivery run of the period would send and hold; changes nothing."""
    from cs_assets.delivery import delivering
    from cs_assets.delivery.candidates import read_candidates

    day = _day(period)
    kinds = (kind,) if kind else KINDS
    rows: list[dict[str, Any]] = []
    with _outbox() as outbox:
        for one in kinds:
            with _warehouse().session("deliveries plan") as db:
                found = read_candidates(db.query("delivery/candidates", [one, day]))
            todo = delivering.plan(outbox, found, allow_late=allow_late)
            rows += [_would_do(outbox.ledger, new) for new in todo.deliveries]
            rows += [
                {
                    "would": "hold",
                    "kind": held.artefact.kind,
                    "what": held.artefact.artefact_id,
                    "for": held.artefact.audience_id,
                    "channel": held.artefact.channel,
                    "why": "; ".join(held.reasons),
                }
                for held in todo.held
            ]
    if as_json:
        _print_json(rows)
    else:
        _print_rows(
            f"Deliveries of {period}", rows, ("would", "kind", "what", "for", "channel", "why")
        )


@app.command()
def verify(period: Period, as_json: Json = False) -> None:
    """Compare what a period expects with what is settled; exit status 1 if anything is open."""
    with _ledger() as ledger:
        missing = ledger.missing(_day(period))
        expected = ledger.expected(_day(period))
    if as_json:
        _print_json({"expected": expected, "open": [_document(one) for one in missing]})
    elif missing:
        _print_deliveries(missing)
    if not as_json:
        typer.echo(f"{period}: {expected} expected, {expected - len(missing)} settled")
    if missing:
        raise typer.Exit(1)


@app.command()
def events(
    file: Annotated[Path, typer.Argument(help="Events a webhook receiver stored (JSON).")],
    as_json: Json = False,
) -> None:
    """Read providers' events: bounces suppress addresses, any event proves a delivery sent."""
    from cs_assets.delivery.events import import_events, read_events

    found, unreadable = read_events(file)
    with _ledger() as ledger:
        done = import_events(ledger, found, _now())
    done.unreadable = unreadable
    if as_json:
        _print_json(asdict(done))
    else:
        typer.echo(
            f"{done.new} new events, {done.repeated} seen before, {done.unreadable} unreadable; "
            f"{done.resolved} deliveries proved sent, {done.suppressed} addresses suppressed"
        )


@app.command()
def bounces(as_json: Json = False) -> None:
    """Ask the mail provider (SendGrid, SES) for suppressed addresses and keep them."""
    from resources.mail import pull_bounces
    from resources.settings import Settings

    found = pull_bounces(Settings.load())
    with _ledger() as ledger:
        new = sum(
            ledger.suppress(address, reason=reason, source="provider", now=_now())
            for address, reason in found.items()
        )
    if as_json:
        _print_json({"found": len(found), "new": new})
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
    with _ledger() as ledger:
        if remove and not ledger.unsuppress(remove):
            raise typer.BadParameter(f"{remove} is not suppressed")
        if add:
            ledger.suppress(add, reason="added by hand", source=getpass.getuser(), now=_now())
        found = ledger.suppressed()
    if as_json:
        _print_json(found)
    else:
        rows = [{"address": address, "reason": why} for address, why in found.items()]
        _print_rows("Suppressed addresses", rows, ("address", "reason"))


@app.command()
def evidence(as_json: Json = False) -> None:
    """Look in Slack's history for posts whose answer was lost, and decide those found."""
    from cs_assets.delivery.model import State
    from resources.settings import Settings
    from resources.slack import post_finder

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
        _print_json({"looked_for": len(unclear), "found": found})
    else:
        typer.echo(f"{len(found)} of {len(unclear)} unclear Slack posts were found and are sent")


# ---- helpers


@contextmanager
def _ledger() -> "Iterator[Ledger]":
    from resources.ledger import LedgerResource
    from resources.settings import Settings

    with LedgerResource(root=str(Settings.load().home.root)).open() as opened:
        yield opened.ledger


@contextmanager
def _outbox() -> "Iterator[Outbox]":
    from cs_assets.delivery.assets import open_outbox
    from cs_assets.delivery.couriers import UnusableCourier
    from resources.errors import UsageError
    from resources.home import HomeResource
    from resources.ledger import LedgerResource
    from resources.mail import MailerResource
    from resources.settings import Settings
    from resources.slack import SlackResource

    root = str(Settings.load().home.root)
    with open_outbox(
        HomeResource(root=root),
        LedgerResource(root=root),
        MailerResource(root=root),
        SlackResource(root=root),
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
    from cs_assets.delivery.ledger import LedgerError

    own, here = delivery.identity.environment, outbox.environments.get(delivery.identity.channel)
    if own != here:
        raise LedgerError(
            f"delivery {delivery.delivery_key[:12]} belongs to {own}, "
            f"the settings in force mean {here or 'no such channel'}"
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
        "for": new.identity.audience,
        "channel": new.identity.channel,
        "why": why,
    }


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"'{text}' is no date; write YYYY-MM-DD") from None


def _now() -> dt.datetime:
    from cs_assets.delivery.clock import SystemClock

    return SystemClock().now()


def _document(delivery: "Delivery") -> dict[str, Any]:
    flat = asdict(delivery)
    return {**flat.pop("identity"), **flat.pop("parts"), **flat}


def _print_json(document: Any) -> None:
    typer.echo(json.dumps(document, indent=2, default=str))


def _print_deliveries(deliveries: "Sequence[Delivery]") -> None:
    rows = [
        {
            "key": delivery.delivery_key[:12],
            "state": str(delivery.state),
            "period": str(delivery.identity.period_start),
            "what": f"{delivery.identity.report_kind} {delivery.identity.artefact_id}",
            "to": delivery.identity.recipient,
            "why": "" if delivery.state == "sent" else delivery.last_error_text or "",
        }
        for delivery in deliveries
    ]
    columns: tuple[str, ...] = ("key", "state", "period", "what", "to", "why")
    if not any(row["why"] for row in rows):
        columns = columns[:-1]
    _print_rows("Deliveries", rows, columns)


def _print_rows(title: str, rows: Sequence[Any], columns: tuple[str, ...]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console()
    if not rows:
        console.print(f"{title}: none")
        return
    # Plain columns: eighty characters must hold an address, and lines must be easy to cut.
    table = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in ("key", "state", "period"))
    for row in rows:
        cells = [escape("" if row[column] is None else str(row[column])) for column in columns]
        style = _COLOURS.get(str(row.get("state", "")))
        table.add_row(*cells, style=style)
    console.print(table)
    console.print(f"{len(rows)} in all", highlight=False)
