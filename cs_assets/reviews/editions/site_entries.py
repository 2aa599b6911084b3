"""What the viewer lists: rows of reports and digests, with links that work from a file."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from cs_assets.names import called, shown
from cs_assets.reviews.editions.site import Entry

_KINDS = {"rep_digest": "Digest", "team_summary": "Team summary"}


def report_entries(rows: pd.DataFrame, root: Path, folder: Path) -> list[Entry]:
    """One entry per report of ``reviews/site_reports``; the first paper wins."""
    newest = rows.drop_duplicates(["customer_id", "week_start", "edition"])
    return [_report(row, root, folder) for row in newest.itertuples(index=False)]


def _report(row: Any, root: Path, folder: Path) -> Entry:
    held = [] if pd.isna(row.reasons) else json.loads(row.reasons)
    paths = {"PDF": row.pdf_path, "Page with charts": row.html_path}
    page = dict(_links({"page": row.html_path}, root, folder)).get("page", "")
    return Entry(
        kind="Review" if row.edition == "weekly" else "Quarterly review",
        week=pd.Timestamp(row.week_start).date().isoformat(),
        name=shown(called(_text(row.customer_name), row.customer_id)),
        owner=shown(_text(row.csm_name)),
        title=_text(row.title) or "No report",
        status=_status(row),
        reasons=tuple(f"{reason['rule']}: {reason['detail']}" for reason in held),
        text=_text(row.full_report),
        links=dict(_links(paths, root, folder)),
        id=row.customer_id,
        page=page,
    )


def _status(row: Any) -> str:
    if row.status != "written":
        return "no data" if row.status == "no_data" else "failed"
    return "held" if row.verdict == "hold" else "ready"


def digest_entries(rows: pd.DataFrame, root: Path, folder: Path) -> list[Entry]:
    """One entry per row of ``reviews/site_digests`` whose text is still there."""
    row: Any
    entries = []
    for row in rows.itertuples(index=False):
        text = root / row.text_path
        if not text.is_file():
            continue
        entries.append(
            Entry(
                kind=_KINDS[row.kind],
                week=pd.Timestamp(row.period_start).date().isoformat(),
                name=_reader(row),
                owner=shown(_text(row.person if row.kind == "team_summary" else row.manager)),
                title=row.subject,
                status="ready",
                reasons=(),
                text=text.read_text(encoding="utf-8"),
                links=(links := dict(_links({"Mail": row.html_path}, root, folder))),
                id=row.artefact_id,
                page=links.get("Mail", ""),
            )
        )
    return entries


def _reader(row: Any) -> str:
    """Whom a digest or summary is for, by name where Gong knows one."""
    if row.kind == "rep_digest":
        return shown(called(_text(row.person), row.artefact_id))
    return f"Team of {shown(row.person)}" if _text(row.person) else "All teams"


def _links(paths: dict[str, Any], root: Path, folder: Path) -> Iterator[tuple[str, str]]:
    for words, path in paths.items():
        if _text(path):
            yield words, Path(os.path.relpath(root / path, folder)).as_posix()


def _text(value: Any) -> str:
    return "" if value is None or pd.isna(value) else str(value)
