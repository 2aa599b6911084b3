"""A deal from call to call: its stage and amount then, how long it was there, what came since."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import pandas as pd

from cs_assets.config.deals import DealRules, ended, plain
from cs_assets.frames import number_or_none, records, text_or_none

Since = Literal["moved", "back", "changed", "stuck", "same", "won", "lost", "unknown"]


@dataclass(frozen=True, slots=True)
class AtCall:
    """A deal at one of its calls. Amounts in USD.

    ``days_in_stage``: days that it is known to have been in the stage, counted from the first of
    the calls before that found it there; it may have been longer. ``since``: what became of it up
    to today; ``stuck`` is the same stage for long.
    """

    call_id: str
    day: dt.date
    stage: str | None
    amount: float | None
    days_in_stage: int | None
    since: Since

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class DealPath:
    """One deal: at each call, oldest first, and as the CRM has it today."""

    deal_id: str
    calls: tuple[AtCall, ...]
    stage: str
    amount: float | None
    close_date: dt.date | None
    days_in_stage: int | None
    """Days that it is known to be in today's stage; ``None`` where no call found it there."""

    @property
    def ended(self) -> str | None:
        return ended(self.stage)


def paths(rows: pd.DataFrame, today: dt.date, rules: DealRules) -> dict[str, DealPath]:
    """Deals by id, from rows of ``calls/deal_calls``; ``today`` is the day that is looked from."""
    by_deal: dict[str, list[dict[str, Any]]] = {}
    for row in records(rows):
        by_deal.setdefault(str(row["deal_id"]), []).append(row)
    return {deal: _path(deal, its, today, rules) for deal, its in by_deal.items()}


def _path(deal: str, rows: Sequence[dict[str, Any]], today: dt.date, rules: DealRules) -> DealPath:
    now = str(rows[-1]["stage_now"])
    stages = [text_or_none(row["stage"]) for row in rows]
    days = [_day(row["call_date"]) for row in rows]
    entered = _entered(stages, days)
    last = stages[-1]
    is_there = last is not None and plain(last) == plain(now)
    stands = (today - entered[-1]).days if is_there and entered[-1] is not None else None
    calls = tuple(
        AtCall(
            str(row["call_id"]), day, stage, number_or_none(row["amount"]),
            (day - since).days if since is not None else None,
            _since(stage, now, stands, rules),
        )
        for row, day, stage, since in zip(rows, days, stages, entered, strict=True)
    )  # fmt: skip
    closing = rows[-1]["close_date"]
    return DealPath(
        deal, calls, now, number_or_none(rows[-1]["amount_now"]),
        None if pd.isna(closing) else _day(closing), stands,
    )  # fmt: skip


def _entered(stages: Sequence[str | None], days: Sequence[dt.date]) -> list[dt.date | None]:
    """For each call, the first of the calls in a row that found the deal in the same stage."""
    found: list[dt.date | None] = []
    for at, stage in enumerate(stages):
        before = stages[at - 1] if at else None
        goes_on = stage is not None and before is not None and plain(before) == plain(stage)
        found.append(None if stage is None else found[at - 1] if goes_on else days[at])
    return found


def _since(stage: str | None, now: str, stands: int | None, rules: DealRules) -> Since:
    if (end := ended(now)) is not None:
        return "won" if end == "won" else "lost"
    if stage is None:
        return "unknown"
    if plain(stage) == plain(now):
        return "stuck" if stands is not None and stands >= rules.stuck_after_days else "same"
    later = rules.is_later(now, stage)
    return "changed" if later is None else "moved" if later else "back"


def in_words(call: AtCall, path: DealPath) -> str:
    """What became of the deal since the call, as a person says it."""
    days = path.days_in_stage
    stood = "" if days is None else f", there for {days} day{'' if days == 1 else 's'} or more"
    return _words(call.since, path.stage, stood)


def since_then(stage: str | None, now: str | None, rules: DealRules) -> str:
    """What became of a deal of which only the stage at a call and today's are known; or empty."""
    return "" if now is None else _words(_since(stage, now, None, rules), now, "")


def _words(since: Since, now: str, stood: str) -> str:
    return {
        "moved": f"moved on to {now}",
        "back": f"went back to {now}",
        "changed": f"now in {now}",
        "stuck": f"stuck in {now}{stood}",
        "same": f"still in {now}{stood}",
        "won": "won since",
        "lost": "lost since",
        "unknown": f"now in {now}; its stage at the call is not known",
    }[since]


def _day(value: Any) -> dt.date:
    return pd.Timestamp(value).date()
