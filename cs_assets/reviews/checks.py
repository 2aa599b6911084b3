"""What is looked at after reviews are made: completeness, failures, and the send gate."""

import json
from collections import Counter, defaultdict
from typing import Any

import pandas as pd

from cs_assets.kit.checks import WARN, Findings, Look, nothing_wrong
from cs_assets.partitions import weeks

_AGAIN = "failed; make them again with the run config below"


def _outcomes(look: Look) -> list[Any]:
    return list(look.query_each_date("reviews/week_outcomes").itertuples(index=False))


@nothing_wrong(
    "review_facts",
    holds="Each customer of the source has a fact sheet in the week.",
    mend="customers without facts; materialise the week again",
    severity=WARN,
    partitions_def=weeks,
)
def every_customer_has_facts(look: Look) -> Findings:
    return Findings(list(look.query_each_date("reviews/customers_without_facts")["customer_id"]))


@nothing_wrong(
    "weekly_reports",
    holds="No customer's report failed while it was written; failed ones are named with reasons.",
    mend=_AGAIN,
    partitions_def=weeks,
)
def no_report_failed(look: Look) -> Findings:
    rows = _outcomes(look)
    wrong = {row.customer_id: row.writing_failure for row in rows if row.written == "failed"}
    return _to_make_again(wrong, len(rows))


@nothing_wrong(
    "weekly_report_pdfs",
    holds="Every written report was printed, and from the text that is stored.",
    mend=_AGAIN,
    partitions_def=weeks,
)
def no_pdf_failed(look: Look) -> Findings:
    written = [row for row in _outcomes(look) if row.written == "written"]
    wrong: dict[str, str] = {}
    for row in written:
        if pd.isna(row.printed):
            wrong[row.customer_id] = "not printed"
        elif row.printed != "made":
            wrong[row.customer_id] = row.printing_failure
        elif row.printed_hash != row.written_hash:
            wrong[row.customer_id] = "the PDF is older than the report"
    return _to_make_again(wrong, len(written))


def _to_make_again(wrong: dict[str, str], looked_at: int) -> Findings:
    config = {"run config": {"customer_ids": sorted(wrong)}} if wrong else {}
    return Findings(wrong, looked_at, config)


@nothing_wrong(
    "weekly_report_pdfs",
    holds="The gate lets every report through; held ones are listed by rule.",
    mend="reports are held or not judged; mend what the reasons name, then materialise again",
    severity=WARN,
    partitions_def=weeks,
)
def send_gate_holds_no_report(look: Look) -> Findings:
    rows = _outcomes(look)
    held: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows:
        for reason in json.loads(row.reasons) if row.verdict == "hold" else ():
            held[reason["rule"]][row.customer_id] = reason["detail"]
    verdicts = Counter("not judged" if pd.isna(row.verdict) else row.verdict for row in rows)
    if verdicts["not judged"]:
        held["not judged"] = {r.customer_id: "no gate" for r in rows if pd.isna(r.verdict)}
    return Findings(held, None, {"verdicts": dict(verdicts)})


@nothing_wrong(
    "book_mails",
    holds="Each book may go to somebody who is there; held ones are listed with reasons.",
    mend="books are held; mend what the reasons name, then materialise again",
    severity=WARN,
    partitions_def=weeks,
)
def every_book_has_a_reader(look: Look) -> Findings:
    rows: list[Any] = list(look.query_each_date("reviews/book_outcomes").itertuples(index=False))
    held = {
        row.book_id: [reason["detail"] for reason in json.loads(row.reasons or "[]")]
        for row in rows
        if row.verdict != "send"
    }
    away = {
        row.book_id: row.reader_why
        for row in rows
        if row.verdict == "send" and not pd.isna(row.reader_why)
    }
    return Findings(held, len(rows), {"read by another": away})


checks = [
    every_book_has_a_reader,
    every_customer_has_facts,
    no_report_failed,
    no_pdf_failed,
    send_gate_holds_no_report,
]
