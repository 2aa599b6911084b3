"""``cs-assets deliveries``: what providers tell afterwards, and to whom nothing is sent."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cs_assets.acting import acting_user
from cs_assets.commands.deliveries import Json, app, now
from cs_assets.commands.deliveries_opened import opened_ledger
from cs_assets.commands.deliveries_terminal import print_json, print_rows
from cs_assets.commands.terminal import echo
from cs_assets.delivery.model import State
from cs_assets.facts.wording import counted
from cs_assets.mail_addresses import is_address


@app.command()
def events(
    file: Annotated[Path, typer.Argument(help="Events a webhook receiver stored (JSON).")],
    as_json: Json = False,
) -> None:
    """Read providers' events: bounces suppress addresses, any event proves a delivery sent."""
    from cs_assets.delivery.record.events import import_events, read_events
    from resources.mail.choosing import event_readers

    found, unreadable = read_events(file, event_readers())
    with opened_ledger() as ledger:
        done = import_events(ledger, found, now())
    done.unreadable = unreadable
    if as_json:
        print_json(asdict(done))
    else:
        echo(
            f"{counted(done.new, 'new event')}, {done.repeated} seen before, {done.unreadable} "
            f"unreadable; {counted(done.resolved, 'delivery', 'deliveries')} proved sent, "
            f"{counted(done.suppressed, 'address', 'addresses')} suppressed"
        )


@app.command()
def bounces(as_json: Json = False) -> None:
    """Ask the mail provider (SendGrid, SES) for suppressed addresses and keep them."""
    from resources.mail.choosing import pull_bounces
    from resources.settings import Settings

    found = pull_bounces(Settings.load())
    with opened_ledger() as ledger:
        new = sum(
            ledger.suppress(address, reason=reason, source="provider", now=now())
            for address, reason in found.items()
        )
    if as_json:
        print_json({"found": len(found), "new": new})
    else:
        echo(
            f"{counted(len(found), 'suppressed address', 'suppressed addresses')} at the provider, "
            f"{new} new here"
        )


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
        raise typer.BadParameter(f"'{add}' is no mail address; write name@host")
    with opened_ledger(read_only=not (add or remove)) as ledger:
        if remove and not ledger.unsuppress(remove):
            raise typer.BadParameter(
                f"{remove} is not suppressed; without --remove all that are stand here"
            )
        if add:
            ledger.suppress(add, reason="added by hand", source=acting_user(), now=now())
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
    with opened_ledger() as ledger:
        unclear = [d for d in ledger.find(states=[State.UNKNOWN]) if d.provider == "slack-bot"]
        for delivery in unclear:
            ts = find(delivery.identity.recipient, delivery.delivery_key)
            if ts is not None:
                note = f"Slack holds the post {ts}"
                ledger.resolve(
                    delivery.delivery_key, sent=True, by="evidence", note=note, now=now()
                )
                found[delivery.delivery_key] = ts
    if as_json:
        print_json({"looked_for": len(unclear), "found": found})
    else:
        echo(f"{len(found)} of {len(unclear)} unclear Slack posts were found and are sent")
