"""Use and results of a customer: half a year by week, modules, and which changes are clear."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st
from markupsafe import Markup

from cs_assets.config.modules import Module
from cs_assets.desk.reading.customer import Customer, Row
from cs_assets.desk.showing import html, words
from cs_assets.desk.showing.charts import draw
from cs_assets.desk.showing.frame import heading, put
from cs_assets.frames import number_or_none
from cs_assets.reviews.books.book import money
from cs_assets.reviews.editions.charts.model import Lines, Trend
from cs_assets.statistics.verdict import WORDS

_MEASURES = {
    "conversions": "Conversions", "conversion_value": "Conversion value",
    "key_actions": "Use of the modules", "open_rate": "Open rate", "click_rate": "Click rate",
}  # fmt: skip


def body(found: Customer, modules: Mapping[str, Module]) -> None:
    """Charts, verdicts, modules, and the weeks as a table."""
    heading("Health by week")
    _health(found.weeks)
    heading("Conversions of four weeks")
    _results(found.weeks)
    put(_changes(found))
    put(_modules(found, modules))
    with st.expander(f"The last {len(found.weeks)} weeks in figures"):
        put(_weeks(found))
    if found.transitions:
        put(_transitions(found))


def _health(weeks: list[Row]) -> None:
    scores = tuple(number_or_none(one["health_score"]) for one in weeks)
    if (known := _known(scores)) is None:
        return
    data = Lines(
        moments=_moments(weeks), names=("Health",), values=(scores,),
        labels=(f"Health {known[-1]:.0f}",), unit="",
    )  # fmt: skip
    draw(data, f"Health by week, {known[0]:.0f} at first, {known[-1]:.0f} last", "health")


def _results(weeks: list[Row]) -> None:
    values = tuple(number_or_none(one["conversion_value_4w"]) for one in weeks)
    if (known := _known(values)) is None:
        return
    data = Trend(
        weeks=_moments(weeks),
        values=values,
        year_ago=tuple(None for _ in weeks),
        counts=tuple(number_or_none(one["conversions_4w"]) for one in weeks),
        reported=min(4, len(weeks)),
        value_unit="USD in four weeks",
        count_unit="Conversions in four weeks",
    )
    told = f"Value by week, {money(known[0])} at first, {money(known[-1])} last; counts below it"
    draw(data, told, "results")


def _known(values: Sequence[float | None]) -> list[float] | None:
    """The values that there are; a sentence instead where a picture of them would say nothing."""
    known = [one for one in values if one is not None]
    if len(known) < 2:
        st.caption("Too few weeks are known for a picture.")
        return None
    return known


def _moments(weeks: Sequence[Row]) -> tuple[str, ...]:
    return tuple(words.short_date(one["week_start"]) for one in weeks)


def _changes(found: Customer) -> Markup:
    rows = [
        (
            _MEASURES.get(one["measure"], words.plain(one["measure"])),
            f"{one['window_weeks']:.0f} weeks against "
            + ("those before" if one["compared_with"] == "before" else "a year earlier"),
            _verdict(one), _size(one), words.number(one["n"], 0, ""), words.plain(one["why"]),
        )
        for one in sorted(found.changes, key=lambda one: one["direction"] not in ("rise", "fall"))
    ]  # fmt: skip
    if not rows:
        return html.muted("Nothing could be compared this week.")
    headings = ("Measure", "Compared", "Verdict", "Size (95% interval)", "n", "Why")
    return html.table("Verdicts on changes", headings, rows, numbers=[4])


def _verdict(row: Row) -> html.Part:
    sign = {"rise": "▲ ", "fall": "▼ "}.get(str(row["direction"]), "")
    return f"{sign}{WORDS.get(row['direction'], words.plain(row['direction']))}"


def _size(row: Row) -> str:
    if row["size"] is None or pd.isna(row["size"]):
        return ""
    low, high = words.percent(row["size_low"]), words.percent(row["size_high"])
    return f"{words.percent(row['size'])} ({low} to {high})"


def _worth(module: Row) -> str:
    """Revenue of what is owned; of what is not, about what peers pay."""
    told = _money(module["annual_value"])
    return f"about {told}{_n(module['value_peers'])}" if told and module["is_estimate"] else told


def _modules(found: Customer, modules: Mapping[str, Module]) -> Markup:
    rows = [
        (_name(str(one["module_code"]), modules), words.plain(one["module_state"]),
         words.date(one["state_since"]), _worth(one),
         words.percent(one["peer_adopted_share"], missing="") + _n(one["peer_count"]))
        for one in found.modules
    ]  # fmt: skip
    if not rows:
        return html.muted("No module is on record.")
    headings = ("Module", "State", "Since", "List price a year", "Adopted by peers")
    return html.table("Modules", headings, rows, numbers=[3, 4])


def _name(code: str, modules: Mapping[str, Module]) -> str:
    return modules[code].name if code in modules else words.plain(code)


def _money(value: Any) -> str:
    found = number_or_none(value)
    return "" if found is None else f"${found:,.0f}"


def _n(value: Any) -> str:
    return "" if value is None or pd.isna(value) else f" (n={value:.0f})"


def _weeks(found: Customer) -> Markup:
    rows = [
        (words.date(one["week_start"]),
         html.health(str(one["health_segment"]), number_or_none(one["health_score"])),
         words.plain(one["behaviour_segment"]), words.percent(one["risk"], missing=""),
         words.number(one["users_4w"]), words.number(one["key_actions_4w"]),
         words.number(one["conversions_4w"]), _money(one["conversion_value_4w"]),
         words.number(one["calls_4w"]))
        for one in reversed(found.weeks)
    ]  # fmt: skip
    headings = ("Week of", "Health", "Segment", "Risk", "Users", "Key actions", "Conversions",
                "Their value", "Calls")  # fmt: skip
    return html.table("Weeks, the newest first", headings, rows, numbers=range(3, 9))


def _transitions(found: Customer) -> Markup:
    rows = [
        (words.date(one["week_start"]), words.plain(one["subject"]), words.plain(one["was"]),
         words.plain(one["has_become"]), words.plain(one["reason"]))
        for one in found.transitions
    ]  # fmt: skip
    headings = ("Week of", "What", "From", "To", "Why")
    return html.table("Changes of segment and health", headings, rows)
