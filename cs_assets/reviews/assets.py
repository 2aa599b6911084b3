"""Reviews as assets: facts of all customers, the reports written from them, their files."""

import datetime as dt
import io
import os
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import dagster as dg
import pandas as pd
from pydantic import Field

from cs_assets.ai import prompts
from cs_assets.ai.search import LocalCaseStudySearch
from cs_assets.asset_kit import partition_dates, result, table_asset
from cs_assets.partitions import weeks
from cs_assets.reviews import configuration
from cs_assets.reviews.batch_writing import Desk, Outcome, report_rows, write_reports
from cs_assets.reviews.case_matching import CaseMatcher
from cs_assets.reviews.configuration import Edition, ReviewSettings
from cs_assets.reviews.earlier import earlier_reports
from cs_assets.reviews.fact_sheets import review_facts as facts_of
from cs_assets.reviews.fact_sheets import windows_of
from cs_assets.reviews.filing import parts_hash, places
from cs_assets.reviews.gate import Candidate, Verdict, judge
from cs_assets.reviews.readings import Customers, read
from cs_assets.reviews.rendering import Files, Job, Template, render_all
from cs_assets.reviews.scope import Wanted, choose
from cs_assets.reviews.site import site
from cs_assets.reviews.site_entries import digest_entries, report_entries
from resources.files import write_atomically
from resources.home import Home, HomeResource
from resources.settings import Settings
from resources.warehouse import Scope, Session, Warehouse
from resources.writer import WriterResource

_GROUP = "reviews"
_EDITION: Edition = "weekly"
_KIND = "weekly_report"
_WRITERS = 8


class ReviewScope(dg.Config):
    """Narrows a run: to CSMs, to customers, or to shard ``shard`` of ``shards``."""

    csm_ids: list[str] = Field(default_factory=list)
    customer_ids: list[str] = Field(default_factory=list)
    shard: int = 1
    shards: int = 1

    def wanted(self) -> Wanted:
        return Wanted(tuple(self.csm_ids), tuple(self.customer_ids), self.shard, self.shards)


def load_settings() -> ReviewSettings:
    """The review settings in force."""
    return configuration.review_settings(Settings.load().cs_assets_config_dir)


def _chosen(db: Session, config: ReviewScope) -> Customers:
    return choose(config.wanted(), db.query("reviews/assigned_customers"))


def _rows_of(week: dt.date, customers: Customers, edition: Edition = _EDITION) -> Scope:
    """What a run may replace: the week's rows of its edition, of the customers in scope only."""
    scope: dict[str, Any] = {"week_start": week, "edition": edition}
    if customers.ids is not None:
        scope["customer_id"] = list(customers.ids)
    return scope


@dg.asset(
    **table_asset(
        "analytics.review_facts",
        group=_GROUP,
        deps=[
            "source_customers",
            "source_csm_assignments",
            "source_csms",
            "source_conversions",
            "source_attributions",
            "source_historical_engagement",
            "source_industry_benchmarks",
            "customer_metrics",
            "module_adoption",
            "customer_segments",
        ],
        partitions_def=weeks,
        single_run=True,
    )
)
def review_facts(
    context: dg.AssetExecutionContext, config: ReviewScope, warehouse: Warehouse
) -> dg.MaterializeResult:
    settings = load_settings()
    counts: Counter[str] = Counter()
    customers = 0
    for week in partition_dates(context):
        windows = windows_of(week, _EDITION, settings)
        with warehouse.session("review_facts") as db:
            scope = _chosen(db, config)
            readings = read(db.query, windows, scope)
        rows = facts_of(readings, windows, settings, _EDITION)
        with warehouse.session("review_facts") as db:
            db.replace("analytics.review_facts", rows, _rows_of(week, scope))
        counts.update(rows["status"])
        customers += rows["customer_id"].nunique()
    return result(
        counts.total(),
        {"customers": customers, "facts_by_status": dg.MetadataValue.json(dict(counts))},
    )


