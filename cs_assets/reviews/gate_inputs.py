"""What the send gate looks at, gathered: the report, the feeds behind it, its customer's calls."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cs_assets.reviews.editions.filing import text_or_none
from cs_assets.reviews.editions.rendering import Files, Job
from cs_assets.reviews.gate import Candidate, Feed, UnjudgedCalls


def feeds_of(rows: pd.DataFrame) -> tuple[Feed, ...]:
    """Rows of ``reviews/feeds``."""
    each: list[Any] = list(rows.itertuples(index=False))
    return tuple(
        Feed(
            name=row.feed,
            newest=None if pd.isna(row.newest) else pd.Timestamp(row.newest).date(),
            week_rows=int(row.week_rows),
            usual_rows=0.0 if pd.isna(row.usual_rows) else float(row.usual_rows),
            window_rows=int(row.window_rows),
            incomplete_rows=int(row.incomplete_rows),
        )
        for row in each
    )


def unjudged_of(rows: pd.DataFrame) -> dict[str, UnjudgedCalls]:
    """Rows of ``reviews/unjudged_calls`` by customer."""
    each: list[Any] = list(rows.itertuples(index=False))
    return {
        row.customer_id: UnjudgedCalls(
            calls=int(row.calls),
            not_analysed=int(row.not_analysed),
            without_sentiment=int(row.without_sentiment),
            first_day=pd.Timestamp(row.first_day).date(),
        )
        for row in each
    }


def candidate(
    row: Any,
    job: Job | None,
    files: Files | None,
    feeds: tuple[Feed, ...],
    unjudged: Mapping[str, UnjudgedCalls],
) -> Candidate:
    """One row of ``reviews/reports`` with its job and files, where it was written and printed."""
    is_made = job is not None and files is not None and not files.failure
    return Candidate(
        customer_id=row.customer_id,
        customer_name=text_or_none(row.customer_name),
        recipient=text_or_none(row.reader_address),
        report=job.report() if is_made and job is not None else None,
        failure=text_or_none(row.failure) or (files.failure if files else None),
        feeds=feeds,
        unjudged=unjudged.get(row.customer_id),
        is_approved=bool(getattr(row, "is_approved", False)),
        unproven=files.unproven if files is not None else (),
    )
