"""Erases from the files of a home, each by its kind; nothing is changed unless that is asked.

What people read (reports, digests, mails of the console provider) is removed as a whole, with
what belongs to it; the run that makes it makes it again without who was erased. Files that others
give (answers of Gong, tables) lose the records; any other text loses the mention.
"""

import csv
import email
import email.policy
import gzip
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cs_assets.erasure.spaces import SPACES
from cs_assets.erasure.spoken import Spoken
from cs_assets.erasure.subject import Subject
from cs_assets.sqlite_files import damage_told
from resources.erasure import databases
from resources.files import write_atomically
from resources.home import Home
from resources.putting_in_place import BEFORE
from sql import catalog

#: Folders whose files are made anew by a run: a file that tells of who is erased goes.
_MADE = ("artifacts", "outbox", "ai_batches", "looks")
_DATABASES = (".sqlite", ".db")
#: What holds no words, or is handled where it is opened.
_SKIPPED = ("warehouse.duckdb",)


@dataclass(frozen=True)
class Planned:
    """What is to be done with one file."""

    path: Path
    place: str
    action: str
    count: int
    unit: str
    content: bytes | None = None
    """What it holds afterwards; None: it is removed, or its engine changes it."""


@dataclass
class HomeFiles:
    """The files of ``home`` with what is looked for in them."""

    home: Home
    subject: Subject
    calls: Spoken
    """The calls that go: what names or quotes one goes with it."""
    unread: list[str] = field(default_factory=list)
    """Files of a kind that cannot be looked into and that hold something."""

    def plan(self) -> list[Planned]:
        """Go through all files; changes nothing."""
        gone: set[Path] = set()
        found: list[Planned] = []
        for path in files_of(self.home.root):
            place = path.relative_to(self.home.root).parts[0]
            if place.startswith(BEFORE):
                told = f"{self.home.root / place} (what was there before a restore)"
                self.unread += [] if told in self.unread else [told]
                continue
            if path in gone or path.name.startswith(_SKIPPED):
                continue
            if path.name == self.home.snapshot.name:  # the next run makes it anew
                found.append(Planned(path, path.name, "removed", 1, "files"))
                continue
            if place in _MADE:
                # A process that was killed as it wrote leaves a hidden part of a file.
                if path.name.startswith(".") or self._tells(path):
                    group = [path] if place == "outbox" else belonging(path)
                    gone.update(group)
                    found += [Planned(one, f"{place}/", "removed", 1, "files") for one in group]
            elif path.suffix in _DATABASES:
                with damage_told(path):
                    count = databases.scrub(path, self.subject, self.calls, carry_out=False)
                found.append(Planned(path, _told(place, path), "replaced", count, "values"))
            else:
                found += self._given(path, place)
        return [one for one in found if one.count]

    def carry_out(self, plan: Iterable[Planned]) -> None:
        """Do what is planned; what is done already stays done."""
        for one in plan:
            if one.content is not None:
                write_atomically(one.path, one.content)
            elif one.path.suffix in _DATABASES:
                databases.scrub(one.path, self.subject, self.calls, carry_out=True)
            else:
                one.path.unlink(missing_ok=True)

    def removed(self, plan: Iterable[Planned]) -> list[str]:
        """The documents that go, below the home folder."""
        root = self.home.root
        return [str(one.path.relative_to(root)) for one in plan if one.action == "removed"]

    def _given(self, path: Path, place: str) -> Iterator[Planned]:
        raw = path.read_bytes()
        packed = path.suffix == ".gz"
        try:
            text = (gzip.decompress(raw) if packed else raw).decode("utf-8-sig")
        except (OSError, UnicodeDecodeError, EOFError):
            if any(one.encode() in raw.lower() for one in self.subject.needles.variants):
                self.unread.append(str(path))
            return
        name = path.name.removesuffix(".gz")
        records, rest = 0, text
        if place == "gong" and name.endswith((".json", ".jsonl")):
            records, rest = self._without_records(text)
        elif path.suffix == ".csv":
            records, rest = self._without_lines(text, path.stem)
        rest = self.subject.needles.replaced(rest)
        if rest != text:
            content = gzip.compress(rest.encode(), 6) if packed else rest.encode()
            what = ("cut", records, "records") if records else ("replaced", 1, "files")
            yield Planned(path, _told(place, path), *what, content)

    def _tells(self, path: Path) -> bool:
        """Whether the file, or its name, is about who is erased or quotes a call that goes."""
        text = f"{path.name}\n{readable(path)}"
        return self.subject.needles.found_in(text) or self.calls.quoted_in(text)

    def _without_records(self, text: str) -> tuple[int, str]:
        """Answers of Gong without the calls and people that go: elements of lists, by their id."""
        try:
            document = json.loads(text)
        except ValueError:
            return 0, text
        ids = {*self.subject.call_ids, *self.subject.ids(["user", "contact", "company", "deal"])}
        count = 0

        def is_gone(one: Any) -> bool:
            if not isinstance(one, dict):
                return False
            meta = one.get("metaData")
            named = [one.get("id"), one.get("callId"), one.get("objectId")]
            named += [meta.get("id")] if isinstance(meta, dict) else []
            return any(str(name) in ids for name in named if name is not None)

        def rest(value: Any) -> Any:
            nonlocal count
            if isinstance(value, dict):
                return {key: rest(one) for key, one in value.items()}
            if isinstance(value, list):
                kept = [one for one in value if not is_gone(one)]
                count += len(value) - len(kept)
                return [rest(one) for one in kept]
            return value

        left = rest(document)
        return (
            (count, json.dumps(left, ensure_ascii=False, separators=(",", ":")))
            if count
            else (0, text)
        )

    def _without_lines(self, text: str, stem: str) -> tuple[int, str]:
        """A source file without the rows about who is erased, others without the pointer there."""
        table = catalog.tables().get(f"source.{stem}")
        rows = list(csv.reader(io.StringIO(text, newline="")))
        if not rows or table is None:
            return 0, text
        header, *lines = rows
        ids = {name: set(self.subject.ids(SPACES.get(name, ()))) for name in header}
        about = [
            n
            for n, name in enumerate(header)
            if self.subject.kind == "customer" or name in table.key
        ]
        kept, count = [header], 0
        for line in lines:
            hit = [n for n, cell in enumerate(line[: len(header)]) if cell in ids[header[n]]]
            if any(n in about for n in hit):
                count += 1
                continue
            kept.append(["" if n in hit else cell for n, cell in enumerate(line)])
        if kept == rows:
            return 0, text
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(kept)
        return count, out.getvalue()


