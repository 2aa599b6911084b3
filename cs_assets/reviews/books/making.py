"""From a week's rows to books, and from a book to its files, its row and its verdict."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd

from cs_assets import desk_addresses
from cs_assets.paper.brand import Brand
from cs_assets.reviews.books import mail
from cs_assets.reviews.books.account import Account, Known, accounts, changed
from cs_assets.reviews.books.book import Book
from cs_assets.reviews.books.portfolio import portfolio
from cs_assets.reviews.books.ranking import ranked
from cs_assets.reviews.books.readers import Reader, Staff
from cs_assets.reviews.configuration import ReviewSettings
from cs_assets.reviews.editions.filing import file_stem, parts_hash
from cs_assets.reviews.editions.mail import Mail
from cs_assets.reviews.facts.account import COLLAPSED, STAGES

KIND = "book"
_NOBODY = Reader("", "", "")


@dataclass(frozen=True)
class Readings:
    """What books are made of, read in one session: results of the queries of these names."""

    accounts: pd.DataFrame
    lost: pd.DataFrame
    changes: pd.DataFrame
    csms: pd.DataFrame = field(default_factory=pd.DataFrame)
    """This and the next two: who reads the books, and who has them already."""
    workers: pd.DataFrame = field(default_factory=pd.DataFrame)
    sent: pd.DataFrame = field(default_factory=pd.DataFrame)


@dataclass(frozen=True)
class Made:
    """One book's mail and files, or why it is held."""

    book: Book
    mail: Mail
    attachments: tuple[tuple[str, str], ...]
    """Path below the home folder, and name for the reader."""
    reasons: tuple[dict[str, str], ...]
    files: Mapping[str, bytes]
    """What is written, by its path below the home folder."""
    row: Mapping[str, Any]
    artefact: Mapping[str, Any]
    verdict: Mapping[str, Any]


def books_of(
    found: Readings,
    week: dt.date,
    settings: ReviewSettings,
) -> list[Book]:
    """The books of all CSMs who have customers, and of all who lead them, by id."""
    day = week + dt.timedelta(days=7)
    staff = Staff(found.csms, found.workers, day, settings.books.stand_ins)
    every = accounts(found.accounts, day, _known(found, settings))
    sent: dict[str, Any] = {str(row.artefact_id): row for row in found.sent.itertuples(index=False)}
    books = [
        _book(csm_id, staff, [a for a in every if a.csm_id == csm_id], day, sent, settings)
        for csm_id in sorted({a.csm_id for a in every if a.csm_id})
    ]
    if settings.books.leaders:
        for leader, below in sorted(staff.leaders().items()):
            person = staff.people[leader]
            reader = Reader(leader, person.name, person.address)
            mine = [a for a in every if a.csm_id in below]
            books += [_team(reader, mine, books, day, settings)] if mine else []
    return books


def everything(found: Readings, week: dt.date, settings: ReviewSettings) -> Book:
    """All customers of the week as one book, for the viewer."""
    day = week + dt.timedelta(days=7)
    every = accounts(found.accounts, day, _known(found, settings))
    places = tuple(ranked(every, settings.books.urgency))
    return Book("all", "Everybody", _NOBODY, day, places, is_team=True)


def _known(found: Readings, settings: ReviewSettings) -> Known:
    return Known(
        lost=_lost(found.lost, settings),
        falls=changed(found.changes, "fall"),
        rises=changed(found.changes, "rise"),
    )


def _book(
    csm_id: str,
    staff: Staff,
    mine: list[Account],
    day: dt.date,
    sent: Mapping[str, Any],
    settings: ReviewSettings,
) -> Book:
    reader = staff.reader_of(csm_id)
    if before := sent.get(csm_id):  # somebody has it: a second one for another is no help
        reader = staff.kept(before.audience, before.recipient, reader)
    unread = () if reader else (staff.why_nobody(csm_id),)
    return Book(
        csm_id,
        mine[0].csm_name or csm_id,
        reader or _NOBODY,
        day,
        tuple(ranked(mine, settings.books.urgency)),
        unread=unread,
    )


def _team(
    reader: Reader, mine: list[Account], books: Iterable[Book], day: dt.date,
    settings: ReviewSettings,
) -> Book:  # fmt: skip
    csms = {account.csm_id for account in mine}
    return Book(
        f"team:{reader.person_id}",
        reader.name,
        reader,
        day,
        tuple(ranked(mine, settings.books.urgency)),
        is_team=True,
        unread=tuple(why for book in books if book.book_id in csms for why in book.unread),
    )


def _lost(rows: pd.DataFrame, settings: ReviewSettings) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    row: Any
    for row in rows.itertuples(index=False):
        module = settings.modules.get(row.module_code)
        how = STAGES["dropped"] if row.adoption_stage == "dropped" else COLLAPSED
        name = module.name if module else row.module_code
        found.setdefault(row.customer_id, []).append(f"{name} {how}")
    return found


