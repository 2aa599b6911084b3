"""What one call, customer or rep takes: ``scale.yaml``, measured or assumed, with its source."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from cs_assets import config
from cs_assets.config import Strict

Positive = Annotated[float, Field(gt=0)]


class Unit(Strict):
    """A number with where it is from; ``assumed`` where nothing here could measure it."""

    value: Annotated[float, Field(ge=0)]
    source: str = Field(min_length=3)
    assumed: bool = False


class Processor(Strict):
    """Seconds of one core."""

    call: Unit
    customer_before: Unit
    """Metrics, health, insights of a customer: one run for all, before the shards."""
    customer_review: Unit
    rep_week: Unit
    run_start: Unit
    """From the launch of a run to its first step."""


class Rows(Strict):
    """Rows that are written a week."""

    call: Unit
    customer: Unit
    rep: Unit


class Tokens(Strict):
    """Of models, where they write: a customer's review, and a call's sentiment and summary."""

    review_calls: Unit
    review_input: Unit
    review_output: Unit
    call_input: Unit
    call_output: Unit


class Gong(Strict):
    """How Gong is read."""

    page: int = Field(ge=1)
    transcripts_a_request: int = Field(ge=1)
    look_back_nights: int = Field(ge=1)


class Prices(Strict):
    """US dollars."""

    credit: Unit
    core_hour: Unit
    gigabyte_month: Unit


class Units(Strict):
    """The whole of ``scale.yaml``."""

    processor: Processor
    rows: Rows
    tokens: Tokens
    gong: Gong
    statement_seconds: Unit
    """Of a statement on Snowflake for a hundred customers; it grows with their square root."""
    prices: Prices
    customers_a_csm: Unit
    calls_a_rep: Unit
    document_kilobytes: Unit
    mails_a_second: Unit
    window_hours: Positive
    """Within which the reviews of a week must be there."""
    runs_lost: Annotated[float, Field(ge=0, lt=0.5)]
    """Share of runs whose process dies; they are begun anew."""
    memory_of_a_thousand_customers: Unit
    """MiB of the embedded cycle for a thousand customers more."""
    memory_at_least: Unit


def load(folder: Path | None = None) -> Units:
    """The units in force; raises ``BadConfiguration``."""
    return config.load("scale.yaml", Units, folder)
