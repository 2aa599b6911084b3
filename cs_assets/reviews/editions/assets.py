"""The asset ``weekly_report_pdfs``: files of reviews, each judged by the send gate."""

import datetime as dt
import io
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd

from cs_assets.kit.assets import partition_dates, table_asset
from cs_assets.names import called
from cs_assets.paper.brand import Brand, brand_of
from cs_assets.partitions import weeks
from cs_assets.reviews import hands
from cs_assets.reviews.books.readers import Staff, with_readers
from cs_assets.reviews.configuration import Edition, ReviewSettings
from cs_assets.reviews.editions import held_notice
from cs_assets.reviews.editions.filing import (
    KIND,
    NOTICE,
    Filed,
    Kept,
    kept,
    notice_id,
    places,
    text_or_none,
)
from cs_assets.reviews.editions.mail import Mail
from cs_assets.reviews.editions.rendering import Job, Render, Template, presses
from cs_assets.reviews.facts.assets import (
    AT_ONCE,
    GROUP,
    ReviewScope,
    chosen,
    load_settings,
    rows_of,
)
from cs_assets.reviews.facts.readings import Customers
from cs_assets.reviews.facts.sheets import windows_of
from cs_assets.reviews.gate import ALL_RULES, Feed, UnjudgedCalls, Verdict, judge
from cs_assets.reviews.gate_inputs import candidate, feeds_of, unjudged_of
from resources.files import write_atomically
from resources.home import Home
from resources.home_resource import HomeResource
from resources.settings import Settings
from resources.warehouse import Scalar, Session, Warehouse

_WRITERS = 8
_WRITTEN = ("analytics.weekly_report_pdfs", "ops.artefacts", "ops.send_gate")


@dg.asset(
    **table_asset(
        "analytics.weekly_report_pdfs",
        group=GROUP,
        deps=[
            "weekly_reports",
            "source_csms",
            "source_conversions",
            "source_historical_engagement",
            "stg_gong_calls",
            "stg_gong_call_transcripts",
            "call_analysis",
            "call_sentiment",
        ],
        partitions_def=weeks,
        single_run=True,
        kinds=("python", "pdf"),
        check_specs=[
            dg.AssetCheckSpec(
                f"gate_{rule}",
                asset="weekly_report_pdfs",
                description=f"No report of the run is held by the rule '{rule}' of the send gate.",
            )
            for rule in ALL_RULES
        ],
    )
)
def weekly_report_pdfs(
    context: dg.AssetExecutionContext,
    config: ReviewScope,
    warehouse: Warehouse,
    home: HomeResource,
    settings: dg.ResourceParam[Settings],
) -> dg.MaterializeResult:
    policy = load_settings(settings)
    template = Template(
        brand=brand_of(settings.cs_assets_config_dir),
        settings_json=policy.model_dump_json(),
        paper=policy.paper,
        audience=policy.edition,
    )
    filed: list[Kept] = []
    for week in partition_dates(context):
        with warehouse.session("weekly_report_pdfs") as db:
            scope = chosen(db, config)
            everybody = list(db.query("reviews/assigned_customers")["customer_id"])
            around = _surroundings(db, week, config.edition, policy)
            staff = _staff(db, week, policy)
            done = hands.hands_of(db.query("reviews/hands", [*Customers().bounds, week, week]))
        made: list[Kept] = []
        count = len(everybody if scope.ids is None else scope.ids)
        with presses(template, count, processes=os.cpu_count() or 1) as render:
            for portion in scope.portions(everybody, AT_ONCE):
                asked: list[Scalar] = [*portion.bounds, week, config.edition]
                with warehouse.session("weekly_report_pdfs") as db:
                    reports = portion.only(db.query("reviews/reports", asked))
                reports = with_readers(reports, staff)
                agreed = reports["customer_id"].isin(hands.approved(done, week))
                reports = reports.assign(is_approved=agreed)
                entries = _printed(reports, render, around, template, policy, home.paths, week)
                _write_files(entries)
                made += [kept(entry, home.paths.root, template.paper) for entry in entries]
        with warehouse.session("weekly_report_pdfs") as db, db.transaction(*_WRITTEN):
            _store(db, made, week, scope, policy, config.edition)
        filed += made
    return dg.MaterializeResult(
        metadata={
            "dagster/partition_row_count": len(filed),
            **_told_of_files(filed, home.paths.root),
        },
        check_results=[_gate_result(rule, filed) for rule in ALL_RULES],
    )


def _surroundings(
    db: Session, week: dt.date, edition: Edition, policy: ReviewSettings
) -> tuple[tuple[Feed, ...], dict[str, UnjudgedCalls]]:
    """What the gate must know beside the reports: the feeds, and calls that nothing has judged."""
    windows, end = windows_of(week, edition, policy), week + dt.timedelta(days=6)
    weeks_start = week - dt.timedelta(weeks=policy.gate.usual_weeks)
    return (
        feeds_of(db.query("reviews/feeds", [week, end, windows.current.start, weeks_start])),
        unjudged_of(db.query("reviews/unjudged_calls", [end - dt.timedelta(days=27), end])),
    )


def _staff(db: Session, week: dt.date, policy: ReviewSettings) -> Staff:
    """Who is there on the Monday after the week."""
    return Staff(
        db.query("reviews/csms"), db.query("reviews/workers"), week + dt.timedelta(days=7),
        policy.books.stand_ins,
    )  # fmt: skip