def files_of(root: Path) -> Iterator[Path]:
    """The home's own files in a stable order; what links elsewhere is not followed."""
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path


def belonging(path: Path) -> list[Path]:
    """The file and those that are the same thing in other forms: ``acme.pdf``, ``acme.html``."""
    stem = path.name.partition(".")[0]
    return sorted(one for one in path.parent.glob(f"{stem}.*") if one.is_file())


def _told(place: str, path: Path) -> str:
    return place if path.name == place else f"{place}/"


def readable(path: Path) -> str:
    """What a person would read in the file."""
    reader: Callable[[Path], str] = _READERS.get(path.suffix, _plain)
    return reader(path)


def _plain(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="replace")


def _of_pdf(path: Path) -> str:
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def _of_mail(path: Path) -> str:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    parts = [str(value) for value in message.values()]
    for part in message.walk():
        if part.get_content_maintype() == "text":
            parts.append(str(part.get_content()))
        if name := part.get_filename():
            parts.append(name)
    return "\n".join(parts)


def _of_slides(path: Path) -> str:
    from pptx import Presentation

    shapes = (shape for slide in Presentation(str(path)).slides for shape in slide.shapes)
    return "\n".join(shape.text_frame.text for shape in shapes if shape.has_text_frame)


_READERS: dict[str, Callable[[Path], str]] = {
    ".pdf": _of_pdf,
    ".eml": _of_mail,
    ".pptx": _of_slides,
}