@dg.asset(
    **table_asset(
        "analytics.weekly_reports",
        group=_GROUP,
        deps=["review_facts", "source_case_studies"],
        partitions_def=weeks,
        single_run=True,
        kinds=("python",),
    )
)
def weekly_reports(
    context: dg.AssetExecutionContext,
    config: ReviewScope,
    warehouse: Warehouse,
    writer: WriterResource,
) -> dg.MaterializeResult:
    settings = load_settings()
    folder = Settings.load().cs_assets_config_dir
    outcomes: list[Outcome] = []
    for week in partition_dates(context):
        with warehouse.session("weekly_reports") as db:
            scope = _chosen(db, config)
            facts = scope.only(db.query("reviews/facts", [*scope.bounds, week, _EDITION]))
            studies = db.query("reviews/case_studies")
            assigned = db.query("reviews/assigned_customers")
            last_week, stored = (
                earlier_reports(db.query("reviews/reports", [*scope.bounds, monday, _EDITION]))
                for monday in (week - dt.timedelta(weeks=1), week)
            )
        desk = Desk(
            matcher=CaseMatcher(
                studies, LocalCaseStudySearch(studies), settings.case_studies.minimum_score
            ),
            writer=writer.for_run("weekly_reports", context.run.run_id),
            prompts={name: prompts.load(f"reviews/{name}", folder) for name in settings.sections},
            settings=settings,
            last_week=last_week,
            stored=stored,
        )
        made = list(write_reports(facts, desk))
        csm_of = dict(zip(assigned["customer_id"], assigned["csm_id"], strict=True))
        windows = windows_of(week, _EDITION, settings)
        rows = report_rows(made, csm_of, pd.Timestamp(week), _EDITION, pd.Timestamp(windows.cutoff))
        with warehouse.session("weekly_reports") as db:
            db.replace("analytics.weekly_reports", rows, _rows_of(week, scope))
        outcomes += made
    return result(len(outcomes), _told(outcomes))


