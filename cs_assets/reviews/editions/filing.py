"""A printed report's files and rows: where each part lies, and what the tables say of it."""

import datetime as dt
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from cs_assets.paper.brand import Paper
from cs_assets.reviews.configuration import Edition
from cs_assets.reviews.editions.mail import Mail
from cs_assets.reviews.editions.rendering import Files
from cs_assets.reviews.gate import Reason, Verdict

KIND = "weekly_report"
#: Ends the id of the artefact that tells of a held report.
NOTICE = ":held"
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def file_stem(customer_id: str) -> str:
    """A file name from an id: the id when it is plain, else its hash."""
    if _SAFE.fullmatch(customer_id):
        return customer_id
    return f"id-{hashlib.sha256(customer_id.encode()).hexdigest()[:16]}"


@dataclass(frozen=True)
class Places:
    """The paths of one report's files."""

    pdf: Path
    page: Path
    """The report as HTML."""
    facts: Path
    text: Path
    html: Path
    """The mail's HTML."""
    held_text: Path
    """The notice instead of the mail, when the report is held."""
    held_html: Path

    def all(self) -> tuple[Path, ...]:
        return (
            self.pdf, self.page, self.facts, self.text, self.html, self.held_text, self.held_html
        )  # fmt: skip


def places(folder: Path, customer_id: str, edition: Edition) -> Places:
    """The files of a customer in the folder of a week."""
    stem = file_stem(customer_id) + ("" if edition == "weekly" else f"-{edition}")
    return Places(
        pdf=folder / f"{stem}.pdf",
        page=folder / f"{stem}.html",
        facts=folder / f"{stem}.facts.json",
        text=folder / f"{stem}.mail.txt",
        html=folder / f"{stem}.mail.html",
        held_text=folder / f"{stem}.held.txt",
        held_html=folder / f"{stem}.held.html",
    )


