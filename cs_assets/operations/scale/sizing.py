"""Requests, rows, hours, cost and limits of a week, out of unit costs."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from cs_assets.ai.configuration import Ceiling, ModelPrice
from cs_assets.operations.scale.queue import Done, Week, simulate
from cs_assets.operations.scale.units import Units

_WEEKS_A_MONTH = 52 / 12


@dataclass(frozen=True)
class Company:
    """How large: ``calls`` and reviews are those of a week."""

    customers: int
    reps: int
    calls: int


@dataclass(frozen=True)
class Setting:
    """How it is run."""

    workers: int
    shards: int
    look_back_days: int
    look_back_reads: int
    """Reads of the look-back a day, by its schedule."""
    today_reads: int
    requests_a_day: int
    requests_a_second: float
    ceiling: Ceiling
    writer: ModelPrice | None
    """The model that writes reviews; none: rules."""
    sentiment: ModelPrice
    summary: ModelPrice
    dollars_a_credit: float
    on_snowflake: bool
    warehouse_credits: float = 0.0
    """A week, of the warehouse that the schedules wake (``schedules.cost``)."""


@dataclass(frozen=True)
class Limit:
    """How much of what there is a week takes; above 1 it cannot be."""

    name: str
    needs: float
    has: float
    unit: str
    mend: str

    @property
    def load(self) -> float:
        return self.needs / self.has


@dataclass(frozen=True)
class Scale:
    """What a week comes to; ``limits`` with the tightest first."""

    gong_requests_a_day: float
    rows: float
    documents: int
    gigabytes: float
    mails: int
    model_calls: float
    model_tokens: float
    core_hours: float
    queue: Done
    warehouse_credits: float
    ai_credits: float
    dollars: dict[str, float]
    limits: Sequence[Limit]

    @property
    def binding(self) -> Limit:
        return self.limits[0]


def scale(company: Company, setting: Setting, units: Units) -> Scale:
    """The week of ``company`` under ``setting``."""
    spent = units.processor
    csms = math.ceil(company.customers / units.customers_a_csm.value)
    gong = _gong_requests(company, setting, units)
    rows = (
        company.calls * units.rows.call.value
        + company.customers * units.rows.customer.value
        + company.reps * units.rows.rep.value
    )
    mails = csms + company.reps
    done = simulate(
        Week(
            company.customers, setting.shards,
            company.customers * spent.customer_before.value,
            spent.customer_review.value, spent.run_start.value, units.runs_lost,
        ),
        setting.workers,
    )  # fmt: skip
    core_hours = (
        company.calls * spent.call.value
        + company.customers * (spent.customer_before.value + spent.customer_review.value)
        + company.reps * spent.rep_week.value
    ) / 3600
    writes = setting.writer is not None
    model_calls = company.customers * units.tokens.review_calls.value if writes else 0.0
    tokens_in = company.customers * units.tokens.review_input.value if writes else 0.0
    tokens_out = company.customers * units.tokens.review_output.value if writes else 0.0
    gigabytes = company.customers * units.document_kilobytes.value / 1024**2
    dollars = {
        "workers": core_hours * units.prices.core_hour.value,
        "warehouse": setting.warehouse_credits * units.prices.credit.value,
        "models, reviews": _priced(setting.writer, tokens_in, tokens_out),
        "models, calls": _of_calls(company, setting, units),
        "documents of a year": gigabytes * 52 * units.prices.gigabyte_month.value / _WEEKS_A_MONTH,
    }
    of_models = dollars["models, reviews"] + dollars["models, calls"]
    limits = _limits(company, setting, units, gong, done, model_calls, of_models, mails, core_hours)
    ai_credits = dollars["models, calls"] / setting.dollars_a_credit if setting.on_snowflake else 0
    return Scale(
        gong, rows, company.customers + company.reps + csms, gigabytes, mails, model_calls,
        tokens_in + tokens_out, core_hours, done, setting.warehouse_credits, ai_credits, dollars,
        limits,
    )  # fmt: skip


def _gong_requests(company: Company, setting: Setting, units: Units) -> float:
    """Requests of an average day: pages of each read, and each transcript once."""
    a_day = company.calls / 7
    pages = math.ceil(a_day / units.gong.page)
    look_back = setting.look_back_reads * (setting.look_back_days + 1) * pages
    today = setting.today_reads * math.ceil(a_day / 2 / units.gong.page)
    night = units.gong.look_back_nights * pages
    return look_back + today + night + math.ceil(a_day / units.gong.transcripts_a_request)


def _priced(price: ModelPrice | None, tokens_in: float, tokens_out: float) -> float:
    if price is None:
        return 0.0
    return (tokens_in * price.input + tokens_out * price.output) / 1e6


def _of_calls(company: Company, setting: Setting, units: Units) -> float:
    """Sentiment and summary of each call, where the warehouse makes them."""
    if not setting.on_snowflake:
        return 0.0
    tokens_in = company.calls * units.tokens.call_input.value
    tokens_out = company.calls * units.tokens.call_output.value
    return _priced(setting.sentiment, tokens_in, 0.0) + _priced(
        setting.summary, tokens_in, tokens_out
    )


def _limits(
    company: Company, setting: Setting, units: Units, gong: float, done: Done,
    model_calls: float, model_dollars: float, mails: int, core_hours: float,
) -> list[Limit]:  # fmt: skip
    window = units.window_hours
    first = company.customers * units.processor.customer_before.value / 3600
    found = [
        Limit(
            "Gong requests a day", gong, setting.requests_a_day, "requests",
            "read the look-back less often (gong_schedule in cs_assets/config/schedules.yaml), "
            "a shorter one "
            "(GONG_LOOK_BACK_DAYS), or ask Gong for more",
        ),
        Limit(
            "one read of the look-back", gong and (setting.look_back_days + 1)
            * math.ceil(company.calls / 7 / units.gong.page) / setting.requests_a_second / 60,
            24 * 60 / max(setting.look_back_reads, 1), "minutes",
            "read the look-back less often (gong_schedule in cs_assets/config/schedules.yaml)",
        ),
        Limit(
            "metrics of customers, one run", first, window, "hours",
            "a faster core; this run is not split",
        ),
        Limit(
            "reviews in their window", done.worst_hours, window, "hours",
            "more workers (maxConcurrentRuns) and shards (CS_ASSETS_REVIEW_SHARDS)",
        ),
        Limit(
            "mails in an hour", mails / units.mails_a_second.value / 3600, 1.0, "hours",
            "a provider that takes more a second",
        ),
    ]  # fmt: skip
    if model_calls or model_dollars:
        found += [
            Limit(
                "model calls a month", model_calls * _WEEKS_A_MONTH, setting.ceiling.calls,
                "calls", "ceilings.month.calls in ai.yaml, or CS_ASSETS_WRITER=rules",
            ),
            Limit(
                "model dollars a month", model_dollars * _WEEKS_A_MONTH, setting.ceiling.dollars,
                "dollars", "ceilings.month.dollars in ai.yaml, or CS_ASSETS_WRITER=rules",
            ),
        ]  # fmt: skip
    if not setting.on_snowflake:
        memory = (
            units.memory_at_least.value
            + company.customers / 1000 * units.memory_of_a_thousand_customers.value
        )
        found += [
            Limit(
                "the one writer of DuckDB", core_hours, window, "hours",
                "CS_ASSETS_WAREHOUSE=snowflake: shards work side by side there",
            ),
            Limit(
                "memory of one process", memory, 4096.0, "MiB",
                "CS_ASSETS_WAREHOUSE=snowflake, or a machine with more",
            ),
        ]  # fmt: skip
    return sorted(found, key=lambda limit: -limit.load)
