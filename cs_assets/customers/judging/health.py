"""Health of a customer: few factors, visible weights, and a coverage that says what is missing.

score = 100 x sum(weight x share) / sum(weight), over the factors that are known.
A missing factor leaves both sums: missing is not zero. Below the minimum coverage
there is no score. A lost feed can so never turn a customer green or red.
"""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd

from cs_assets.customers.adoption import ratio
from cs_assets.customers.judging import onboarding
from cs_assets.customers.judging.held import CONTRACTS, as_before, held
from cs_assets.customers.policy import CustomerPolicy, FactorName, HealthRules, OnboardingRules
from cs_assets.feeds.coverage import CALLS, CONVERSIONS, MESSAGES, TOUCHPOINTS, USAGE
from cs_assets.feeds.gaps import Gaps
from cs_assets.frames import as_times, records

#: Columns of the verdicts on four weeks against the four before, and what each is on.
_VERDICTS = {
    "usage_verdict": "key_actions",
    "conversions_verdict": "conversions",
    "value_verdict": "conversion_value",
}

#: Metrics by the feed and spans that they are made of; those of use are emptied module by module.
_MADE_OF: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    (CONVERSIONS, ("week",), ("conversions_week", "conversion_value_week")),
    (CONVERSIONS, ("current",), ("conversions_4w", "conversion_value_4w")),
    (CONVERSIONS, ("prior",), ("conversions_prior_4w", "conversion_value_prior_4w")),
    (TOUCHPOINTS, ("current",), ("attributed_revenue_4w",)),
    (
        MESSAGES, ("current",),
        ("messages_sent_4w", "open_rate_4w", "click_rate_4w", "engagement_score_4w"),
    ),
    (
        CALLS, ("current",),
        ("calls_4w", "negative_calls_4w", "judged_calls_4w", "days_since_contact"),
    ),
)  # fmt: skip

#: By the metric that is empty when its feed is not all there: the feed.
UNKNOWN_WITH = {
    "key_actions_4w": USAGE,
    "active_modules": CONTRACTS,
    "conversions_4w": CONVERSIONS,
    "calls_4w": CALLS,
}

HealthSegment = Literal["Red", "Yellow", "Green", "Unknown"]
_COLOURS: tuple[HealthSegment, ...] = ("Red", "Yellow", "Green")
_RANK = {colour: place for place, colour in enumerate(_COLOURS)}