def _told(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """What a person wants to see of a run that wrote reports."""
    metadata: dict[str, Any] = {
        "reports_by_status": dg.MetadataValue.json(dict(Counter(o.status for o in outcomes))),
        "failed": dg.MetadataValue.json({o.customer_id: o.failure for o in outcomes if o.failure}),
    }
    written = [o.report for o in outcomes if o.report]
    if written:
        writers = Counter(report.one("writer") for report in written)
        metadata["writers"] = dg.MetadataValue.json(dict(writers))
        metadata["first_report"] = dg.MetadataValue.md(written[0].full_text)
    return metadata


@dg.asset(
    **table_asset(
        "analytics.weekly_report_pdfs",
        group=_GROUP,
        deps=["weekly_reports", "source_csms"],
        partitions_def=weeks,
        single_run=True,
        kinds=("python", "pdf"),
    )
)
def weekly_report_pdfs(
    context: dg.AssetExecutionContext,
    config: ReviewScope,
    warehouse: Warehouse,
    home: HomeResource,
) -> dg.MaterializeResult:
    settings = load_settings()
    template = Template(
        brand=configuration.brand(Settings.load().cs_assets_config_dir),
        settings_json=settings.model_dump_json(),
        paper=settings.paper,
        audience=settings.edition,
    )
    filed: list[Filed] = []
    for week in partition_dates(context):
        with warehouse.session("weekly_report_pdfs") as db:
            scope = _chosen(db, config)
            reports = scope.only(db.query("reviews/reports", [*scope.bounds, week, _EDITION]))
            newest = db.query("reviews/freshness", [week + dt.timedelta(days=6)])
        made = file_reports(reports, newest, template, settings, home.paths, week)
        with warehouse.session("weekly_report_pdfs") as db, db.transaction():
            store(db, made, week, scope, template.paper)
        filed += made
    return result(len(filed), _told_of_files(filed))


class Filed:
    """One report after filing: its row, its files and the gate's verdict."""

    def __init__(self, row: Any, files: Files | None, verdict: Verdict) -> None:
        self.row, self.files, self.verdict = row, files, verdict
        self.pdf_row: dict[str, Any] = {}
        self.artefact_row: dict[str, Any] | None = None


def file_reports(
    reports: pd.DataFrame,
    newest: pd.DataFrame,
    template: Template,
    settings: ReviewSettings,
    home: Home,
    week: dt.date,
) -> list[Filed]:
    """Render, write files, judge: one entry per row of ``reviews/reports``."""
    rows: list[Any] = list(reports.itertuples(index=False))
    written = [row for row in rows if row.status == "written"]
    jobs = [_job(row) for row in written]
    rendered = render_all(jobs, template, processes=os.cpu_count() or 1)
    files_of = {files.customer_id: files for files in rendered}
    newest_day = newest.iloc[0].dropna().max() if len(newest) else None
    filed = []
    for row in rows:
        files = files_of.get(row.customer_id)
        filed.append(Filed(row, files, _judged(row, files, newest_day, settings)))
    with ThreadPoolExecutor(_WRITERS) as pool:  # a disk that confirms each file is slow in turn
        list(pool.map(lambda entry: _write_files(entry, home, week, template), filed))
    return filed


def _job(row: Any) -> Job:
    return Job(
        customer_id=row.customer_id,
        snapshot_id=row.snapshot_id,
        sheet=row.sheet,
        sections=row.sections,
        recipient_name=_text(row.csm_name) or "",
    )


def _text(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)


def _judged(row: Any, files: Files | None, newest: Any, settings: ReviewSettings) -> Verdict:
    failure = _text(row.failure) or (files.failure if files else None)
    made = files is not None and not files.failure
    candidate = Candidate(
        customer_id=row.customer_id,
        customer_name=_text(row.customer_name),
        recipient=_text(row.csm_email),
        report=_job(row).report() if made else None,
        failure=failure,
        newest_data=None if pd.isna(newest) else pd.Timestamp(newest).date(),
    )
    return judge(candidate, settings.gate)


def _write_files(entry: Filed, home: Home, week: dt.date, template: Template) -> None:
    """Put the files in their places and fill the rows that tell of them."""
    row, files = entry.row, entry.files
    where = places(home.reports(week.isoformat()), row.customer_id)
    common = {
        "customer_id": row.customer_id,
        "week_start": week,
        "edition": row.edition,
        "paper": template.paper,
        "content_hash": _text(row.content_hash),
    }
    if files is None or files.failure or files.mail is None:
        reason = files.failure if files else _text(row.failure)
        entry.pdf_row = {**common, "status": "failed", "failure": reason or row.status}
        for path in (where.pdf, where.page, where.facts, where.text, where.html):
            path.unlink(missing_ok=True)  # an earlier run's report must not pass for this one
        return
    text, html = files.mail.text.encode(), files.mail.html.encode()
    sha256 = write_atomically(where.pdf, files.pdf)
    write_atomically(where.page, files.page)
    write_atomically(where.facts, files.facts)
    write_atomically(where.text, text)
    write_atomically(where.html, html)
    entry.pdf_row = {
        **common,
        "status": "made",
        "pdf_path": str(where.pdf.relative_to(home.root)),
        "html_path": str(where.page.relative_to(home.root)),
        "facts_path": str(where.facts.relative_to(home.root)),
        "sha256": sha256,
        "bytes": len(files.pdf),
        "pages": files.pages,
    }
    entry.artefact_row = {
        "kind": _KIND,
        "artefact_id": row.customer_id,
        "period_start": week,
        "period_end": week + dt.timedelta(days=6),
        "channel": "email",
        "audience_id": _text(row.csm_id) or "unassigned",
        "recipient": _text(row.csm_email),
        "subject": files.mail.subject,
        "text_path": str(where.text.relative_to(home.root)),
        "html_path": str(where.html.relative_to(home.root)),
        "attachment_path": str(where.pdf.relative_to(home.root)),
        "attachment_name": f"executive-review-{where.pdf.stem}-{week.isoformat()}.pdf",
        "content_sha256": parts_hash(text, html, None, files.pdf),
    }


def store(
    db: Session, filed: Sequence[Filed], week: dt.date, customers: Customers, paper: str
) -> None:
    """Rows of the files, of what may be sent, and of the gate's verdicts, in place of old ones."""
    narrowed = {} if customers.ids is None else {"artefact_id": list(customers.ids)}
    of_kind: Scope = {"kind": _KIND, "period_start": week, **narrowed}
    db.replace(
        "analytics.weekly_report_pdfs",
        pd.DataFrame([entry.pdf_row for entry in filed]),
        {**_rows_of(week, customers), "paper": paper},
    )
    db.replace(
        "ops.artefacts",
        pd.DataFrame([entry.artefact_row for entry in filed if entry.artefact_row]),
        of_kind,
    )
    db.replace("ops.send_gate", pd.DataFrame([_verdict_row(e, week) for e in filed]), of_kind)


def _verdict_row(entry: Filed, week: dt.date) -> dict[str, Any]:
    return {
        "kind": _KIND,
        "artefact_id": entry.row.customer_id,
        "period_start": week,
        "verdict": entry.verdict.decision,
        "reasons": entry.verdict.reasons_json(),
        "content_sha256": entry.artefact_row["content_sha256"] if entry.artefact_row else None,
    }


def _told_of_files(filed: Sequence[Filed]) -> dict[str, Any]:
    made = [entry for entry in filed if entry.pdf_row["status"] == "made"]
    metadata: dict[str, Any] = {
        "pdfs": len(made),
        "pages": sum(int(entry.pdf_row["pages"]) for entry in made),
        "largest_pdf_kb": max((entry.pdf_row["bytes"] // 1024 for entry in made), default=0),
        "failed": dg.MetadataValue.json(
            {e.row.customer_id: e.pdf_row["failure"] for e in filed if e not in made}
        ),
        "held": dg.MetadataValue.json(
            {e.row.customer_id: [r.rule for r in e.verdict.reasons]
             for e in filed if e.verdict.reasons}
        ),
    }  # fmt: skip
    if made and made[0].files is not None:
        metadata["first_page"] = dg.MetadataValue.md(first_page_preview(made[0].files.pdf))
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


@dg.asset(
    **table_asset(
        "analytics.review_site",
        group=_GROUP,
        deps=["weekly_report_pdfs", "rep_digests", "team_summary"],
        kinds=("python", "html"),
    )
)
def review_site(warehouse: Warehouse, home: HomeResource) -> dg.MaterializeResult:
    with warehouse.session("review_site") as db:
        reports = db.query("reviews/site_reports")
        digests = db.query("reviews/site_digests")
    folder = home.paths.artifacts
    entries = [*report_entries(reports, home.paths.root, folder),
               *digest_entries(digests, home.paths.root, folder)]  # fmt: skip
    page = site(entries, configuration.brand(Settings.load().cs_assets_config_dir)).encode()
    path = folder / "index.html"
    sha256 = write_atomically(path, page)
    row = {
        "path": str(path.relative_to(home.paths.root)), "sha256": sha256, "bytes": len(page),
        "reports": len(reports), "digests": len(digests),
    }  # fmt: skip
    with warehouse.session("review_site") as db:
        db.replace("analytics.review_site", pd.DataFrame([row]), {})
    return result(1, {"viewer": dg.MetadataValue.path(str(path)), "entries": len(entries)})


assets = [review_facts, weekly_reports, weekly_report_pdfs, review_site]
