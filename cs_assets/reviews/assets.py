"""Reviews as assets: facts of all customers, the reports written from them, their files."""

import datetime as dt
import io
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, cast, get_args

import dagster as dg
import pandas as pd
from pydantic import Field

from cs_assets.ai.prompting import prompts
from cs_assets.kit.assets import partition_dates, result, table_asset
from cs_assets.kit.spool import Spool
from cs_assets.names import called
from cs_assets.partitions import weeks
from cs_assets.reviews import configuration, hands
from cs_assets.reviews.books import making as books
from cs_assets.reviews.books.account import read_of_sheet
from cs_assets.reviews.books.book import Book
from cs_assets.reviews.books.readers import Staff, with_readers
from cs_assets.reviews.configuration import Brand, Edition, ReviewSettings
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
from cs_assets.reviews.editions.site import site
from cs_assets.reviews.editions.site_entries import digest_entries, report_entries
from cs_assets.reviews.facts.readings import Customers, read
from cs_assets.reviews.facts.sheets import review_facts as facts_of
from cs_assets.reviews.facts.sheets import windows_of
from cs_assets.reviews.gate import ALL_RULES, Feed, UnjudgedCalls, Verdict, judge
from cs_assets.reviews.gate_inputs import candidate, feeds_of, unjudged_of
from cs_assets.reviews.scope import UnknownScope, Wanted, choose
from cs_assets.reviews.writing.batch import Desk, Outcome, report_rows, write_reports
from cs_assets.reviews.writing.case_matching import CaseMatcher
from cs_assets.reviews.writing.earlier import Earlier, earlier_reports
from cs_assets.reviews.writing.revisions import with_revisions
from resources.files import write_atomically
from resources.home import Home
from resources.home_resource import HomeResource
from resources.models.cortex_search import case_study_search
from resources.models.writer import WriterResource
from resources.settings import Settings
from resources.warehouse import Scalar, Scope, Session, Warehouse

_GROUP = "reviews"
_WRITERS = 8
#: Customers whose facts, texts and files are in memory at once; a report is a megabyte of them.
_AT_ONCE = 100
_WRITTEN = ("analytics.weekly_report_pdfs", "ops.artefacts", "ops.send_gate")
#: What is told of customers, and what was told before.
_TOLD = ("analytics.weekly_reports", "analytics.weekly_report_revisions")
_BOOKED = ("analytics.book_mails", "ops.artefacts", "ops.send_gate")


class ReviewScope(dg.Config):
    """Narrows a run to CSMs, customers or shard ``shard`` of ``shards``; names the edition."""

    csm_ids: list[str] = Field(default_factory=list)
    customer_ids: list[str] = Field(default_factory=list)
    shard: int = 1
    shards: int = 1
    kind: str = "weekly"
    """``weekly``, or ``quarterly``: the last thirteen weeks, for the customer."""

    @property
    def edition(self) -> Edition:
        if self.kind not in get_args(Edition):
            raise UnknownScope(f"kind {self.kind}: one of {', '.join(get_args(Edition))}")
        return cast(Edition, self.kind)

    def wanted(self) -> Wanted:
        return Wanted(tuple(self.csm_ids), tuple(self.customer_ids), self.shard, self.shards)


def load_settings(settings: Settings) -> ReviewSettings:
    """The review settings in force."""
    return configuration.review_settings(settings.cs_assets_config_dir)


def _chosen(db: Session, config: ReviewScope) -> Customers:
    return choose(config.wanted(), db.query("reviews/assigned_customers"))


