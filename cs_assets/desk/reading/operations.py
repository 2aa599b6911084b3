"""Operations at the desk: feeds, gate, deliveries, what could not be read, spending."""

import datetime as dt
import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cs_assets.ai import configuration as ai
from cs_assets.ai.ledger.ledger import stored_rows
from cs_assets.ai.ledger.usage import calls_frame, room_left, usage
from cs_assets.answers.scope import Scope
from cs_assets.delivery.model import Delivery, State
from cs_assets.delivery.resending import newest_revisions
from cs_assets.desk.guards import NotYours, ScopedSession
from cs_assets.frames import records
from cs_assets.names import compared
from resources.ledger import is_there, opened
from resources.settings import Settings

Row = dict[str, Any]
#: The states that wait for somebody, those that need one first.
OPEN = (State.UNKNOWN, State.FAILED, State.PENDING, State.SENDING)


@dataclass(frozen=True)
class Feeds:
    """How fresh the feeds are, what is not known of a week, and what the gate holds."""

    fresh: list[Row]
    week: dt.date | None
    not_known: list[Row]
    gate: list[tuple[str, dt.date, int, int]]
    """Kind, period, what may be sent, what is held."""
    held: list[tuple[str, str, str]]
    """Kind, artefact, reasons."""


def feeds(db: ScopedSession) -> Feeds:
    """Raises ``NotYours`` for who does not see all."""
    _all(db.scope)
    newest = db.query("reviews/newest_week")["week_start"].iloc[0]
    week = None if pd.isna(newest) else pd.Timestamp(newest).date()
    unknown = [] if week is None else records(db.query("sources/coverage_of_week", [week]))
    gate = records(db.query("desk/gate"))
    counted = Counter(
        (str(one["kind"]), pd.Timestamp(one["period_start"]).date(), one["verdict"]) for one in gate
    )
    kinds = sorted({(kind, period) for kind, period, _ in counted})
    return Feeds(
        fresh=records(db.query("desk/feeds")),
        week=week,
        # Of the time before a feed began there is nothing to know.
        not_known=[one for one in unknown if one["state"] != "before"],
        gate=[(k, p, counted[k, p, "send"], counted[k, p, "hold"]) for k, p in kinds],
        held=[
            (str(one["kind"]), str(one["artefact_id"]), _reasons(one["reasons"]))
            for one in gate if one["verdict"] == "hold"
        ],
    )  # fmt: skip


def dead_letters(db: ScopedSession) -> list[Row]:
    """Records that could not be read, by kind and reason; raises ``NotYours``."""
    _all(db.scope)
    return records(db.query("gong/open_dead_letters"))


def _reasons(told: Any) -> str:
    return "; ".join(f"{one['rule']}: {one['detail']}" for one in json.loads(str(told or "[]")))


@dataclass(frozen=True)
class Deliveries:
    """Deliveries by state, those that wait for somebody, and what was sent."""

    counts: dict[str, int]
    open: list[Delivery]
    sent: list[Delivery]
    """The newest revision of each, the latest period first."""

    def found(self, words: str) -> list[Delivery]:
        """What was sent to or about the words, or of that kind."""
        wanted = compared(words)
        return [
            one for one in self.sent
            if any(wanted in compared(part.replace("_", " ")) for part in
                   (one.identity.recipient, one.identity.artefact_id, one.identity.report_kind,
                    one.delivery_key))
        ]  # fmt: skip


def deliveries(scope: Scope, settings: Settings) -> Deliveries:
    """From the ledger; those that a person must decide first."""
    _all(scope)
    if not is_there(settings):
        return Deliveries({}, [], [])
    with opened(settings, read_only=True) as found:
        every = found.ledger.find()
    waiting = [one for one in every if one.state in OPEN]
    order = {state: place for place, state in enumerate(OPEN)}
    return Deliveries(
        {str(state): n for state, n in sorted(Counter(str(one.state) for one in every).items())},
        sorted(waiting, key=lambda one: (order[one.state], one.identity.period_start)),
        sorted(
            (one for one in newest_revisions(every, every) if one.state is State.SENT),
            key=lambda one: one.identity.period_start, reverse=True,
        ),
    )  # fmt: skip


@dataclass(frozen=True)
class Spending:
    """Model calls by asset, and how much of the month's ceilings is used (1 is all of it)."""

    by_asset: list[Row]
    month: str
    used: dict[str, float]
    ceilings: dict[str, float]
    is_assumed: bool
    prices_as_of: dt.date


def spending(scope: Scope, settings: Settings, today: dt.date) -> Spending:
    """From the ledger of model calls."""
    _all(scope)
    config = ai.load(settings.cs_assets_config_dir)
    calls = calls_frame(stored_rows(settings.home.ai_ledger), config)
    mine = calls[calls["reserved_at"].dt.strftime("%Y-%m") == f"{today:%Y-%m}"]
    counted = mine[mine["state"] != "reused"]
    spent = (
        len(counted),
        int(counted[["input_tokens", "output_tokens"]].sum().sum()),
        round(float(counted["cost_usd"].sum()) * 1e6),
    )
    most = config.ceilings.month
    return Spending(
        by_asset=records(usage(calls, "asset")),
        month=f"{today:%B %Y}",
        used=room_left(spent, most),
        ceilings={"calls": most.calls, "tokens": most.tokens, "dollars": most.dollars},
        is_assumed=bool(calls["price_assumed"].any()) if len(calls) else False,
        prices_as_of=config.prices_as_of,
    )


def _all(scope: Scope) -> None:
    if not scope.sees_all:
        raise NotYours("that is for operations")
