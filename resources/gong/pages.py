"""What every way of reading Gong gives: pages of records, as they came."""

import contextvars
import datetime as dt
import gc
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from cs_assets.errors import CsAssetsError


@dataclass(frozen=True)
class Window:
    """A stretch of time, first instant included, last one excluded; both aware, in UTC."""

    start: dt.datetime
    end: dt.datetime

    @classmethod
    def of_days(cls, first: dt.date, last: dt.date) -> "Window":
        """The UTC days from ``first`` to ``last``, both whole."""
        midnight = dt.time(tzinfo=dt.UTC)
        return cls(
            dt.datetime.combine(first, midnight),
            dt.datetime.combine(last + dt.timedelta(days=1), midnight),
        )

    def holds(self, instant: dt.datetime) -> bool:
        """Whether an aware ``instant`` lies in the window."""
        return self.start <= instant < self.end


@dataclass(frozen=True)
class BrokenRecord:
    """A piece of an answer that is not JSON: its bytes as text, and why."""

    raw: str
    reason: str


@dataclass(frozen=True)
class Page:
    """One answer of Gong: its records as JSON values, not yet looked into.

    ``origin`` says where they came from (a file, or an endpoint and page) and
    ``fetched_at`` when (UTC, naive).
    """

    records: Sequence[Any]
    origin: str
    fetched_at: dt.datetime
    request_id: str | None = None
    broken: Sequence[BrokenRecord] = ()
    total: int | None = None
    """Records that Gong knows to match; may exceed what it delivers yet."""
    size: int = 0
    """Bytes of the answer, to bound what is held in memory."""


class GongReader(Protocol):
    """What the export folder and the API client both can do."""

    def calls(self, window: Window) -> Iterator[Page]:
        """Calls whose start lies in the window, and those whose start cannot be read."""
        ...

    def calls_by_id(self, call_ids: Sequence[str]) -> Iterator[Page]:
        """The calls of these ids that Gong still has."""
        ...

    def transcripts(self, call_ids: Sequence[str]) -> Iterator[Page]:
        """The transcripts that exist for these calls."""
        ...

    def users(self) -> Iterator[Page]:
        """Every user of the company."""
        ...

    def close(self) -> None:
        """Give back what is held open."""
        ...


def bundles(
    pages: Iterator[Page], *, most: int = 200, bytes_most: int = 48_000_000
) -> Iterator[Iterator[Page]]:
    """Some pages at a time, to be stored before the next are read.

    A bundle is read while it is gone through, so that a page need not outlive its own
    turn: parsed answers kept by the dozen cost more in garbage collection than they cost
    to parse. Each bundle has to be gone through before the next is asked for. When reading
    fails, the pages read so far still come before the error does.
    """
    failure: CsAssetsError | None = None

    def following() -> Page | None:
        nonlocal failure
        try:
            return next(pages, None)
        except CsAssetsError as error:
            failure = error
            return None

    def some(page: Page | None) -> Iterator[Page]:
        number = size = 0
        while page is not None:
            number, size = number + 1, size + page.size
            yield page
            page = following() if number < most and size < bytes_most else None

    while (first := following()) is not None:
        yield some(first)
    if failure is not None:
        raise failure


def ahead(pages: Iterator[Page], *, most: int = 8) -> Iterator[Page]:
    """The same pages, read in a thread while earlier ones are being stored.

    At most ``most`` pages wait. An error comes after the pages that were read before it.
    """
    waiting: queue.Queue[Page | BaseException | None] = queue.Queue(maxsize=most)
    stopped = threading.Event()

    def put(item: Page | BaseException | None) -> None:
        while not stopped.is_set():
            try:
                waiting.put(item, timeout=0.2)
                return
            except queue.Full:
                continue

    def read() -> None:
        try:
            for page in pages:
                put(page)
                if stopped.is_set():
                    return
            put(None)
        except BaseException as error:  # handed over to the thread that stores
            put(error)

    reader = threading.Thread(target=contextvars.copy_context().run, args=(read,), daemon=True)
    reader.start()
    try:
        while (item := waiting.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stopped.set()
        reader.join()  # bounded: each of its requests is


#: Objects made before the collector looks for cycles: more than a parsed page has.
_OBJECTS_BETWEEN_COLLECTIONS = 100_000


@contextmanager
def rare_collections() -> Iterator[None]:
    """Inside, garbage collection starts far less often; in the whole process, so keep it short.

    A parsed page is some thousand objects without cycles that are gone a moment later. By
    default the collector meets them alive again and again and takes as long as the parser.
    """
    before = gc.get_threshold()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 100, before[2])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def only(page: Page, wanted: Callable[[Any], bool]) -> Page:
    """The page with the records that are wanted."""
    return Page(
        records=[record for record in page.records if wanted(record)],
        origin=page.origin,
        fetched_at=page.fetched_at,
        request_id=page.request_id,
        broken=page.broken,
        total=page.total,
        size=page.size,
    )


def identifier(record: Any, *path: str) -> str | None:
    """The id at ``path`` as text, if there is one that can be read."""
    for key in path:
        if not isinstance(record, dict):
            return None
        record = record.get(key)
    if isinstance(record, str):
        text = record.strip()
        return text if 0 < len(text) <= 100 and text.isprintable() else None
    return str(record) if isinstance(record, int) and not isinstance(record, bool) else None


def of_calls(call_ids: Sequence[str]) -> Callable[[Any], bool]:
    """Whether a transcript is of one of these calls, or cannot be told to be of another."""
    wanted = set(call_ids)

    def is_wanted(transcript: Any) -> bool:
        call_id = identifier(transcript, "callId")
        return call_id is None or call_id in wanted

    return is_wanted