def _rows_of(week: dt.date, customers: Customers, edition: Edition) -> Scope:
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
            "customer_gaps",
            "module_adoption",
            "customer_segments",
        ],
        partitions_def=weeks,
        single_run=True,
    )
)
def review_facts(
    context: dg.AssetExecutionContext,
    config: ReviewScope,
    warehouse: Warehouse,
    settings: dg.ResourceParam[Settings],
) -> dg.MaterializeResult:
    policy = load_settings(settings)
    counts: Counter[str] = Counter()
    customers = 0
    for week in partition_dates(context):
        windows = windows_of(week, config.edition, policy)
        with warehouse.session("review_facts") as db:
            scope = _chosen(db, config)
            readings = read(db.query, windows, scope)
        rows = facts_of(readings, windows, policy, config.edition)
        with warehouse.session("review_facts") as db:
            db.replace("analytics.review_facts", rows, _rows_of(week, scope, config.edition))
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
    settings: dg.ResourceParam[Settings],
) -> dg.MaterializeResult:
    policy = load_settings(settings)
    folder = settings.cs_assets_config_dir
    told = _Told()
    for week in partition_dates(context):
        with warehouse.session("weekly_reports") as db:
            scope = _chosen(db, config)
            studies = db.query("reviews/case_studies")
            assigned = db.query("reviews/assigned_customers")
        desk = Desk(
            matcher=CaseMatcher(
                studies,
                case_study_search(settings, studies),
                policy.case_studies,
            ),
            writer=writer.for_run("weekly_reports", context.run.run_id),
            prompts={name: prompts.load(f"reviews/{name}", folder) for name in policy.sections},
            settings=policy,
        )
        csm_of = dict(zip(assigned["customer_id"], assigned["csm_id"], strict=True))
        cutoff = pd.Timestamp(windows_of(week, config.edition, policy).cutoff)
        now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
        with Spool() as made_now, Spool() as made_before:
            for portion in scope.portions(assigned["customer_id"], _AT_ONCE):
                facts, last_week, stored = _material(warehouse, portion, week, config.edition)
                bounds: list[Scalar] = [*portion.bounds, hands.first_week(week), week]
                with warehouse.session("weekly_reports") as db:
                    done = hands.hands_of(portion.only(db.query("reviews/hands", bounds)))
                at_desk = replace(desk, last_week=last_week, stored=stored, hands=done)
                made = write_reports(facts, at_desk)
                rows = report_rows(made, csm_of, pd.Timestamp(week), config.edition, cutoff)
                asked: list[Scalar] = [*portion.bounds, week, config.edition]
                with warehouse.session("weekly_reports") as db:
                    before = portion.only(db.query("reviews/stored_revisions", asked))
                rows, replaced = with_revisions(rows, before, context.run.run_id, now)
                made_now.add(rows)
                made_before.add(replaced)
                told.count(made)
            with warehouse.session("weekly_reports") as db, db.transaction(*_TOLD):
                _put_in_place(db, made_now, made_before, _rows_of(week, scope, config.edition))
    return result(sum(told.statuses.values()), told.metadata())


def _put_in_place(db: Session, made: Spool, before: Spool, scope: Scope) -> None:
    """All reports of a run for those that stand in its scope, portion by portion."""
    db.replace("analytics.weekly_reports", pd.DataFrame(), scope)
    for rows in made:
        db.append("analytics.weekly_reports", rows)
    for rows in before:
        db.merge("analytics.weekly_report_revisions", rows)


def _material(
    warehouse: Warehouse, portion: Customers, week: dt.date, edition: Edition
) -> tuple[pd.DataFrame, dict[str, Earlier], dict[str, Earlier]]:
    """What reports of some customers are written from: facts, last week's and this week's ones."""
    with warehouse.session("weekly_reports") as db:
        facts = portion.only(db.query("reviews/facts", [*portion.bounds, week, edition]))
        last_week, stored = (
            earlier_reports(
                portion.only(db.query("reviews/reports", [*portion.bounds, monday, edition]))
            )
            for monday in (week - dt.timedelta(weeks=1), week)
        )
    return facts, last_week, stored