def _printed(
    reports: pd.DataFrame,
    render: Render,
    around: tuple[tuple[Feed, ...], Mapping[str, UnjudgedCalls]],
    template: Template,
    policy: ReviewSettings,
    home: Home,
    week: dt.date,
) -> list[Filed]:
    """Render and judge: one entry per row of ``reviews/reports``."""
    rows: list[Any] = list(reports.itertuples(index=False))
    jobs = {row.customer_id: _job(row) for row in rows if row.status == "written"}
    files_of = {files.customer_id: files for files in render(list(jobs.values()))}
    folder = home.reports(week.isoformat())
    filed = []
    for row in rows:
        job, files = jobs.get(row.customer_id), files_of.get(row.customer_id)
        verdict = judge(candidate(row, job, files, *around), policy.gate)
        where = places(folder, row.customer_id, row.edition)
        notice = _notice(row, verdict, week, template.brand)
        filed.append(Filed(row, week, files, verdict, where, notice))
    return filed


def _notice(row: Any, verdict: Verdict, week: dt.date, brand: Brand) -> Mail | None:
    """What the CSM is told of a held report; nobody waits for the quarterly one."""
    if row.edition != "weekly" or not held_notice.is_due(verdict.reasons):
        return None
    end = week + dt.timedelta(days=6)
    return held_notice.write(
        called(text_or_none(row.customer_name), row.customer_id), f"{end.day} {end:%B %Y}",
        verdict.reasons, text_or_none(row.reader_name) or "", brand,
    )  # fmt: skip


def _job(row: Any) -> Job:
    return Job(
        customer_id=row.customer_id,
        snapshot_id=row.snapshot_id,
        sheet=row.sheet,
        sections=row.sections,
        recipient_name=text_or_none(row.reader_name) or "",
        why=text_or_none(row.reader_why) or "",
    )


def _write_files(entries: Sequence[Filed]) -> None:
    with ThreadPoolExecutor(_WRITERS) as pool:  # a disk that confirms each file is slow
        list(pool.map(_write_files_of, entries))


def _write_files_of(entry: Filed) -> None:
    contents = entry.contents()
    for path, content in contents.items():
        write_atomically(path, content)
    for path in set(entry.where.all()) - set(contents):
        path.unlink(missing_ok=True)  # an earlier run's report must not pass for this one


def _store(
    db: Session,
    filed: Sequence[Kept],
    week: dt.date,
    customers: Customers,
    policy: ReviewSettings,
    edition: Edition,
) -> None:
    """Rows of the files, of what may be sent, and of the gate's verdicts, in place of old ones.

    The quarterly edition is for a person to hand over: nothing of it is sent. Where books are
    mailed, a review has no mail of its own.
    """
    db.replace(
        "analytics.weekly_report_pdfs",
        pd.DataFrame([entry.pdf_row for entry in filed]),
        {**rows_of(week, customers, edition), "paper": policy.paper},
    )
    if edition != "weekly":
        return
    of_kind: dict[str, Any] = {"kind": KIND, "period_start": week}
    if customers.ids is not None:
        of_kind["artefact_id"] = [a for id in customers.ids for a in (id, notice_id(id))]
    alone = policy.books.mail != "book"
    rows = [row for entry in filed for row in entry.artefact_rows] if alone else []
    db.replace("ops.artefacts", pd.DataFrame(rows), of_kind)
    verdicts = [row for entry in filed for row in entry.verdict_rows]
    verdicts = [v for v in verdicts if alone or not v["artefact_id"].endswith(NOTICE)]
    db.replace("ops.send_gate", pd.DataFrame(verdicts), of_kind)


def _gate_result(rule: str, filed: Sequence[Kept]) -> dg.AssetCheckResult:
    """One rule of the send gate as an asset check: whom it holds, and why."""
    held = {
        entry.customer_id: reason.detail
        for entry in filed
        for reason in entry.reasons
        if reason.rule == rule
    }
    return dg.AssetCheckResult(
        check_name=f"gate_{rule}",
        passed=not held,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{len(held)} of {len(filed)} reports held" if held else "holds no report",
        metadata={"held": dg.MetadataValue.json(held)},
    )


def _told_of_files(filed: Sequence[Kept], root: Path) -> dict[str, Any]:
    made = [entry for entry in filed if entry.is_made]
    held = [entry for entry in filed if entry.reasons]
    metadata: dict[str, Any] = {
        "pdfs": len(made),
        "pages": sum(entry.pages for entry in made),
        "largest_pdf_kb": max((entry.pdf_bytes // 1024 for entry in made), default=0),
        "failed_count": len(filed) - len(made),
        "held_count": len(held),
        "failed": dg.MetadataValue.json({e.customer_id: e.failure for e in filed if e.failure}),
        "held": dg.MetadataValue.json({e.customer_id: [r.rule for r in e.reasons] for e in held}),
    }
    if made:
        first = (root / made[0].pdf_row["pdf_path"]).read_bytes()
        metadata["first_page"] = dg.MetadataValue.md(first_page_preview(first))
    return metadata


def first_page_preview(pdf: bytes) -> str:
    """The first page as a small picture in markdown, for the Dagster UI."""
    import base64

    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        picture = document[0].render(scale=0.9).to_pil().convert("P", palette=1, colors=32)
    finally:
        document.close()
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    encoded = base64.b64encode(buffer.getvalue()).decode()
    return f"![first page](data:image/png;base64,{encoded})"
