"""`cs-assets route --to-crm`: the owners that the CRM lacks, written there, each decision once."""

from typing import TYPE_CHECKING, Any

from cs_assets.commands.terminal import echo

if TYPE_CHECKING:
    import pandas as pd

    from cs_assets.commands.route_terminal import Shown
    from cs_assets.delivery.crm_courier import HandedOver, OwnerChange
    from resources.settings import Settings

#: What each state of the ledger means for an owner.
_MEANS = {
    "sent": "the CRM has them",
    "pending": "not taken now; the next run tries again",
    "sending": "another run is at them",
    "unknown": "unclear; the next run looks at the records",
    "failed": "refused; `cs-assets deliveries list --state failed` says why",
    "cancelled": "cancelled by a person",
}


def told(settings: "Settings", show: "Shown") -> bool:
    """Tell the CRM; whether something was refused or the channel stopped."""
    from cs_assets.routing.decisions import crm_file
    from resources.crm.choosing import courier
    from resources.warehouse_choice import existing_warehouse

    way = courier(settings)
    where = existing_warehouse(settings)
    where.reach()
    with where.session("cs-assets route") as db:
        db.make_view("routing/create_vw_csm_write_back")
        rows = crm_file.rows(db.query("routing/write_back"))
    wanted, nameless = _changes(rows)
    done = _handed_over(settings, way, wanted)
    counts = dict(done.by_state)
    if nameless:
        counts["without a mail address"] = nameless
    if show.as_json:
        from cs_assets.commands.terminal import echo_json

        echo_json({"states": counts, "stopped": done.tally.stopped, "failed": done.tally.failed})
    else:
        if not counts:
            echo("The CRM has every owner that we gave.")
        for state, count in counts.items():
            echo(f"{count} {state}: {_MEANS.get(state, 'Workday tells no address of the owner')}")
        for why in sorted(set(done.tally.failed.values())):
            echo(f"! refused: {why}", error=True)
        for why in done.tally.stopped.values():
            echo(f"! stopped: {why}", error=True)
    return bool(nameless or done.by_state.get("failed") or done.tally.stopped)


def _changes(rows: "pd.DataFrame") -> "tuple[list[OwnerChange], int]":
    """The decisions as changes, and how many have an owner without a mail address."""
    import pandas as pd

    from cs_assets.delivery.crm_courier import OwnerChange
    from cs_assets.routing.rows import known, rows_of

    found, nameless = [], 0
    for row in rows_of(rows):
        if not known(row["owner_after_email"]):
            nameless += 1
            continue
        before = row["owner_before_email"] if known(row["owner_before_email"]) else None
        decided = pd.Timestamp(row["assigned_at"]).date()
        after = row["owner_after_email"]
        found.append(OwnerChange(row["decision_key"], row["account_id"], after, before, decided))
    return found, nameless


def _handed_over(settings: "Settings", way: Any, wanted: "list[OwnerChange]") -> "HandedOver":
    import os

    from cs_assets.delivery.crm_courier import CHANNEL, hand_over
    from cs_assets.delivery.delivering import Outbox
    from cs_assets.delivery.policy import load_policy
    from resources.ledger import opened

    with opened(settings) as ledger:
        outbox = Outbox(
            ledger=ledger.ledger,
            journal=ledger.journal,
            couriers={CHANNEL: way},
            environments={CHANNEL: settings.cs_assets_environment},
            allow_list=(),
            policy=load_policy(settings.cs_assets_config_dir),
            home=settings.home.root,
        )
        return hand_over(outbox, wanted, f"cs-assets route:{os.getpid()}")