class _Told:
    """What a person wants to see of a run that wrote reports, without the reports."""

    def __init__(self) -> None:
        self.statuses: Counter[str] = Counter()
        self._writers: Counter[str] = Counter()
        self._failed: dict[str, str] = {}
        self._degraded: dict[str, list[str]] = {}
        self._first: str | None = None

    def count(self, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            self.statuses[outcome.status] += 1
            if outcome.failure:
                self._failed[outcome.customer_id] = outcome.failure
            if (report := outcome.report) is not None:
                self._writers[str(report.one("writer"))] += 1
                self._first = self._first or report.full_text
                if why := report.degraded:
                    self._degraded[report.sheet.entity_id] = list(why)

    def metadata(self) -> dict[str, Any]:
        metadata: dict[str, Any] = {
            "reports_by_status": dg.MetadataValue.json(dict(self.statuses)),
            "failed": dg.MetadataValue.json(self._failed),
        }
        if self._first is not None:
            metadata["writers"] = dg.MetadataValue.json(dict(self._writers))
            metadata["degraded"] = dg.MetadataValue.json(self._degraded)
            metadata["first_report"] = dg.MetadataValue.md(self._first)
        return metadata


@dg.asset(
    **table_asset(
        "analytics.weekly_report_pdfs",
        group=_GROUP,
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
        brand=configuration.brand(settings.cs_assets_config_dir),
        settings_json=policy.model_dump_json(),
        paper=policy.paper,
        audience=policy.edition,
    )
    filed: list[Kept] = []
    for week in partition_dates(context):
        with warehouse.session("weekly_report_pdfs") as db:
            scope = _chosen(db, config)
            everybody = list(db.query("reviews/assigned_customers")["customer_id"])
            around = _surroundings(db, week, config.edition, policy)
            staff = _staff(db, week, policy)
            done = hands.hands_of(db.query("reviews/hands", [*Customers().bounds, week, week]))
        made: list[Kept] = []
        count = len(everybody if scope.ids is None else scope.ids)
        with presses(template, count, processes=os.cpu_count() or 1) as render:
            for portion in scope.portions(everybody, _AT_ONCE):
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
        {**_rows_of(week, customers, edition), "paper": policy.paper},
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


@dg.asset(
    **table_asset(
        "analytics.book_mails",
        group=_GROUP,
        deps=[
            "weekly_report_pdfs",
            "source_customers",
            "source_csms",
            "source_csm_assignments",
            "source_workday_workers",
            "customer_metrics",
            "customer_changes",
            "module_adoption",
        ],
        partitions_def=weeks,
        single_run=True,
        kinds=("python", "html"),
    )
)
def book_mails(
    context: dg.AssetExecutionContext,
    config: ReviewScope,
    warehouse: Warehouse,
    home: HomeResource,
    settings: dg.ResourceParam[Settings],
) -> dg.MaterializeResult:
    policy = load_settings(settings)
    brand = configuration.brand(settings.cs_assets_config_dir)
    root = home.paths.root
    made: list[books.Made] = []
    for week in partition_dates(context):
        if config.edition != "weekly" or policy.books.mail == "customer":
            continue
        with warehouse.session("book_mails") as db:
            scope = _chosen(db, config)
            found = _book_readings(db, week, policy)
        touched = [
            book
            for book in books.books_of(found, week, policy)
            if scope.touches(place.account.customer_id for place in book.ranked)
        ]
        folder = home.paths.reports(week.isoformat())
        done = [books.make(book, week, policy, brand, root, folder) for book in touched]
        for one in done:
            for path, content in one.files.items():
                write_atomically(root / path, content)
        with warehouse.session("book_mails") as db, db.transaction(*_BOOKED):
            _store_books(db, done, week, everybody=scope.ids is None)
        made += done
    return result(len(made), _told_of_books(made))


def _book_readings(db: Session, week: dt.date, policy: ReviewSettings) -> books.Readings:
    customers = db.query("reviews/customer_ids")["customer_id"]
    rows = []
    for portion in Customers(None).portions(customers, _AT_ONCE):
        asked: list[Scalar] = [*portion.bounds, week, policy.paper]
        found = db.query("reviews/book_accounts", asked)
        # A week of a firm's whole sheets would be most of the memory.
        rows.append(found.assign(sheet=found["sheet"].map(read_of_sheet, na_action="ignore")))
    return books.Readings(
        accounts=pd.concat(rows, ignore_index=True),
        csms=db.query("reviews/csms"),
        workers=db.query("reviews/workers"),
        lost=db.query("reviews/lost_modules", [week]),
        changes=db.query("reviews/clear_changes", [week]),
        sent=db.query("reviews/sent_books", [week]),
    )


def _store_books(
    db: Session, made: Sequence[books.Made], week: dt.date, *, everybody: bool
) -> None:
    ids = [one.book.book_id for one in made]
    only: dict[str, Any] = {} if everybody else {"book_id": ids}
    db.replace(
        "analytics.book_mails", pd.DataFrame([m.row for m in made]), {"week_start": week, **only}
    )
    of_kind: dict[str, Any] = {"kind": books.KIND, "period_start": week}
    of_kind |= {} if everybody else {"artefact_id": ids}
    db.replace("ops.artefacts", pd.DataFrame([m.artefact for m in made]), of_kind)
    db.replace("ops.send_gate", pd.DataFrame([m.verdict for m in made]), of_kind)


def _told_of_books(made: Sequence[books.Made]) -> dict[str, Any]:
    held = {m.book.book_id: [r["detail"] for r in m.reasons] for m in made if m.reasons}
    stand_ins = {m.book.book_id: m.book.reader.why for m in made if m.book.reader.why}
    metadata: dict[str, Any] = {
        "customers": sum(len(m.book.ranked) for m in made if not m.book.is_team),
        "held": dg.MetadataValue.json(held),
        "stand_ins": dg.MetadataValue.json(stand_ins),
    }
    if made:
        metadata["first_mail"] = dg.MetadataValue.md(f"```\n{made[0].mail.text}\n```")
    return metadata


@dg.asset(
    **table_asset(
        "analytics.review_site",
        group=_GROUP,
        deps=[
            "book_mails",
            "weekly_report_pdfs",
            "rep_digests",
            "team_summary",
            "gong_users",
            "gong_purges",
        ],
        kinds=("python", "html"),
    )
)
def review_site(
    warehouse: Warehouse, home: HomeResource, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    with warehouse.session("review_site") as db:
        reports = db.query("reviews/site_reports")
        digests = db.query("reviews/site_digests")
        policy = load_settings(settings)
        book = _newest_book(db, reports, policy)
    folder = home.paths.artifacts
    entries = [*report_entries(reports, home.paths.root, folder),
               *digest_entries(digests, home.paths.root, folder)]  # fmt: skip
    page = site(entries, configuration.brand(settings.cs_assets_config_dir), book).encode()
    path = folder / "index.html"
    sha256 = write_atomically(path, page)
    row = {
        "path": str(path.relative_to(home.paths.root)), "sha256": sha256, "bytes": len(page),
        "reports": len(reports), "digests": len(digests),
    }  # fmt: skip
    with warehouse.session("review_site") as db:
        db.replace("analytics.review_site", pd.DataFrame([row]), {})
    return result(1, {"viewer": dg.MetadataValue.path(str(path)), "entries": len(entries)})


def _newest_book(db: Session, reports: pd.DataFrame, policy: ReviewSettings) -> Book | None:
    """All customers in the newest week that has weekly reviews."""
    weekly = reports[reports["edition"] == "weekly"]
    if weekly.empty:
        return None
    week = pd.Timestamp(weekly["week_start"].max()).date()
    return books.everything(_book_readings(db, week, policy), week, policy)


assets = [review_facts, weekly_reports, weekly_report_pdfs, book_mails, review_site]
