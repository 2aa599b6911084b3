"""Lists of customers: whom to call first, renewals, expansion, at risk, onboarding behind plan.

Every place has its reasons, and what would move the customer off. The order of all is one
number that can be read and argued with: revenue x risk x how near its decision is.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from cs_assets.customers.judging.health import of_policy
from cs_assets.customers.policy import Condition, CustomerPolicy, HealthColour, Rule
from cs_assets.facts.wording import counted
from cs_assets.frames import records, records_by, text_or_none

Row = dict[str, Any]
#: Days for which a renewal that has passed without a new date is asked about.
_LATELY = 60


def overview(rows: pd.DataFrame, policy: CustomerPolicy) -> list[Row]:
    """Rows of ``customers/overview`` with ``stake``, ``nearness``, ``reasons`` and ``off``.

    The most at stake first; those without reason to call behind them, by revenue. Of an unknown
    revenue the median stands in; without a past to learn from, the risk of the policy's colours.
    """
    found = of_policy(rows, policy)
    usual = float(found["arr"].astype(float).median()) if found["arr"].notna().any() else 0.0
    places = [_placed(row, usual, policy) for row in records(found)]
    return sorted(
        places, key=lambda r: (not r["reasons"], -r["stake"], -_amount(r), str(r["customer_id"]))
    )


def _placed(row: Row, usual: float, policy: CustomerPolicy) -> Row:
    reasons = _reasons(row, policy)
    risk = _number(row["risk"])
    row["risk_is_assumed"] = risk is None
    if risk is None:
        colour: HealthColour = row["health_segment"]
        risk = policy.lists.risk_by_colour[colour]
    near = nearness(row, policy)
    worth = usual if _number(row["arr"]) is None else _amount(row)
    row |= {"reasons": reasons, "off": _off(row, policy), "nearness": near}
    row["stake"] = round(worth * risk * near, 2)
    return row


def nearness(row: Mapping[str, Any], policy: CustomerPolicy) -> float:
    """How near the decision is, 0 to 1: by the last day of notice that is ahead, else the renewal.

    Words of leaving are near whenever the contract ends, and nothing is nearer than a renewal that
    has passed of late without a new date.
    """
    notice, renewal = _number(row["days_to_notice"]), _number(row["days_to_renewal"])
    days = [d for d in (notice, renewal) if d is not None and d >= 0]
    if renewal is not None and -_LATELY <= renewal < 0:
        days.append(0.0)
    lists = policy.lists
    near = lists.far if not days else next(
        (share for most, share in lists.nearness if min(days) <= most), lists.far
    )  # fmt: skip
    spoke = _number(row.get("churn_signals_13w")) or 0
    return max(near, lists.spoke_of_leaving) if spoke else near


def _reasons(row: Row, policy: CustomerPolicy) -> list[str]:
    """Why to call: what caps health, what puts at risk, a renewal that is near; each once."""
    rules: list[Rule] = [*policy.health.vetoes, *_at_risk_rules(policy)]
    said = [c.in_words(row) for rule in rules for c in rule.fitting(row) or ()]
    calm = ("days to renewal", "days under contract", "health: ")
    found = [words for words in dict.fromkeys(said) if not words.startswith(calm)]
    late = _number(row.get("plan_overdue_days"))
    if late:
        found.insert(0, f"{text_or_none(row['health_override']) or 'behind its onboarding plan'}")
    if not found and row["health_segment"] == "Red":
        found.append("health: Red")
    days = _number(row["days_to_renewal"])
    if days is not None and 0 < days <= policy.lists.renewal_is_near:
        found.append(renewal_in(days))
    if days is not None and -_LATELY <= days <= 0:
        found.append(f"{renewal_in(days)}, and no new date on record")
    notice = _number(row["days_to_notice"])
    if notice is not None and 0 < notice <= policy.lists.notice_is_near:
        found.append(f"last day of notice in {counted(round(notice), 'day')}")
    return found


def renewal_in(days: float) -> str:
    """How far a renewal is from the week's end, which is over for whoever reads on Monday."""
    told = counted(round(abs(days)), "day")
    if round(days) == 0:
        return "renewal at the week's end"
    return f"renewal in {told}" if days > 0 else f"renewal {told} ago"


def _at_risk_rules(policy: CustomerPolicy) -> list[Rule]:
    return [rule for rule in policy.segments if rule.segment in ("At risk", "Dormant")]


def _off(row: Row, policy: CustomerPolicy) -> list[str]:
    """What would take the customer off: the other side of each condition that put it on."""
    rules: list[Rule] = [*policy.health.vetoes, *_at_risk_rules(policy)]
    strictest: dict[tuple[str, bool], Condition] = {}
    for condition in (c for rule in rules for c in rule.fitting(row) or ()):
        if condition.metric in _NO_WAY_OFF:
            continue
        key = (condition.metric, condition.at_least is not None)
        before = strictest.get(key)
        strictest[key] = condition if before is None else _stricter(before, condition)
    return [condition.other_side() for condition in strictest.values()]


