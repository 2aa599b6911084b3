"""What is looked at after reviews are made: completeness, failures, and the send gate."""

import datetime as dt
import json
from collections import Counter, defaultdict
from typing import Any

import dagster as dg
import pandas as pd

from cs_assets.partitions import weeks
from resources.warehouse import Warehouse


def _week(context: dg.AssetCheckExecutionContext) -> dt.date:
    return dt.date.fromisoformat(context.partition_key)


def _outcomes(warehouse: Warehouse, week: dt.date) -> pd.DataFrame:
    with warehouse.session("reviews check") as db:
        return db.query("reviews/week_outcomes", [week])


@dg.asset_check(asset="review_facts", partitions_def=weeks)
def every_customer_has_facts(
    context: dg.AssetCheckExecutionContext, warehouse: Warehouse
) -> dg.AssetCheckResult:
    """Each customer of the source has a fact sheet in the week."""
    with warehouse.session("reviews check") as db:
        missing = list(db.query("reviews/customers_without_facts", [_week(context)])["customer_id"])
    return dg.AssetCheckResult(
        passed=not missing,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{len(missing)} customers without facts"
        if missing
        else "every customer has facts",
        metadata={"customers": dg.MetadataValue.json(missing[:50])},
    )


@dg.asset_check(asset="weekly_reports", partitions_def=weeks)
def no_report_failed(
    context: dg.AssetCheckExecutionContext, warehouse: Warehouse
) -> dg.AssetCheckResult:
    """No customer's report failed while it was written; failed ones are named with the reason."""
    rows = _outcomes(warehouse, _week(context))
    failed = rows[rows["written"] == "failed"]
    return _failures(dict(zip(failed["customer_id"], failed["writing_failure"], strict=True)))


@dg.asset_check(asset="weekly_report_pdfs", partitions_def=weeks)
def no_pdf_failed(
    context: dg.AssetCheckExecutionContext, warehouse: Warehouse
) -> dg.AssetCheckResult:
    """Every written report was printed, and from the text that is stored."""
    rows = _outcomes(warehouse, _week(context))
    written = rows[rows["written"] == "written"]
    reasons: dict[str, str] = {}
    row: Any
    for row in written.itertuples(index=False):
        if row.printed != "made":
            reasons[row.customer_id] = (
                "not printed" if pd.isna(row.printed) else row.printing_failure
            )
        elif row.printed_hash != row.written_hash:
            reasons[row.customer_id] = "the PDF is older than the report"
    return _failures(reasons)


def _failures(reasons: dict[str, str]) -> dg.AssetCheckResult:
    again = json.dumps({"customer_ids": sorted(reasons)})
    return dg.AssetCheckResult(
        passed=not reasons,
        severity=dg.AssetCheckSeverity.ERROR,
        description=f"{len(reasons)} failed; make them again with the run config {again}"
        if reasons
        else "all were made",
        metadata={"failed": dg.MetadataValue.json(reasons)},
    )


@dg.asset_check(asset="weekly_report_pdfs", partitions_def=weeks)
def send_gate_holds_no_report(
    context: dg.AssetCheckExecutionContext, warehouse: Warehouse
) -> dg.AssetCheckResult:
    """The gate lets every report through; held ones are listed by rule."""
    rows = _outcomes(warehouse, _week(context))
    held: dict[str, dict[str, str]] = defaultdict(dict)
    row: Any
    for row in rows[rows["verdict"] == "hold"].itertuples(index=False):
        for reason in json.loads(row.reasons):
            held[reason["rule"]][row.customer_id] = reason["detail"]
    counts = Counter(rows["verdict"].fillna("not judged"))
    return dg.AssetCheckResult(
        passed=not held and "not judged" not in counts,
        severity=dg.AssetCheckSeverity.WARN,
        description="; ".join(f"{rule}: {len(who)} held" for rule, who in sorted(held.items()))
        or "no report is held",
        metadata={
            "verdicts": dg.MetadataValue.json(dict(counts)),
            "held_by_rule": dg.MetadataValue.json(held),
        },
    )


@dg.asset_check(asset="book_mails", partitions_def=weeks)
def every_book_has_a_reader(
    context: dg.AssetCheckExecutionContext, warehouse: Warehouse
) -> dg.AssetCheckResult:
    """Each book of the week may go to somebody who is there; held ones are listed with reasons."""
    with warehouse.session("reviews check") as db:
        rows = db.query("reviews/book_outcomes", [_week(context)])
    books: list[Any] = list(rows.itertuples(index=False))
    held = {
        row.book_id: [reason["detail"] for reason in json.loads(row.reasons or "[]")]
        for row in books
        if row.verdict != "send"
    }
    away = {
        row.book_id: row.reader_why
        for row in books
        if row.verdict == "send" and not pd.isna(row.reader_why)
    }
    return dg.AssetCheckResult(
        passed=not held,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{len(held)} of {len(rows)} books are held" if held else "no book is held",
        metadata={
            "held": dg.MetadataValue.json(held),
            "read_by_another": dg.MetadataValue.json(away),
        },
    )


checks = [
    every_book_has_a_reader,
    every_customer_has_facts,
    no_report_failed,
    no_pdf_failed,
    send_gate_holds_no_report,
]
