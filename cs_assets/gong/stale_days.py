"""What a run has found to be staged, told from one of its assets to those after it.

``gong_calls_raw`` knows, once all is read, which days hold calls that have to be staged, and
``gong_call_transcripts_raw`` which hold other sentences. They say so in their metadata, which
assets after them in the same run read from Dagster's own records: a run with nothing new asks the
warehouse no more. In a run without them all days are staged.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import dagster as dg

from cs_assets.gong.day_states import MOST_DAYS, States
from cs_assets.gong.staging import Days
from cs_assets.kit.assets import partition_dates

_STATES = "days to stage"
CALLS, WORDS = "gong_calls_raw", "gong_call_transcripts_raw"

Context = dg.AssetExecutionContext | dg.AssetCheckExecutionContext


def told(states: States) -> dict[str, Any]:
    """As metadata: the days to stage with what they are made of; of too many nothing."""
    if len(states) > MOST_DAYS:
        return {}
    days = {day.isoformat(): made_of for day, made_of in sorted(states.items())}
    return {_STATES: dg.MetadataValue.json(days)}


def states_by(context: Context, asset: str) -> States | None:
    """The days that ``asset`` has told this run to stage; None where it has told nothing."""
    said = said_in_run(context, asset)
    if said is None or _STATES not in said:
        return None
    days: Any = said[_STATES]
    return {dt.date.fromisoformat(day): made_of for day, made_of in days.items()}


def of_run(context: Context, asset: str) -> Days | None:
    """The stretch of the run's days that has to be staged; None where there is none."""
    states = states_by(context, asset)
    if states is None:
        return whole(context)
    return Days(min(states), max(states)) if states else None


def are_none(context: Context) -> bool:
    """Whether this run has found nothing to stage."""
    return states_by(context, CALLS) == {} and states_by(context, WORDS) == {}


def whole(context: Context) -> Days:
    """All days of the run."""
    dates = partition_dates(context)
    return Days(dates[0], dates[-1])


def unchanged(**facts: int) -> dg.MaterializeResult[None]:
    """What an asset returns that has nothing to make."""
    told = {name.replace("_", " "): number for name, number in facts.items()}
    return dg.MaterializeResult(metadata={**told, "unchanged": True})


def said_in_run(context: Context, asset: str) -> Mapping[str, Any] | None:
    """Metadata of an asset's materialisation in this run; None where it has none."""
    event = context.instance.get_latest_materialization_event(dg.AssetKey(asset))
    if event is None or event.run_id != context.run.run_id or not event.asset_materialization:
        return None
    metadata = event.asset_materialization.metadata
    return {name: getattr(value, "value", None) for name, value in metadata.items()}
