"""What a run has found to be made, told from one of its assets to those after it.

An asset that knows which days are made of something new says so in its metadata (``told``), and
assets after it in the same run read that from Dagster's own records: a run with nothing new asks
the warehouse no more. Of a run in which nobody says it all days are to be made.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import dagster as dg

from cs_assets.kit.assets import partition_dates

_STATES = "days to stage"
#: Days of which a run says what they are made of; of more it says nothing.
_MOST_DAYS = 60

#: By day: a hash of what it is made of.
States = dict[dt.date, str]
Span = tuple[dt.date, dt.date]

Context = dg.AssetExecutionContext | dg.AssetCheckExecutionContext


def told(states: States) -> dict[str, Any]:
    """As metadata: the days to stage with what they are made of; of too many nothing."""
    if len(states) > _MOST_DAYS:
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


def of_run(context: Context, asset: str) -> Span | None:
    """First and last of the run's days that ``asset`` says are to be made; None: none of them."""
    states = states_by(context, asset)
    if states is None:
        return whole(context)
    return (min(states), max(states)) if states else None


def are_none(context: Context, *assets: str) -> bool:
    """Whether all these assets have told this run that nothing is to be made."""
    return all(states_by(context, asset) == {} for asset in assets)


def whole(context: Context) -> Span:
    """First and last day of the run."""
    dates = partition_dates(context)
    return dates[0], dates[-1]


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
