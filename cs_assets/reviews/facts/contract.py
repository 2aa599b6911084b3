"""Facts about the contract, who stands for it, and what is advised first; internal."""

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from cs_assets.config.modules import Module
from cs_assets.reviews.facts.conversions import aligned
from cs_assets.reviews.facts.rows import Absent, FactRows


def add_contract(
    facts: FactRows, customers: pd.DataFrame, state: pd.DataFrame, given_back: pd.DataFrame,
    named: Mapping[str, Module],
) -> None:  # fmt: skip
    """Last day of notice, who is there, what was given back within a year.

    ``state``: rows of ``reviews/customer_state``, ``given_back`` of ``reviews/given_back``.
    """
    rows = aligned(state, customers)
    ids = rows["customer_id"]
    internal: dict[str, Any] = {
        "window": None, "visibility": "internal", "source": "customer_state",
    }  # fmt: skip
    facts.add(ids, "account.notice", "Last day of notice", _iso(rows["notice_date"]), "date",
              **internal)  # fmt: skip
    facts.add(ids, "account.days_to_notice", "Until the last day of notice",
              rows["days_to_notice"], "days", **internal)  # fmt: skip
    facts.add(
        ids, "account.sponsors", "Sponsors and economic buyers on record", rows["sponsors"],
        "count", **internal,
        absent=[Absent(rows["sponsors"].isna(), "no_data", "nobody of the customer is on record")],
    )  # fmt: skip
    there = Absent(
        rows["days_without_champion"].isna(), "not_applicable", "no champion has left unreplaced"
    )
    left = _iso(rows["champion_left_on"])
    facts.add(ids, "account.champion_left", "Champion left", left, "date", **internal,
              absent=[there])  # fmt: skip
    _add_given_back(facts, ids, given_back, named, internal)


def _add_given_back(
    facts: FactRows, ids: pd.Series, rows: pd.DataFrame, named: Mapping[str, Module],
    internal: Mapping[str, Any],
) -> None:  # fmt: skip
    names = rows["name"].map(lambda code: named[code].name if code in named else str(code))
    days = pd.to_datetime(rows["cancelled_on"])
    told = names + " on " + days.map(lambda day: f"{day.day} {day:%B %Y}").astype(object)
    listed = told.groupby(rows["customer_id"].to_numpy()).agg(", ".join)
    worth = (
        rows["annual_value"].astype(float).groupby(rows["customer_id"].to_numpy()).sum(min_count=1)
    )
    none = Absent(~ids.isin(listed.index), "not_applicable", "no module was given back in a year")
    facts.add(ids, "account.given_back", "Modules given back within a year",
              ids.map(listed).astype(object), "text", **internal, absent=[none])  # fmt: skip
    facts.add(ids, "account.given_back_value", "Their list price a year",
              ids.map(worth).astype(float), "currency", **internal, absent=[none])  # fmt: skip


def add_first_action(facts: FactRows, customers: pd.DataFrame, state: pd.DataFrame) -> None:
    """What the customers room advises first, so that every list begins with the same."""
    rows = aligned(state, customers)
    rows["action_trigger"] = rows["action_trigger"].astype(object).map(_without_zeros)
    ids = rows["customer_id"]
    for fact_id, label, column in (
        ("action.code", "Advised first, playbook", "next_action_code"),
        ("action.title", "Advised first, in a few words", "action_title"),
        ("action.text", "Advised first", "next_action"),
        ("action.why", "Why it is advised", "action_trigger"),
        ("action.effect", "How we will know", "expected_effect"),
    ):
        facts.add(
            ids, fact_id, label, rows[column], "text", window=None, visibility="internal",
            source="customer_state",
            absent=[Absent(rows[column].isna(), "no_data", "no advice of the week is on record")],
        )  # fmt: skip


#: Of a trigger what was counted and not found; of days and shares a zero is a value.
_NONE_OF = re.compile(r"(?:(?<=; )|^)(?!days|share)([^;:]+): 0(?=;|$)")


def _without_zeros(trigger: Any) -> Any:
    """A playbook's trigger with "no calls with negative words" for "calls ...: 0"."""
    return _NONE_OF.sub(r"no \1", trigger) if isinstance(trigger, str) else trigger


def _iso(dates: pd.Series) -> pd.Series:
    found: pd.Series = pd.to_datetime(dates).dt.strftime("%Y-%m-%d")
    return found