def make(
    book: Book,
    week: dt.date,
    settings: ReviewSettings,
    brand: Brand,
    root: Path,
    folder: Path,
    desk_url: str | None = None,
) -> Made:
    """The book's mail; ``folder`` is the week's, below the home folder ``root``.

    Customers link to the desk at ``desk_url``, without one to the pages of their reviews.
    """
    below = str(folder.relative_to(root))
    stem = f"{below}/book-{file_stem(book.book_id)}"
    files: dict[str, bytes] = {}
    if book.is_team:
        attachments = _portfolio(book, week, settings, brand, stem, files)
    else:
        attachments = _reviews(book, week, settings.books.attach_megabytes)
    told = mail.write(
        book,
        settings.books.first,
        [name for _, name in attachments],
        _linker(settings.books.reports_url, desk_url),
        brand,
    )
    files[f"{stem}.mail.txt"] = told.text.encode()
    files[f"{stem}.mail.html"] = told.html.encode()
    content = [files.get(path) or (root / path).read_bytes() for path, _ in attachments]
    sha256 = parts_hash(told.text.encode(), told.html.encode(), None, *content)
    reasons = tuple(_reasons(book))
    artefact = {
        "kind": KIND,
        "artefact_id": book.book_id,
        "period_start": week,
        "period_end": week + dt.timedelta(days=6),
        "channel": "email",
        "audience_id": book.reader.person_id or "nobody",
        "recipient": book.reader.address or None,
        "subject": told.subject,
        "text_path": f"{stem}.mail.txt",
        "html_path": f"{stem}.mail.html",
        "attachment_path": "\n".join(path for path, _ in attachments) or None,
        "attachment_name": "\n".join(name for _, name in attachments) or None,
        "content_sha256": sha256,
    }
    return Made(
        book, told, attachments, reasons, files,
        _row(book, week, attachments, stem, sha256), artefact,
        {
            "kind": KIND,
            "artefact_id": book.book_id,
            "period_start": week,
            "verdict": "hold" if reasons else "send",
            "reasons": json.dumps(list(reasons)),
            "content_sha256": sha256,
        },
    )  # fmt: skip


def _reasons(book: Book) -> Iterable[dict[str, str]]:
    missing = sum(place.account.status == "missing" for place in book.ranked)
    if missing:
        detail = f"{missing} of {len(book.ranked)} reviews of the week are not made yet"
        yield {"rule": "incomplete", "detail": detail}
    if not book.reader.address:
        yield {"rule": "recipient", "detail": "; ".join(book.unread) or "nobody to send it to"}


def _reviews(book: Book, week: dt.date, megabytes: float) -> tuple[tuple[str, str], ...]:
    """Reviews to attach, the first ones first, while there is room."""
    found: list[tuple[str, str]] = []
    room = megabytes * 1e6
    for place in book.ranked:
        account = place.account
        if account.pdf_path is None or account.bytes > room:
            continue
        room -= account.bytes
        stem = file_stem(account.customer_id)
        found.append((account.pdf_path, f"{len(found) + 1:02d}-review-{stem}-{week}.pdf"))
    return tuple(found)


def _portfolio(
    book: Book, week: dt.date, settings: ReviewSettings, brand: Brand, stem: str,
    files: dict[str, bytes],
) -> tuple[tuple[str, str], ...]:  # fmt: skip
    from cs_assets.reviews.books.portfolio import portfolio_html
    from cs_assets.reviews.editions.pdf.portfolio_pdf import portfolio_pdf

    view = portfolio(book)
    files[f"{stem}.portfolio.pdf"] = portfolio_pdf(view, brand, settings.paper)
    files[f"{stem}.portfolio.html"] = portfolio_html(view, brand).encode()
    return ((f"{stem}.portfolio.pdf", f"portfolio-{week}.pdf"),)


def _linker(reports_url: str | None, desk_url: str | None) -> mail.Link:
    if desk_url:
        return lambda account: desk_addresses.customer(desk_url, account.customer_id)
    if not reports_url:
        return lambda account: ""
    base = reports_url.rstrip("/")
    return lambda account: f"{base}/{quote(account.page_path)}" if account.page_path else ""


def _row(
    book: Book, week: dt.date, attachments: Sequence[tuple[str, str]], stem: str, sha256: str
) -> dict[str, Any]:
    return {
        "book_id": book.book_id,
        "week_start": week,
        "owner_name": book.owner,
        "reader_id": book.reader.person_id or None,
        "reader_why": book.reader.why or "; ".join(book.unread) or None,
        "customers": len(book.ranked),
        "ready": sum(place.account.status == "ready" for place in book.ranked),
        "held": len(book.held),
        "attached": 0 if book.is_team else len(attachments),
        "arr": book.total.arr,
        "at_stake": round(book.total.at_stake, 2),
        "first_customer": book.urgent[0].account.customer_id if book.urgent else None,
        "text_path": f"{stem}.mail.txt",
        "html_path": f"{stem}.mail.html",
        "portfolio_path": attachments[0][0] if book.is_team else None,
        "content_sha256": sha256,
    }
