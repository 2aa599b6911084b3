"""``cs-assets rep trial``: what came of the trial of two forms of the digest."""

import datetime as dt
from dataclasses import asdict
from typing import Annotated

import typer

from cs_assets.commands.terminal import echo, echo_json

_MEASURES = {
    "opened": "digests opened, of those of which the provider tells it",
    "improved": "focus areas that reached their target",
}


def trial(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare the two forms of digest that are on trial: opened, and focus areas improved."""
    import pandas as pd

    from cs_assets.coaching import policy as policies
    from cs_assets.coaching.trial import outcomes
    from cs_assets.delivery.record.audit import seen
    from cs_assets.errors import UsageError
    from cs_assets.frames import records
    from resources.ledger import opened as opened_ledger
    from resources.settings import Settings
    from resources.warehouse_choice import warehouse

    settings = Settings.load()
    rules = policies.load(settings.cs_assets_config_dir).trial
    if rules is None:
        raise UsageError("coaching.yaml has no trial; it names two forms there (trial)")
    span = [rules.since, rules.until]
    with warehouse(settings).reading("rep trial") as db:
        digests = db.query("coaching/rep_digests", span)
        focus = db.query("coaching/rep_week_focus", span)
    for frame in (digests, focus):
        frame["week_start"] = pd.to_datetime(frame["week_start"]).dt.date
    own = records(digests[digests["trial"] == rules.name])
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    with opened_ledger(settings, read_only=True) as box:
        sent = box.ledger.find(report_kind="rep_digest")
        told = box.ledger.events_of([one.delivery_key for one in sent])
    found = seen(sent, told, now)
    # Where nothing was ever told, not opened is not known.
    known = any(one.opens for one in found.values())
    reads = {
        (one.identity.artefact_id, one.identity.period_start): found[one.delivery_key].opens > 0
        for one in sent
        if known and one.delivery_key in found
    }
    came = outcomes(own, reads, records(focus), rules)
    if as_json:
        echo_json({"trial": rules.name, "outcomes": [asdict(one) for one in came]})
        return
    echo(f"Trial {rules.name}, {rules.since} to {rules.until}: each rep has one form, by lot.")
    for one in came:
        arms = "; ".join(
            f"{arm.form} {'not known' if arm.mean is None else f'{arm.mean:.0f} %'}"
            f" ({arm.reps} reps, {arm.digests})"
            for arm in one.arms
        )
        lead = ""
        if one.difference is not None:
            lead = f", difference {one.difference:+.0f} points ({one.low:.0f} to {one.high:.0f})"
        echo(f"{_MEASURES[one.measure]}: {arms}{lead}: {one.says}")