#: Metrics that nobody can move.
_NO_WAY_OFF = ("days_to_renewal", "tenure_days", "health_segment", "cancelled_modules")


def _stricter(one: Condition, other: Condition) -> Condition:
    """The condition whose other side takes the customer off both."""
    if one.at_least is not None and other.at_least is not None:
        return one if one.at_least <= other.at_least else other
    if one.at_most is not None and other.at_most is not None:
        return one if one.at_most >= other.at_most else other
    return one


def at_risk(places: Sequence[Row]) -> list[Row]:
    """Who is at risk, most revenue at risk first: by segment, by colour, or by words of leaving."""
    found = [
        row for row in places
        if row["behaviour_segment"] in ("At risk", "Dormant") or row["health_segment"] == "Red"
        or (_number(row.get("churn_signals_13w")) or 0) > 0
    ]  # fmt: skip
    return sorted(found, key=lambda r: (-(_number(r["arr_at_risk"]) or 0.0), -r["stake"]))


def renewals(places: Sequence[Row], days: int) -> list[Row]:
    """Renewals of the next ``days``, and those past of late without a new date, by date."""
    found = [row for row in places if (left := _number(row["days_to_renewal"])) is not None
             and -_LATELY <= left <= days]  # fmt: skip
    return sorted(found, key=lambda r: (_number(r["days_to_renewal"]), -_amount(r)))


def behind_plan(places: Sequence[Row]) -> list[Row]:
    """Customers in onboarding who are behind its plan, longest first."""
    late = [row for row in places if (_number(row.get("plan_overdue_days")) or 0) > 0]
    return sorted(late, key=lambda r: -float(r["plan_overdue_days"]))


def expansion(places: Sequence[Row], modules: pd.DataFrame) -> list[Row]:
    """Who could have more, by value x readiness; nobody with words of leaving, or in trouble.

    ``modules``: rows of ``analytics.customer_modules`` of the week. Value is what peers pay for the
    modules not owned; readiness is health as a share, halved without a wish of their own.
    """
    open_ones = modules[modules["module_state"] == "not_owned"]
    by_customer = records_by(open_ones, "customer_id")
    found = []
    for row in places:
        mine = by_customer.get(str(row["customer_id"]), [])
        if not mine or not may_be_asked(row):
            continue
        value = sum(_number(one["annual_value"]) or 0.0 for one in mine)
        asked = (_number(row.get("expansion_signals_13w")) or 0) > 0
        readiness = (_number(row["health_score"]) or 0.0) / 100 * (1.0 if asked else 0.5)
        found.append(
            row | {
                "white_space": [one["module_code"] for one in mine],
                "white_space_value": value, "readiness": round(readiness, 2),
                "expected_value": round(value * readiness, 2),
                "because": _because(row, mine, asked),
            }
        )  # fmt: skip
    return sorted(found, key=lambda r: (-r["expected_value"], str(r["customer_id"])))


def may_be_asked(row: Mapping[str, Any]) -> bool:
    """Whether a customer may be asked for more: Green, with no words of leaving, a champion."""
    spoke = _number(row.get("churn_signals_13w"))
    champions = _number(row.get("champions"))
    return (
        spoke == 0
        and row["health_segment"] == "Green"
        and row["behaviour_segment"] in ("Champion", "Growing", "Steady")
        and champions != 0
        and not (_number(row.get("declining_modules")) or 0)
    )


def _because(row: Mapping[str, Any], modules: Sequence[Row], asked: bool) -> list[str]:
    said = ["asked for more in the last 13 weeks"] if asked else []
    said.append(f"health {row['health_score']:.0f}, {row['behaviour_segment']}")
    for one in modules:
        value, share = _number(one["annual_value"]), _number(one["peer_adopted_share"])
        told = "price not known" if value is None else (
            f"about {value:,.0f}, by what {counted(round(one['value_peers']), 'customer')} "
            f"{'pays' if one['value_peers'] == 1 else 'pay'}"
        )  # fmt: skip
        if share is not None and share >= 0.5:
            told += (
                f", adopted by {share:.0%} of {one['peer_count']:.0f} others ({one['peer_group']})"
            )
        said.append(f"{one['module_code']}: {told}")
    return said


def is_overdue(row: Mapping[str, Any], week: dt.date) -> bool:
    """Whether the action's day had passed when the week's list was made."""
    due = row["due_on"]
    open_ = row["action_state"] in ("proposed", "taken", None)
    return bool(open_ and due is not None and not pd.isna(due)
                and pd.Timestamp(due).date() <= week + dt.timedelta(days=6))  # fmt: skip


def _amount(row: Mapping[str, Any]) -> float:
    return _number(row["arr"]) or 0.0


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)
