"""The figures of a customer that can be asked for: a closed set over the weekly metrics."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from cs_assets.facts.model import Unit

#: ``state``: as it stood at the week's end; ``week``: in the week; else in so many weeks up to it.
Window = Literal["state", "week", "4w", "13w"]
WINDOW_WORDS: Mapping[Window, str] = {
    "state": "at the end of the week",
    "week": "in the week",
    "4w": "in the four weeks up to the week",
    "13w": "in the thirteen weeks up to the week",
}


@dataclass(frozen=True)
class Metric:
    """One figure: its columns in ``analytics.customer_metrics`` by window, and what it is called.

    ``scale`` turns the stored value into the unit shown; ``n`` is the column with the observations
    behind it; ``change`` the measure of ``analytics.customer_changes`` that judges it.
    """

    key: str
    label: str
    columns: Mapping[Window, str]
    unit: Unit
    phrases: tuple[str, ...]
    feed: str
    scale: float = 1.0
    n: str | None = None
    of: str = ""
    """What the observations are, in words."""
    change: str | None = None
    is_better_high: bool | None = True

    def column(self, window: Window) -> str:
        return self.columns[window]

    def read(self, row: Mapping[str, Any], window: Window) -> Any:
        """The value in the unit shown, or what the row has for a missing one."""
        value = row[self.columns[window]]
        return value * self.scale if self.scale != 1.0 and value is not None else value


def why_no_arr(row: Mapping[str, Any]) -> str:
    """Why there is no revenue: unknown, or in a currency without an exchange rate."""
    is_other = row["arr_own"] is not None and isinstance(row["arr_currency"], str)
    return "no exchange rate for its ARR is known" if is_other else "no ARR is known"


def _of(*metrics: Metric) -> Mapping[str, Metric]:
    return {one.key: one for one in metrics}


METRICS: Mapping[str, Metric] = _of(
    Metric(
        "arr", "annual recurring revenue", {"state": "arr"}, "currency",
        ("arr", "annual recurring revenue", "recurring revenue", "annual revenue"),
        "contract terms or the customer's ARR",
    ),
    Metric(
        "health", "health score", {"state": "health_score"}, "points",
        ("health score", "health", "healthy"), "usage figures, conversions, messages and calls",
    ),
    Metric(
        "colour", "health colour", {"state": "health_segment"}, "text",
        ("health colour", "health color", "health segment"), "usage figures and conversions",
        is_better_high=None,
    ),
    Metric(
        "segment", "behaviour segment", {"state": "behaviour_segment"}, "text",
        ("behaviour segment", "behavior segment", "segment"), "usage figures and conversions",
        is_better_high=None,
    ),
    Metric(
        "renewal_date", "renewal date", {"state": "renewal_date"}, "date",
        ("renewal date", "renewal day", "date of renewal"), "contract terms", is_better_high=None,
    ),
    Metric(
        "days_to_renewal", "days to renewal", {"state": "days_to_renewal"}, "days",
        ("days to renewal", "days until renewal", "days until the renewal"), "contract terms",
        is_better_high=None,
    ),
    Metric(
        "conversions", "conversions", {"week": "conversions_week", "4w": "conversions_4w"}, "count",
        ("number of conversions", "conversion count", "conversions"), "conversions",
        change="conversions",
    ),
    Metric(
        "conversion_value", "conversion value",
        {"week": "conversion_value_week", "4w": "conversion_value_4w"}, "currency",
        ("conversion value", "value of conversions", "value of the conversions"), "conversions",
        change="conversion_value",
    ),
    Metric(
        "messages", "messages sent", {"4w": "messages_sent_4w"}, "count",
        ("messages sent", "sent messages", "messages"), "messages",
    ),
    Metric(
        "open_rate", "open rate", {"4w": "open_rate_4w"}, "percent",
        ("open rate", "opening rate", "share of messages opened"), "messages", scale=100.0,
        n="messages_sent_4w", of="messages", change="open_rate",
    ),
    Metric(
        "click_rate", "click rate", {"4w": "click_rate_4w"}, "percent",
        ("click rate", "click through rate", "clickthrough rate"), "messages", scale=100.0,
        n="messages_sent_4w", of="messages", change="click_rate",
    ),
    Metric(
        "key_actions", "key actions", {"4w": "key_actions_4w"}, "count",
        ("key actions", "use of the product", "product usage", "usage"), "usage figures",
        change="key_actions",
    ),
    Metric(
        "active_users", "active users", {"week": "active_users"}, "count",
        ("active users", "weekly users", "number of users"), "usage figures",
    ),
    Metric(
        "utilisation", "seat utilisation",
        {"week": "seat_utilisation", "4w": "seat_utilisation_4w"}, "percent",
        ("seat utilisation", "seat utilization", "utilisation of seats", "seat use"),
        "usage figures and modules", scale=100.0, n="contracted_seats", of="seats",
    ),
    Metric(
        "adopted_modules", "adopted modules", {"state": "adopted_modules"}, "count",
        ("adopted modules", "modules adopted", "modules in use"), "usage figures and modules",
        n="active_modules", of="active modules",
    ),
    Metric(
        "active_modules", "active modules", {"state": "active_modules"}, "count",
        ("active modules", "modules owned", "owned modules"), "modules",
    ),
    Metric(
        "calls", "calls", {"4w": "calls_4w"}, "count",
        ("number of calls", "how many calls", "call count"), "calls", is_better_high=None,
    ),
    Metric(
        "negative_calls", "calls with negative sentiment", {"4w": "negative_calls_4w"}, "count",
        ("negative calls", "calls with negative sentiment"), "calls", n="judged_calls_4w",
        of="judged calls",
        is_better_high=False,
    ),
    Metric(
        "days_since_contact", "days since the last contact", {"state": "days_since_contact"},
        "days",
        ("days since contact", "days since the last contact", "days since last contact"),
        "calls", is_better_high=False,
    ),
    Metric(
        "tickets", "support tickets", {"13w": "tickets_13w"}, "count",
        ("support tickets", "tickets"), "tickets", is_better_high=False,
    ),
    Metric(
        "open_tickets", "open tickets", {"state": "open_tickets"}, "count",
        ("open tickets", "open support tickets", "unresolved tickets"), "tickets",
        is_better_high=False,
    ),
    Metric(
        "nps", "newest answer to the recommendation", {"state": "last_nps"}, "count",
        ("nps", "nps answer", "net promoter score"), "survey answers",
    ),
    Metric(
        "champions", "champions on record", {"state": "champions"}, "count",
        ("champions", "number of champions"), "people",
    ),
)  # fmt: skip


def window_of(metric: Metric, asked: str, week_named: bool) -> Window | None:
    """The window that was meant; ``None`` when the figure is not kept for it.

    Without a word on it: the state, else four weeks, else the only one; with a week named and
    nothing else, the week itself.
    """
    if asked:
        return next((one for one in metric.columns if one == asked), None)
    if "state" in metric.columns:
        return "state"
    if week_named:
        return "week" if "week" in metric.columns else None
    return "4w" if "4w" in metric.columns else next(iter(metric.columns))
