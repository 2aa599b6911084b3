"""Every word that a home holds, read by other means than the project's own: for canaries."""

import email
import email.policy
import gzip
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pypdfium2


def words(root: Path) -> Iterator[tuple[str, str]]:
    """File, or table of a file, and what a person with tools could read there; names too."""
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        name = str(path.relative_to(root))
        yield name, name
        raw = path.read_bytes()
        # What is no text parts what is: bytes left out would join what does not belong together.
        yield name, raw.decode("utf-8", errors="replace")
        yield name, raw.decode("utf-16-le", errors="replace")
        if raw[:2] == b"\x1f\x8b":
            yield name, gzip.decompress(raw).decode()
        elif raw[:5] == b"%PDF-":
            yield name, _pdf(path)
        elif path.suffix == ".eml":
            yield name, _mail(raw)
        elif raw[:15] == b"SQLite format 3":
            with sqlite3.connect(path) as db:
                yield name, "\n".join(db.iterdump())
        elif raw[8:12] == b"DUCK":
            yield from tables(path)


def _pdf(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def _mail(raw: bytes) -> str:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    texts = [
        str(part.get_content()) for part in message.walk() if part.get_content_maintype() == "text"
    ]
    return "\n".join([*map(str, message.values()), *texts])


def tables(path: Path) -> Iterator[tuple[str, str]]:
    """Each table of a warehouse, and all that is in it."""
    with duckdb.connect(str(path), read_only=True) as db:
        for schema, table in db.execute(
            "SELECT table_schema, table_name FROM information_schema.tables "
            "WHERE table_type = 'BASE TABLE'"
        ).fetchall():
            rows = db.execute(f'SELECT t::VARCHAR FROM "{schema}"."{table}" t').fetchall()
            yield f"{path.name} {schema}.{table}", "\n".join(row for (row,) in rows)
