"""Where a report's files lie, and the rows that tell others of them."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

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


def places(folder: Path, customer_id: str) -> Places:
    """The files of a customer in the folder of a week."""
    stem = folder / file_stem(customer_id)
    return Places(
        pdf=stem.with_suffix(".pdf"),
        page=stem.with_suffix(".html"),
        facts=stem.with_suffix(".facts.json"),
        text=stem.with_suffix(".mail.txt"),
        html=stem.with_suffix(".mail.html"),
    )


def parts_hash(
    text: bytes, html: bytes | None, payload: bytes | None, attachment: bytes | None
) -> str:
    """sha256 over the parts of an artefact, as ``ops.artefacts.content_sha256`` is defined."""
    digest = hashlib.sha256()
    for part in (text, html, payload, attachment):
        digest.update(b"-" if part is None else hashlib.sha256(part).digest())
    return digest.hexdigest()
