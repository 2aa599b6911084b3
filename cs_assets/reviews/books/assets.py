"""The assets ``book_mails`` and ``review_site``: what opens first, by mail and in the viewer."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import dagster as dg
import pandas as pd

from cs_assets.kit.assets import partition_dates, result, table_asset
from cs_assets.paper.brand import brand_of
from cs_assets.partitions import weeks
from cs_assets.reviews.books import making as books
from cs_assets.reviews.books.book import Book
from cs_assets.reviews.books.reading import read_books
from cs_assets.reviews.configuration import ReviewSettings
from cs_assets.reviews.editions.site import site
from cs_assets.reviews.editions.site_entries import digest_entries, report_entries
from cs_assets.reviews.facts.assets import GROUP, ReviewScope, chosen, load_settings
from resources.files import write_atomically
from resources.home_resource import HomeResource
from resources.settings import Settings
from resources.warehouse import Session, Warehouse

_BOOKED = ("analytics.book_mails", "ops.artefacts", "ops.send_gate")


@dg.asset(
    **table_asset(
        "analytics.book_mails",
        group=GROUP,
        deps=[
            "weekly_report_pdfs",
            "source_customers",
            "source_exchange_rates",
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
    brand = brand_of(settings.cs_assets_config_dir)
    root = home.paths.root
    made: list[books.Made] = []
    for week in partition_dates(context):
        if config.edition != "weekly" or policy.books.mail == "customer":
            continue
        with warehouse.session("book_mails") as db:
            scope = chosen(db, config)
            found = read_books(db.query, week, policy)
        touched = [
            book
            for book in books.books_of(found, week, policy)
            if scope.touches(place.account.customer_id for place in book.ranked)
        ]
        folder = home.paths.reports(week.isoformat())
        done = [
            books.make(book, week, policy, brand, root, folder, settings.desk_url)
            for book in touched
        ]
        for one in done:
            for path, content in one.files.items():
                write_atomically(root / path, content)
        with warehouse.session("book_mails") as db, db.transaction(*_BOOKED):
            _store_books(db, done, week, everybody=scope.ids is None)
        made += done
    return result(len(made), _told_of_books(made))


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
        group=GROUP,
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
    page = site(entries, brand_of(settings.cs_assets_config_dir), book).encode()
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
    return books.everything(read_books(db.query, week, policy), week, policy)
