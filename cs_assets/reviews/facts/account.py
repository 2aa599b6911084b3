"""Facts about the customer itself: who it is, what it uses, how it stands, what it wants."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from cs_assets.config.modules import Module
from cs_assets.facts.model import Visibility
from cs_assets.feeds.coverage import CALLS, CONVERSIONS, MESSAGES, TOUCHPOINTS, USAGE
from cs_assets.names import called
from cs_assets.reviews.configuration import ReviewSettings
from cs_assets.reviews.facts.conversions import aligned
from cs_assets.reviews.facts.health_words import health_why
from cs_assets.reviews.facts.rows import Absent, FactRows, Of, display_names, slugs
from cs_assets.reviews.facts.windows import Windows
from sql.feeds import tables

#: Days from the purchase of a module after which its use by few is no trial any more.
_TRIAL = 182
_BY_FEW = "used by few"
#: Of a module that was used and has lost nearly all of its users.
COLLAPSED = "hardly used any more"
STAGES = {
    "not_started": "not started",
    "trying": "being tried",
    "adopted": "adopted",
    "declining": "in decline",
    "dropped": "no longer used",
}


_WORDS = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    "twenty", "twenty-one", "twenty-two", "twenty-three", "twenty-four", "twenty-five",
    "twenty-six",
)  # fmt: skip


def add_period(facts: FactRows, customers: pd.DataFrame, windows: Windows) -> None:
    """What the report covers, in words and dates."""
    ids = customers["customer_id"]
    last = "the last week" if windows.weeks == 1 else f"the last {_WORDS[windows.weeks]} weeks"
    before = (
        "the week before" if windows.weeks == 1 else f"the {_WORDS[windows.weeks]} weeks before"
    )
    for fact_id, label, text in (
        ("period.window", "Window reported", last),
        ("period.window_before", "Window compared with", before),
    ):
        facts.add(
            ids, fact_id, label, pd.Series(text, index=customers.index), "text", window=None,
            source="customers",
        )  # fmt: skip
    for fact_id, label, day in (
        ("period.week_start", "First day of the week", windows.week_start),
        ("period.window_start", "First day of the window", windows.current.start),
        ("period.end", "Last day, cut-off of the data", windows.end),
    ):
        facts.add(
            ids, fact_id, label, pd.Series(day.isoformat(), index=customers.index), "date",
            window=None, source="customers",
        )  # fmt: skip


#: Facts that say what is not there, by feed.
_GAPS: tuple[tuple[str, str, tuple[str, ...], Visibility], ...] = (
    (CONVERSIONS, "data.conversions", ("current",), "customer"),
    (MESSAGES, "data.messages", ("current",), "customer"),
    (TOUCHPOINTS, "data.touchpoints", ("current",), "customer"),
    (USAGE, "data.usage", ("week", "current"), "customer"),
    (CALLS, "data.calls", ("current",), "internal"),
)


def add_gaps(facts: FactRows, customers: pd.DataFrame) -> None:
    """What is not there of the window, in words; no fact where all is there."""
    ids = customers["customer_id"]
    late = pd.Series(None, index=ids.index, dtype=object)
    for name, table in tables().items():
        if table.feed is not None and table.feed.holds:
            late = late.where(late.notna(), facts.gaps.late(ids, name, "current"))
    if late.notna().any():
        facts.add(
            ids[late.notna()], "data.late", "What the review has to wait for", late[late.notna()],
            "text", window=None, source="gaps",
        )  # fmt: skip
    # A feed that begins later than what is compared: that none is on record says little.
    begins = facts.gaps.why(ids, CONVERSIONS, "prior", "year_ago")
    late = facts.gaps.late(ids, CONVERSIONS, "prior", "year_ago")
    begins = begins.where(late.isna(), None)
    if begins.notna().any():
        facts.add(
            ids[begins.notna()], "data.conversions_begin", "Since when conversions are on record",
            begins[begins.notna()], "text", window=None, source="gaps",
        )  # fmt: skip
    for feed, fact_id, spans, visibility in _GAPS:
        why = facts.gaps.why(ids, feed, *spans)
        gone = why.notna()
        if gone.any():
            facts.add(
                ids[gone], fact_id, f"What is not there of {feed}", why[gone], "text", window=None,
                visibility=visibility, source="gaps",
            )  # fmt: skip


def add_customer(facts: FactRows, customers: pd.DataFrame) -> None:
    """Name, industry and the like; what concerns the contract is internal."""
    ids = customers["customer_id"]
    names = [
        called(None if pd.isna(name) else name, identity)
        for name, identity in zip(customers["customer_name"], ids, strict=True)
    ]
    facts.add(
        ids, "customer.name", "Customer", pd.Series(names, index=customers.index, dtype=object),
        "text", window=None, source="customers",
    )  # fmt: skip
    for fact_id, label, column in (
        ("customer.industry", "Industry", "industry"),
        ("customer.segment", "Segment", "segment"),
        ("customer.region", "Region", "region"),
        ("customer.stage", "Lifecycle stage", "lifecycle_stage"),
        ("csm.name", "Customer success manager", "csm_name"),
    ):
        facts.add(ids, fact_id, label, customers[column], "text", window=None, source="customers")
    facts.add(
        ids, "customer.goal", "Goal agreed", customers["goal"], "text", window=None,
        source="customers",
        absent=[Absent(customers["goal"].isna(), "no_data", "no goal is agreed")],
    )  # fmt: skip
    facts.add(
        ids, "account.arr", "Annual recurring revenue", customers["arr"], "currency",
        window=None, visibility="internal", source="customers",
        absent=[Absent(
            customers["arr"].isna() & customers["arr_own"].notna(), "not_applicable",
            "it is in another currency, and no exchange rate is known",
        )],
    )  # fmt: skip
    renewal = pd.to_datetime(customers["renewal_date"]).dt.strftime("%Y-%m-%d")
    facts.add(
        ids, "account.renewal", "Renewal date", renewal, "date", window=None,
        visibility="internal", source="customers",
    )  # fmt: skip


def add_state(facts: FactRows, customers: pd.DataFrame, state: pd.DataFrame) -> None:
    """Adoption over all modules, and, for internal readers only, health, calls and renewal."""
    rows = aligned(state, customers)
    ids = rows["customer_id"]
    source = "customer_state"
    used, heard = Of(USAGE, ("week", "current")), Of(CALLS, ("current",))
    facts.add(
        ids, "adoption.modules", "Modules contracted", rows["active_modules"], "count",
        window="week", source=source,
    )  # fmt: skip
    for stage, label in (
        ("adopted", "Modules adopted"),
        ("declining", "Modules in decline"),
        ("dropped", "Modules no longer used"),
        ("not_started", "Modules not started"),
    ):
        facts.add(
            ids, f"adoption.{stage}", label, rows[f"{stage}_modules"], "count",
            n=rows["active_modules"], window="week", source=source, of=used,
            direction="higher_is_better" if stage == "adopted" else "lower_is_better",
        )  # fmt: skip
    facts.add(
        ids, "adoption.seats", "Seats contracted", rows["contracted_seats"], "count",
        window="week", source=source,
    )  # fmt: skip
    facts.add(
        ids, "adoption.users", "Active users", rows["active_users"], "count",
        n=rows["contracted_seats"], window="week", direction="higher_is_better", source=source,
        of=used,
    )  # fmt: skip
    facts.add(
        ids, "adoption.utilisation", "Seats in use", rows["seat_utilisation"] * 100, "percent",
        n=rows["contracted_seats"], window="week", direction="higher_is_better", source=source,
        absent=[Absent(rows["contracted_seats"] == 0, "not_applicable", "no seats contracted")],
        of=used,
    )  # fmt: skip
    internal: dict[str, Any] = {"visibility": "internal", "source": source}
    health = rows["health_segment"].where(rows["health_segment"] != "Unknown")
    facts.add(ids, "health.segment", "Health", health, "text", window="week", **internal)
    facts.add(
        ids, "health.score", "Health score", rows["health_score"], "points", window="week",
        direction="higher_is_better", **internal,
    )  # fmt: skip
    told = zip(rows["health_override"], rows["health_factors"], strict=True)
    why = pd.Series([health_why(*of) for of in told], index=rows.index, dtype=object)
    facts.add(
        ids, "health.why", "Why the health is so", why, "text", window="week", **internal,
        absent=[Absent(why == "", "not_applicable", "no factor lost points")],
    )  # fmt: skip
    held = pd.Series([_held_by(*of) for of in zip(
        rows["health_override"], rows["health_basis"], strict=True)], index=rows.index)  # fmt: skip
    facts.add(
        ids, "health.held_by", "What decides the health beside its points", held, "text",
        window="week", **internal,
        absent=[Absent(held == "", "not_applicable", "its points decide")],
    )  # fmt: skip
    unread = Absent(rows["calls_of_all"] == 0, "no_data", "no customer's calls are read")
    facts.add(
        ids, "calls.held", "Calls", rows["calls"], "count", n=rows["calls"], of=heard, **internal,
        absent=[unread],
    )  # fmt: skip
    facts.add(
        ids, "calls.judged", "Calls with a verdict on sentiment", rows["judged_calls"], "count",
        n=rows["calls"], of=heard, **internal, absent=[unread],
    )  # fmt: skip
    facts.add(
        ids, "calls.negative", "Calls with negative customer sentiment", rows["negative_calls"],
        "count", n=rows["judged_calls"], direction="lower_is_better", of=heard, **internal,
        absent=[
            unread,
            Absent(rows["calls"] == 0, "not_applicable", "no call was held"),
            Absent(rows["judged_calls"].eq(0).fillna(False), "no_data", "no call has been judged"),
        ],
    )  # fmt: skip
    for kind, label in (
        ("churn", "Calls of 13 weeks with a word of leaving"),
        ("competitor", "Calls of 13 weeks with another vendor in it"),
        ("expansion", "Calls of 13 weeks with a wish for more"),
    ):
        found = rows[f"{kind}_calls"]
        facts.add(
            ids, f"calls.{kind}", label, found, "count", window=None, of=heard, **internal,
            absent=[
                unread, Absent(found.isna(), "no_data", "calls were not searched for it yet"),
            ],
        )  # fmt: skip
    facts.add(
        ids, "account.days_to_renewal", "Until renewal", rows["days_to_renewal"], "days",
        window=None, **internal,
    )  # fmt: skip
    facts.add(
        ids, "customer.behaviour", "Behaviour segment", rows["behaviour_segment"], "text",
        window="week", **internal,
    )  # fmt: skip


def _held_by(override: Any, basis: Any) -> str:
    """What makes the colour another than the points would: a plan, a rule, data that are late."""
    if basis == "onboarding plan":
        return "the onboarding plan"
    if override is None or pd.isna(override) or not override:
        return ""
    return "the week before" if str(override).startswith("as it was") else "a rule"


def add_modules(facts: FactRows, modules: pd.DataFrame, named: Mapping[str, Module]) -> None:
    """Use of each contracted module in the week; ``named`` says what readers call it."""
    rows = modules.sort_values(["customer_id", "name"], ignore_index=True)
    ids, code = rows["customer_id"], rows["name"].astype(str)
    name = code.map({known: module.name for known, module in named.items()}).fillna(code)
    prefix = "adoption.module." + slugs(rows["name"], ids)
    source = "adoption_by_module"
    seats = rows["contracted_seats"]
    used = Of(USAGE, ("week", "current"), "module_code", rows["name"])
    facts.add(ids, prefix + ".name", name + ": name", name, "text", window=None, source=source)
    facts.add(
        ids, prefix + ".stage", name + ", adoption", _stages(rows), "text", window="week",
        source=source, of=used,
    )  # fmt: skip
    facts.add(
        ids, prefix + ".seats", name + ", seats", seats, "count", window="week", source=source
    )
    facts.add(
        ids, prefix + ".users", name + ", active users", rows["active_users"], "count", n=seats,
        window="week", direction="higher_is_better", source=source, of=used,
    )  # fmt: skip
    facts.add(
        ids, prefix + ".utilisation", name + ", seats in use", rows["seat_utilisation"] * 100,
        "percent", n=seats, window="week", direction="higher_is_better", source=source,
        absent=[Absent(seats == 0, "not_applicable", "no seats contracted")], of=used,
    )  # fmt: skip


def _stages(rows: pd.DataFrame) -> pd.Series:
    """How far each module is adopted, in words; what is paid for since long is not being tried."""
    found = rows["adoption_stage"].map(STAGES).astype(object)
    is_old = rows["owned_days"].astype(float).gt(_TRIAL)
    found = found.mask(rows["adoption_stage"].eq("trying") & is_old, _BY_FEW)
    has_collapsed = rows["is_collapsed"].astype(object).eq(True)
    return found.mask(has_collapsed & ~rows["adoption_stage"].eq("dropped"), COLLAPSED)


def add_goal(
    facts: FactRows, customers: pd.DataFrame, modules: pd.DataFrame, settings: ReviewSettings
) -> None:
    """The contracted module and the channel that the goal is about, where its words tell."""
    ids, goals = customers["customer_id"], customers["goal"]
    words = {code: module.goal_words for code, module in settings.modules.items()}
    owned = set(zip(modules["customer_id"], modules["name"], strict=True))
    code = goals.map(lambda goal: named_by(goal, words))
    is_owned = [pair in owned for pair in zip(ids, code, strict=True)]
    code = code.where(pd.Series(is_owned, index=code.index, dtype=bool))
    module = code.map({code: module.name for code, module in settings.modules.items()})
    channel = goals.map(lambda goal: named_by(goal, settings.goal_channels))
    channel = display_names(channel.fillna("")).where(channel.notna())
    for fact_id, label, value in (
        ("goal.module", "Module that the goal agreed is about", module),
        ("goal.channel", "Channel that the goal agreed is about", channel),
    ):
        facts.add(
            ids, fact_id, label, value, "text", window=None, source="customers",
            absent=[
                Absent(goals.isna(), "not_applicable", "no goal is agreed"),
                Absent(value.isna(), "not_applicable", "the goal's words name none"),
            ],
        )  # fmt: skip


def named_by(goal: object, words: Mapping[str, Sequence[str]]) -> str | None:
    """The key with most of its words in the goal, the first of equals; ``None`` without any."""
    if not isinstance(goal, str):
        return None
    text = goal.casefold()
    found = {key: sum(word.casefold() in text for word in known) for key, known in words.items()}
    best = max(found, key=lambda key: found[key], default=None)
    return best if best is not None and found[best] else None


def add_lost_modules(
    facts: FactRows, customers: pd.DataFrame, modules: pd.DataFrame, named: Mapping[str, Module]
) -> None:
    """Modules under contract that were used and hardly are any more, by name in one fact."""
    gone = modules[modules["adoption_stage"].eq("dropped") | modules["is_collapsed"].eq(True)]
    names = gone["name"].map(lambda code: named[code].name if code in named else str(code))
    listed = names.groupby(gone["customer_id"].to_numpy()).agg(
        lambda found: ", ".join(sorted(found))
    )
    value = customers["customer_id"].map(listed).astype(object)
    facts.add(
        customers["customer_id"], "adoption.lost", "Modules lost", value, "text", window="week",
        source="adoption_by_module",
        absent=[Absent(value.isna(), "not_applicable", "no module was lost")],
    )  # fmt: skip
