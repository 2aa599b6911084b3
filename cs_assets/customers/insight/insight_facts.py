"""The fact sheet behind a customer's summary and next action."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from cs_assets.config.modules import Module
from cs_assets.facts.model import Direction, Fact, FactSheet, Status, Unit
from cs_assets.facts.wording import in_own_currency
from cs_assets.feeds.coverage import CALLS, CONVERSIONS, USAGE
from cs_assets.names import shown
from cs_assets.statistics.verdict import WORDS

_METRICS = "customers/metrics"


#: Facts that say what is not there, by feed.
GAPS = {
    USAGE: "data.usage",
    CONVERSIONS: "data.conversions",
    CALLS: "data.calls",
    "contracts": "data.contracts",
}
_NOT_ALL: tuple[Status, str] = ("no_data", "its data are not all there")


def sheet(
    row: Mapping[str, Any],
    modules: Sequence[Mapping[str, Any]],
    week: dt.date,
    catalogue: Mapping[str, Module],
    gaps: Mapping[str, str] | None = None,
) -> FactSheet:
    """All that may be said of one customer in one week.

    ``row`` holds the customer's derived metrics and segment, ``modules`` its rows
    of ``analytics.module_adoption``; ``catalogue`` are all modules by code, ``gaps`` by feed what
    is not there, in words.
    """
    week_end = week + dt.timedelta(days=6)
    facts = _Facts(four_weeks_from=week - dt.timedelta(days=21), week=week, week_end=week_end)
    facts.text("customer.name", "Customer", row["customer_name"])
    _commercial(facts, row)
    _segment(facts, row)
    _adoption(facts, row, modules, catalogue)
    _outcomes(facts, row)
    _calls(facts, row)
    for feed, why in (gaps or {}).items():
        facts.text(GAPS[feed], f"What is not there of {feed}", why)
    return FactSheet(
        entity_type="customer",
        entity_id=str(row["customer_id"]),
        period_start=week,
        period_end=week_end,
        cutoff=dt.datetime.combine(week_end, dt.time(23, 59, 59)),
        facts=tuple(facts.made),
    )


def with_history(
    sheet: FactSheet, last_action: str | None, said: Mapping[str, Any] | None
) -> FactSheet:
    """The sheet with what was done with earlier advice, and the newest words of leaving.

    ``said``: a row of ``customers/churn_words``.
    """
    facts = _Facts(sheet.period_start, sheet.period_start, sheet.period_end)
    if last_action is not None:
        facts.text("action.last", "Of the advice before", last_action, internal=True)
    if said is not None:
        speaker = said["speaker"] if isinstance(said["speaker"], str) else "the customer"
        day = pd.Timestamp(said["said_on"]).date()
        where = "in a call" if said["source"] == "call" else f"in a {said['source']}"
        words = shown(" ".join(str(said["words"]).split()))[:_LONGEST_QUOTE]
        told = f"“{words}” ({shown(speaker)}, {where} of {day.day} {day:%B %Y})"
        call_id = str(said["place"]) if said["source"] == "call" else None
        facts.text(
            "said.churn", "Said of leaving or giving back", told, internal=True, call_id=call_id
        )
    return replace(sheet, facts=(*sheet.facts, *facts.made))


#: Letters of a quote at most.
_LONGEST_QUOTE = 200


class _Facts:
    """Collects facts of one customer; a missing value becomes ``no_data`` with its reason."""

    def __init__(self, four_weeks_from: dt.date, week: dt.date, week_end: dt.date) -> None:
        self.made: list[Fact] = []
        self._starts = {"four_weeks": four_weeks_from, "week": week}
        self._end = week_end

    def text(
        self,
        fact_id: str,
        label: str,
        value: Any,
        unit: Unit = "text",
        *,
        internal: bool = False,
        call_id: str | None = None,
    ) -> None:
        known = value is not None and not pd.isna(value) and str(value) != ""
        self.made.append(
            Fact(
                fact_id,
                label,
                str(value) if known else None,
                unit,
                status="ok" if known else "no_data",
                reason=None if known else "not given by the source",
                visibility="internal" if internal else "customer",
                source=_METRICS,
                call_id=call_id,
            )
        )

    def number(
        self,
        fact_id: str,
        label: str,
        value: Any,
        unit: Unit,
        *,
        n: int | None = None,
        over: str | None = None,
        direction: Direction = "neutral",
        missing: tuple[Status, str] = ("no_data", "not given by the source"),
        internal: bool = False,
    ) -> None:
        known = value is not None and not pd.isna(value)
        self.made.append(
            Fact(
                fact_id,
                label,
                round(float(value), 4) if known else None,
                unit,
                n=n,
                period_start=self._starts[over] if over else None,
                period_end=self._end if over else None,
                direction=direction,
                status="ok" if known else missing[0],
                reason=None if known else missing[1],
                visibility="internal" if internal else "customer",
                source=_METRICS,
            )
        )


def _commercial(facts: _Facts, row: Mapping[str, Any]) -> None:
    own = in_own_currency(row.get("arr_own"), row.get("arr_currency"))
    facts.number("value.arr", "Annual recurring revenue", row["arr"], "currency", internal=True,
                 missing=("not_applicable", "no exchange rate is known") if own
                 else ("no_data", "not given by the source"))  # fmt: skip
    if own and not facts.made[-1].is_number:
        facts.text("value.arr_own", "Annual recurring revenue in its currency", own, internal=True)
    date = row["renewal_date"]
    facts.text("renewal.date", "Renewal", None if pd.isna(date) else _day(date), "date")
    notice = row.get("notice_date")
    if notice is not None and not pd.isna(notice):
        facts.text("renewal.notice", "Last day of notice", _day(notice), "date", internal=True)
    _people(facts, row)


def _some(number: Any) -> bool:
    return number is not None and not pd.isna(number) and number > 0


def _people(facts: _Facts, row: Mapping[str, Any]) -> None:
    """Who is there, as far as people are on record."""
    sponsor = "the sponsor" if _some(row.get("sponsors")) else "your contact"
    contact = "the champion" if _some(row.get("champions")) else sponsor
    facts.text("people.sponsor", "Whom to ask", sponsor, internal=True)
    facts.text("people.contact", "Whom to write to", contact, internal=True)
    if (left := row.get("days_without_champion")) is not None and not pd.isna(left):
        facts.text(
            "people.champion_left", "Champion left", _day(row["champion_left_on"]), "date",
            internal=True,
        )  # fmt: skip
    since = row.get("days_since_contact")
    if since is not None and not pd.isna(since):
        facts.number(
            "people.silent_days", "Days without a contact", since, "days", internal=True,
            direction="lower_is_better",
        )  # fmt: skip
    seats = row.get("seat_utilisation_4w")
    if seats is not None and not pd.isna(seats):
        facts.number("adoption.seats_used", "Active users of seats, mean of four weeks",
                     _percent(seats), "percent", direction="higher_is_better")  # fmt: skip
    for name, label in (
        ("severe_open_tickets", "Heavy tickets still open"),
        ("unhappy_answers_26w", "Unhappy survey answers of half a year"),
    ):
        value = row.get(name)
        if value is not None and not pd.isna(value):
            facts.number(f"voice.{name}", label, value, "count", direction="lower_is_better",
                         internal=True)  # fmt: skip


def _segment(facts: _Facts, row: Mapping[str, Any]) -> None:
    facts.text("segment.name", "Segment", row["behaviour_segment"], internal=True)
    facts.text(
        "segment.previous", "Segment of the week before", row["previous_segment"], internal=True
    )
    facts.text("segment.since", "Segment since", _day(row["segment_since"]), "date", internal=True)
    facts.number(
        "health.score",
        "Health",
        row["health_score"],
        "points",
        direction="higher_is_better",
        missing=("withheld", "too few factors are known"),
        internal=True,
    )
    facts.text("health.colour", "Health colour", row["health_segment"], internal=True)
    override = row.get("health_override")
    told = None if pd.isna(override) else str(override)
    facts.text("health.override", "Why health is not what its points say", told, internal=True)
    facts.number(
        "health.coverage",
        "Weight of the factors known",
        100 * row["health_coverage"],
        "percent",
        internal=True,
    )


def _adoption(
    facts: _Facts,
    row: Mapping[str, Any],
    modules: Sequence[Mapping[str, Any]],
    catalogue: Mapping[str, Module],
) -> None:
    n = _whole(row["active_modules"])
    facts.number("adoption.active", "Active modules", row["active_modules"], "count")
    facts.number("adoption.adopted", "Modules adopted", row["adopted_modules"], "count", n=n)
    owned = None if pd.isna(row["active_modules"]) else {m["module_code"] for m in modules}
    stages = {module["module_code"]: module["adoption_stage"] for module in modules}
    for stage in ("adopted", "declining", "dropped", "not_started", "trying"):
        names = [module.name for code, module in catalogue.items() if stages.get(code) == stage]
        facts.text(f"adoption.{stage}_list", f"Modules {stage.replace('_', ' ')}", _listed(names))
    collapsed = {
        m["module_code"] for m in modules if pd.notna(m["is_collapsed"]) and m["is_collapsed"]
    }
    names = [module.name for code, module in catalogue.items() if code in collapsed]
    facts.text("adoption.collapsed_list", "Modules that lost their users", _listed(names))
    white_space = (
        [] if owned is None else [m.name for code, m in catalogue.items() if code not in owned]
    )
    facts.text("adoption.white_space_list", "Modules not owned", _listed(white_space))
    facts.number(
        "adoption.users", "Active users", row["active_users"], "count", over="week",
        direction="higher_is_better",
    )  # fmt: skip
    facts.number(
        "adoption.utilisation", "Active users of seats", _percent(row["seat_utilisation"]),
        "percent", n=_whole(row["contracted_seats"]), over="week", direction="higher_is_better",
        missing=_NOT_ALL if _gone(row, "active_users", "contracted_seats")
        else ("not_applicable", "no seats are contracted"),
    )  # fmt: skip
    facts.number(
        "adoption.change", "Key actions against the four weeks before",
        _percent(row["usage_change"]), "percent", n=_whole(row["key_actions_prior_4w"]),
        over="four_weeks", direction="higher_is_better",
        missing=_NOT_ALL if _gone(row, "key_actions_4w", "key_actions_prior_4w")
        else ("not_applicable", "there was no use in the four weeks before"),
    )  # fmt: skip
    facts.text("adoption.verdict", "Key actions judged", _words(row["usage_verdict"]))
    facts.number(
        "adoption.actions", "Key actions", row["key_actions_4w"], "count", over="four_weeks",
        direction="higher_is_better",
    )  # fmt: skip


def _outcomes(facts: _Facts, row: Mapping[str, Any]) -> None:
    facts.number(
        "outcomes.count", "Conversions", row["conversions_4w"], "count", over="four_weeks",
        direction="higher_is_better",
    )  # fmt: skip
    facts.number(
        "outcomes.value", "Value of conversions", row["conversion_value_4w"], "currency",
        n=_whole(row["conversions_4w"]), over="four_weeks", direction="higher_is_better",
    )  # fmt: skip
    facts.number(
        "outcomes.change", "Value against the four weeks before",
        _percent(row["conversion_value_change"]), "percent", n=_whole(row["conversions_4w"]),
        over="four_weeks", direction="higher_is_better",
        missing=_missing_change(row),
    )  # fmt: skip
    facts.text("outcomes.verdict", "Value of conversions judged", _words(row["value_verdict"]))
    facts.text("outcomes.count_verdict", "Conversions judged", _words(row["conversions_verdict"]))


def _words(direction: Any) -> str | None:
    return WORDS.get(str(direction))


def _missing_change(row: Mapping[str, Any]) -> tuple[Status, str]:
    if _gone(row, "conversion_value_4w", "conversion_value_prior_4w"):
        return _NOT_ALL
    if row["conversion_value_prior_4w"] == 0:
        return "not_applicable", "there was no value in the four weeks before"
    return "suppressed", "too few conversions to state a change"


def _calls(facts: _Facts, row: Mapping[str, Any]) -> None:
    facts.number("calls.count", "Calls", row["calls_4w"], "count", over="four_weeks")
    judged = row["judged_calls_4w"]
    facts.number(
        "calls.judged", "Calls with a verdict on sentiment", judged, "count",
        n=_whole(row["calls_4w"]), over="four_weeks",
    )  # fmt: skip
    # None negative of none judged says nothing.
    missing: tuple[Status, str] = ("no_data", "no call has been judged")
    missing = _NOT_ALL if pd.isna(judged) else missing
    facts.number(
        "calls.negative", "Calls with negative words",
        row["negative_calls_4w"] if judged != 0 else None, "count", n=_whole(judged),
        over="four_weeks", direction="lower_is_better",
        missing=missing,
    )  # fmt: skip
    facts.number(
        "calls.churn", "Calls of 13 weeks with a word of leaving or giving back",
        row["churn_calls_13w"], "count", direction="lower_is_better", internal=True,
        missing=("no_data", "calls were not searched for it yet"),
    )  # fmt: skip


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def _gone(row: Mapping[str, Any], *names: str) -> bool:
    return any(pd.isna(row[name]) for name in names)


def _listed(names: Sequence[str]) -> str | None:
    if len(names) < 2:
        return names[0] if names else None
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _percent(share: Any) -> float | None:
    return None if pd.isna(share) else round(100 * float(share), 4)


def _day(value: Any) -> str:
    return pd.Timestamp(value).date().isoformat()