def with_health(
    metrics: pd.DataFrame,
    verdicts: pd.DataFrame,
    gaps: Gaps,
    policy: CustomerPolicy,
    before: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Rows of ``analytics.customer_metrics`` from ``customers/metrics``, health added.

    ``verdicts``: rows of ``customers/changes_of_week``. What is made of data that are not all there
    (``gaps``) is empty, and while a feed of health is not there that was, a customer's health stays
    what it was (``before``: the metrics of the week before), and says so.
    """
    rows = known_only(metrics, gaps)
    whole = verdicts[verdicts["part"] == "all"]
    for column, measure in _VERDICTS.items():
        judged = whole[whole["measure"] == measure].set_index("customer_id")["direction"]
        rows[column] = rows["customer_id"].map(judged).astype(object)
    rows["seat_utilisation"] = ratio(rows["active_users"], rows["contracted_seats"])
    rows["seat_utilisation_4w"] = ratio(rows["users_4w"], rows["contracted_seats"])
    rows["usage_change"] = ratio(rows["key_actions_4w"], rows["key_actions_prior_4w"]) - 1
    found = scored(of_policy(rows, policy), policy.health)
    for column in found.columns:
        rows[column] = found[column]
    return _kept(rows, before, gaps)


def known_only(metrics: pd.DataFrame, gaps: Gaps) -> pd.DataFrame:
    """Metrics without those whose data are not all there."""
    rows = metrics.copy(deep=False)  # columns are put in place of others, never changed
    for feed, spans, columns in _MADE_OF:
        gone = gaps.why(rows["customer_id"], feed, *spans).notna()
        for column in columns if gone.any() else ():
            rows[column] = rows[column].where(~gone)
    if "last_met_on" in rows.columns:  # a meeting is known though calls are not
        end = as_times(rows["week_start"]) + pd.Timedelta(days=6)
        met = (end - as_times(rows["last_met_on"])).dt.days
        spoken = rows["days_since_contact"].astype(float)
        rows["days_since_contact"] = spoken.where(spoken.notna(), met.astype(float))
    return rows


def _kept(rows: pd.DataFrame, before: pd.DataFrame | None, gaps: Gaps) -> pd.DataFrame:
    """Health as it was where a feed holds it."""
    found = held(rows, before, gaps)
    rows["not_known"] = found["not_known"]
    rows["health_score"] = rows["health_score"].astype(float)
    earlier = as_before(rows["customer_id"], before, ["health_score", "health_segment"])
    was = earlier["health_segment"]
    stays = found["not_known"].notna() & was.notna() & was.ne("Unknown")
    # A veto rests on what is there: it holds whatever else is late.
    worse = rows["health_segment"].map(_RANK) < was.map(_RANK)
    stays &= ~(worse & rows["health_override"].notna())
    if not stays.any():
        return rows
    for column in ("health_score", "health_segment"):
        rows[column] = earlier[column].where(stays, rows[column])
    rows["health_score"] = rows["health_score"].astype(float)
    words = "as it was the week before: " + found["why"].fillna("").astype(str)
    rows["health_override"] = words.where(stays, rows["health_override"])
    return rows


def derived(
    metrics: pd.DataFrame, minimum_conversions: int, plan: OnboardingRules | None = None
) -> pd.DataFrame:
    """Metrics with the figures that rules read and the table does not keep.

    The change of conversion value is empty below ``minimum_conversions`` in both
    windows together: a handful of conversions moves by half from chance alone. What is
    ``clear`` is empty unless the stored verdict says so; the value's also where the number of
    conversions clearly went the other way. ``judged_usage_change`` is that change, zero where
    there is no clear one, and empty where nothing can be said; ``judged_outcome_change`` the same
    of conversions, by value where that is clear and else by number. ``plan_overdue_days`` is empty
    without a ``plan``.
    """
    rows = metrics.copy(deep=False)
    rows["breadth"] = ratio(rows["adopted_modules"], rows["active_modules"])
    rows["negative_call_share"] = ratio(rows["negative_calls_4w"], rows["judged_calls_4w"])
    value = ratio(rows["conversion_value_4w"], rows["conversion_value_prior_4w"]) - 1
    number = ratio(rows["conversions_4w"], rows["conversions_prior_4w"]) - 1
    conversions = rows["conversions_4w"] + rows["conversions_prior_4w"].fillna(0)
    rows["conversion_value_change"] = value.where(conversions >= minimum_conversions)
    opposed = {"rise": "fall", "fall": "rise"}
    mixed = rows["conversions_verdict"] == rows["value_verdict"].map(opposed)
    rows["clear_conversion_count_change"] = _clear(number, rows["conversions_verdict"])
    rows["clear_conversion_change"] = _clear(value, rows["value_verdict"]).where(~mixed)
    rows["clear_usage_change"] = _clear(rows["usage_change"], rows["usage_verdict"])
    rows["usage_direction"] = rows["usage_verdict"]
    # Nothing in either window is no steady use, and no steady result: there is nothing to judge.
    idle = rows["key_actions_4w"].fillna(1).eq(0) & rows["key_actions_prior_4w"].fillna(1).eq(0)
    rows["judged_usage_change"] = _judged(
        rows["clear_usage_change"], rows["usage_verdict"].mask(idle)
    )
    still = (rows["conversions_verdict"] == "none") | (rows["value_verdict"] == "none")
    still &= conversions.ne(0)
    rows["judged_outcome_change"] = _judged(
        rows["clear_conversion_change"].fillna(rows["clear_conversion_count_change"].where(~mixed)),
        still.map({True: "none", False: ""}),
    )
    for kind in ("churn", "expansion"):
        rows[f"{kind}_signals_13w"] = _either(rows, f"{kind}_calls_13w", f"{kind}_texts_13w")
    rows["plan_overdue_days"] = np.nan if plan is None else onboarding.overdue_days(rows, plan)
    rows["feeds_not_known"] = rows[rows.columns.intersection(list(UNKNOWN_WITH))].isna().sum(axis=1)
    return rows


def of_policy(metrics: pd.DataFrame, policy: CustomerPolicy) -> pd.DataFrame:
    """``derived`` as the policy has it."""
    return derived(metrics, policy.minimum_conversions, policy.health.onboarding)


def _judged(clear: pd.Series, verdict: pd.Series) -> pd.Series:
    """The clear change; zero where there is none, empty where nothing can be said."""
    return clear.where(clear.notna() | (verdict != "none"), 0.0)


def _clear(change: pd.Series, verdict: pd.Series) -> pd.Series:
    """The change where the verdict goes its way."""
    change = change.astype(float)
    return change.where((verdict.eq("rise") & change.gt(0)) | (verdict.eq("fall") & change.lt(0)))


def _either(rows: pd.DataFrame, *columns: str) -> "pd.Series[float]":
    """The sum of those that are known; empty where none is."""
    known = rows[[column for column in columns if column in rows.columns]].astype(float)
    return known.sum(axis=1, min_count=1)


#: Derived metric of each factor.
FACTOR_METRICS: dict[FactorName, str] = {
    "breadth": "breadth",
    "usage_trend": "judged_usage_change",
    "utilisation": "seat_utilisation_4w",
    "outcomes": "judged_outcome_change",
    "engagement": "engagement_score_4w",
    "calls": "negative_call_share",
    "support": "severe_tickets_13w",
    "survey": "last_nps",
}


def scored(rows: pd.DataFrame, rules: HealthRules) -> pd.DataFrame:
    """``health_score`` and the columns beside it, of derived metrics, a row each."""
    if "churn_signals_13w" not in rows.columns:
        rows = rows.assign(churn_signals_13w=_either(rows, "churn_calls_13w", "churn_texts_13w"))
    values = {
        name: rows[FACTOR_METRICS[name]].astype(float)
        if FACTOR_METRICS[name] in rows.columns
        else pd.Series(np.nan, index=rows.index)
        for name in rules.factors
    }
    shares = {name: factor.shares(values[name]) for name, factor in rules.factors.items()}
    known = pd.Series(0.0, index=rows.index)
    earned = pd.Series(0.0, index=rows.index)
    for name, factor in rules.factors.items():
        known += factor.weight * shares[name].notna()
        earned += factor.weight * shares[name].fillna(0.0)
    coverage = known.round(6)
    enough = (coverage >= rules.minimum_coverage) & (known > 0)
    found = pd.DataFrame(
        {
            "health_score": (100 * earned / known.where(known > 0)).round(1).where(enough),
            "health_segment": pd.Series(None, index=rows.index, dtype=object),
            "health_basis": "weights",
            "health_coverage": coverage,
            "health_factors": _factors_json(values, shares, rules),
            "health_override": pd.Series(None, index=rows.index, dtype=object),
        }
    )
    planned = onboarding.is_planned(rows)
    if planned.any():
        found.loc[planned] = onboarding.scored(rows[planned], rules.onboarding)
    found["health_segment"] = found["health_segment"].where(
        planned, _colours(found["health_score"], rules)
    )
    return _with_vetoes(found, rows, rules)


def _colours(scores: "pd.Series[float]", rules: HealthRules) -> "pd.Series[Any]":
    colours = pd.Series("Red", index=scores.index, dtype=object)
    colours = colours.mask(scores >= rules.yellow_from, "Yellow")
    return colours.mask(scores >= rules.green_from, "Green").mask(scores.isna(), "Unknown")


def _factors_json(
    values: Mapping[FactorName, "pd.Series[float]"],
    shares: Mapping[FactorName, "pd.Series[float]"],
    rules: HealthRules,
) -> list[str]:
    columns = []
    for name in sorted(rules.factors):
        weight = rules.factors[name].weight
        # Of customers with the same value one is written.
        _, first, place = np.unique(values[name], return_index=True, return_inverse=True)
        share, value = shares[name].iloc[first], values[name].iloc[first]
        points = (100 * weight * share).round(2)
        parts = zip(points, share.round(4), value.round(4), strict=True)
        texts = [
            f'"{name}": {{"points": {_number(p)}, "share": {_number(s)}, '
            f'"value": {_number(v)}, "weight": {weight}}}'
            for p, s, v in parts
        ]
        columns.append(np.array(texts, dtype=object)[place])
    return ["{" + ", ".join(parts) + "}" for parts in zip(*columns, strict=True)]


def _number(value: float) -> str:
    return "null" if value != value else repr(float(value))


def _with_vetoes(found: pd.DataFrame, rows: pd.DataFrame, rules: HealthRules) -> pd.DataFrame:
    """The colour that the vetoes leave, and the words of those that changed it."""
    fits = [(_RANK[veto.cap], veto, veto.mask(rows).to_numpy()) for veto in rules.vetoes]
    lowest = np.full(len(rows), len(_RANK))
    for rank, _, mask in fits:
        lowest = np.where(mask, np.minimum(lowest, rank), lowest)
    # What is not known is no better than Yellow: only a veto to Red says more.
    colours = found["health_segment"].map({**_RANK, "Unknown": _RANK["Yellow"]}).to_numpy()
    capped = lowest < colours
    if not capped.any():
        return found
    segments, words = found["health_segment"].tolist(), found["health_override"].tolist()
    read = list(dict.fromkeys(c.metric for veto in rules.vetoes for c in veto.conditions))
    for place, row in zip(
        np.flatnonzero(capped), records(rows.reindex(columns=read)[capped]), strict=True
    ):
        mine = [veto for rank, veto, mask in fits if mask[place] and rank == lowest[place]]
        said = [c.in_words(row) for veto in mine for c in veto.fitting(row) or ()]
        segments[place] = _COLOURS[lowest[place]]
        words[place] = f"at most {segments[place]}, {'; '.join(dict.fromkeys(said))}"
    found["health_segment"], found["health_override"] = segments, words
    return found