@dataclass(frozen=True)
class Filed:
    """One report after printing: its row of ``reviews/reports``, its files, the gate's verdict."""

    row: Any
    week: dt.date
    files: Files | None
    verdict: Verdict
    where: Places
    notice: Mail | None = None
    """To the CSM, when the report is held and that is news."""

    @property
    def customer_id(self) -> str:
        return str(self.row.customer_id)

    @property
    def is_made(self) -> bool:
        return self.files is not None and not self.files.failure

    @property
    def failure(self) -> str | None:
        """Why there is no PDF; ``None`` when there is one."""
        if self.is_made:
            return None
        printing = self.files.failure if self.files else None
        return printing or text_or_none(self.row.failure) or str(self.row.status)

    def contents(self) -> Mapping[Path, bytes]:
        """What to write where: the report's parts when it was made, the notice when it is held."""
        notice = self.notice
        told = (
            {self.where.held_text: notice.text.encode(), self.where.held_html: notice.html.encode()}
            if notice
            else {}
        )
        return {**self._parts(), **told}

    def _parts(self) -> dict[Path, bytes]:
        files = self.files
        if not self.is_made or files is None or files.mail is None:
            return {}
        return {
            self.where.pdf: files.pdf,
            self.where.page: files.page,
            self.where.facts: files.facts,
            self.where.text: files.mail.text.encode(),
            self.where.html: files.mail.html.encode(),
        }

    def pdf_row(self, root: Path, paper: Paper) -> dict[str, Any]:
        """The row of ``analytics.weekly_report_pdfs``; paths are below ``root``."""
        row = {
            "customer_id": self.customer_id,
            "week_start": self.week,
            "edition": self.row.edition,
            "paper": paper,
            "content_hash": text_or_none(self.row.content_hash),
            "status": "made" if self.is_made else "failed",
            "failure": self.failure,
        }
        if self.is_made and self.files is not None:
            row |= {
                "pdf_path": str(self.where.pdf.relative_to(root)),
                "html_path": str(self.where.page.relative_to(root)),
                "facts_path": str(self.where.facts.relative_to(root)),
                "sha256": hashlib.sha256(self.files.pdf).hexdigest(),
                "bytes": len(self.files.pdf),
                "pages": self.files.pages,
            }
        return row

    def artefact_rows(self, root: Path) -> list[dict[str, Any]]:
        """Rows of ``ops.artefacts``: the report's mail where it was made, the notice where due."""
        where, rows = self.where, []
        if self.is_made and self.files is not None and self.files.mail is not None:
            rows.append(
                self._artefact(self.customer_id, self.files.mail, where.text, where.html, root)
                | {
                    "attachment_path": str(where.pdf.relative_to(root)),
                    "attachment_name": f"executive-review-{where.pdf.stem}-{self.week}.pdf",
                    "content_sha256": self.content_sha256,
                }
            )
        if self.notice is not None:
            rows.append(
                self._artefact(self.notice_id, self.notice, where.held_text, where.held_html, root)
                | {"content_sha256": self._notice_sha256}
            )
        return rows

    def _artefact(
        self, artefact_id: str, mail: Mail, text: Path, html: Path, root: Path
    ) -> dict[str, Any]:
        return {
            "kind": KIND,
            "artefact_id": artefact_id,
            "period_start": self.week,
            "period_end": self.week + dt.timedelta(days=6),
            "channel": "email",
            "audience_id": text_or_none(self.row.reader_id) or "unassigned",
            "recipient": text_or_none(self.row.reader_address),
            "subject": mail.subject,
            "text_path": str(text.relative_to(root)),
            "html_path": str(html.relative_to(root)),
        }

    @property
    def notice_id(self) -> str:
        return notice_id(self.customer_id)

    @property
    def content_sha256(self) -> str | None:
        """Of text, HTML and attachment together, as ``ops.artefacts`` defines it."""
        parts = self._parts()
        if not parts:
            return None
        where = self.where
        return parts_hash(parts[where.text], parts[where.html], None, parts[where.pdf])

    @property
    def _notice_sha256(self) -> str | None:
        if self.notice is None:
            return None
        return parts_hash(self.notice.text.encode(), self.notice.html.encode(), None, None)

    def verdict_rows(self) -> list[dict[str, Any]]:
        """Rows of ``ops.send_gate``: the report's verdict; a notice may always be sent."""
        row = {
            "kind": KIND,
            "artefact_id": self.customer_id,
            "period_start": self.week,
            "verdict": self.verdict.decision,
            "reasons": self.verdict.reasons_json(),
            "content_sha256": self.content_sha256,
        }
        if self.notice is None:
            return [row]
        told = {
            "artefact_id": self.notice_id, "verdict": "send", "reasons": "[]",
            "content_sha256": self._notice_sha256,
        }  # fmt: skip
        return [row, row | told]


@dataclass(frozen=True)
class Kept:
    """What is kept of a filed report once its files are written: rows, and what is told of it."""

    customer_id: str
    reasons: tuple[Reason, ...]
    failure: str | None
    pages: int
    pdf_bytes: int
    pdf_row: Mapping[str, Any]
    artefact_rows: Sequence[Mapping[str, Any]]
    verdict_rows: Sequence[Mapping[str, Any]]

    @property
    def is_made(self) -> bool:
        return self.failure is None


def kept(entry: Filed, root: Path, paper: Paper) -> Kept:
    """The entry without the contents of its files."""
    files = entry.files if entry.is_made else None
    return Kept(
        entry.customer_id,
        tuple(entry.verdict.reasons),
        entry.failure,
        files.pages if files else 0,
        len(files.pdf) if files else 0,
        entry.pdf_row(root, paper),
        entry.artefact_rows(root),
        entry.verdict_rows(),
    )


def notice_id(customer_id: str) -> str:
    """The artefact that tells the CSM that the customer's report is held."""
    return f"{customer_id}{NOTICE}"


def text_or_none(value: Any) -> str | None:
    """A text cell of a frame; ``None`` for every kind of missing."""
    return None if pd.isna(value) else str(value)


def parts_hash(
    text: bytes, html: bytes | None, payload: bytes | None, *attachments: bytes | None
) -> str:
    """sha256 over the parts of an artefact, as ``ops.artefacts.content_sha256`` is defined."""
    digest = hashlib.sha256()
    for part in (text, html, payload, *(attachments or (None,))):
        digest.update(b"-" if part is None else hashlib.sha256(part).digest())
    return digest.hexdigest()
