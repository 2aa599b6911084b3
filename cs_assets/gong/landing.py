"""Where answers of Gong land: in the warehouse, and from the moment that it is away in the home.

Reading goes on when a warehouse elsewhere cannot be reached: what was read is kept, and stored by
the next run that reaches it (``store_kept``). The embedded warehouse is never away; what it says
there ends the run.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from cs_assets.errors import Unavailable
from cs_assets.gong import store_calls, store_transcripts
from cs_assets.gong.kept_answers import KeptAnswers
from cs_assets.gong.parse_pages import Intake, Page, take_calls
from cs_assets.gong.store_calls import CallsRead
from cs_assets.gong.store_kept import store_kept_calls, store_kept_transcripts
from cs_assets.gong.store_transcripts import TranscriptsRead
from cs_assets.gong.tables import Tables

#: Days of which transcripts are asked for while nobody can say which are stored.
_NEW_DAYS = dt.timedelta(days=2)

Bundles = Iterable[Iterator[Page]]
#: By call: its day and what it is made of.
Asked = dict[str, tuple[dt.date, str]]


class Warehouse(Protocol):
    """Opens sessions; one elsewhere may be away."""

    @property
    def is_elsewhere(self) -> bool: ...

    def session(self, label: str = ...) -> AbstractContextManager[Tables]: ...


class _Landing:
    """The warehouse, until it is away once; then the home for the rest of the run."""

    label: str

    def __init__(self, warehouse: Warehouse, kept: KeptAnswers) -> None:
        self._warehouse = warehouse
        self.kept = kept
        self.away: Unavailable | None = None

    def _stored(self, store: Callable[[Tables], None]) -> bool:
        """Whether this could be stored; False while the warehouse is away."""
        if self.away is not None:
            return False
        try:
            with self._warehouse.session(self.label) as db:
                store(db)
        except Unavailable as away:
            if not self._warehouse.is_elsewhere:
                raise
            self.away = away
        return self.away is None


class CallsLanding(_Landing):
    """Calls of a stretch of days, as ``store_calls`` stores them."""

    label = "gong_calls_raw"

    def __init__(
        self, warehouse: Warehouse, kept: KeptAnswers, days: tuple[dt.date, dt.date], run_id: str,
        now: dt.datetime,
    ) -> None:  # fmt: skip
        super().__init__(warehouse, kept)
        self._last_day = days[1]
        self._came: Asked = {}
        self.stored_late = 0
        """Calls that were kept while the warehouse was away, and stored now."""
        self.read: CallsRead | None = None

        def begin(db: Tables) -> None:
            self.read = store_calls.begin(db, *days, run_id, now)
            self.stored_late = store_kept_calls(db, self.read, kept)

        self._stored(begin)

    def take(self, intake: Intake) -> None:
        """Store a bundle, or keep it."""
        self._note(intake)
        if not self._stored(lambda db: store_calls.store(db, self._known, intake)):
            self.kept.keep_calls(intake)

    def finish(self, last: Intake, ask: Callable[[Sequence[str]], Bundles]) -> None:
        """Store the last bundle, and that all is read: together, where no call seems to be gone."""
        self._note(last)
        missed = self.away is None and bool(store_calls.missed(self._known, last))
        store = store_calls.store if missed else store_calls.store_and_finish
        if not self._stored(lambda db: store(db, self._known, last)):
            self.kept.keep_calls(last)
        elif missed:
            gone = self._vanished(ask)
            self._stored(lambda db: store_calls.finish(db, self._known, gone))

    def to_ask(self) -> Asked:
        """While the warehouse is away: the new calls that may have words, but for those whose
        transcript is kept already."""
        kept = self.kept.transcribed()
        since = self._last_day - _NEW_DAYS
        return {
            call_id: (day, made_of)
            for call_id, (day, made_of) in self._came.items()
            if day > since and kept.get(call_id) != made_of
        }

    @property
    def _known(self) -> CallsRead:
        assert self.read is not None, "nothing is stored before the stretch is known"
        return self.read

    def _note(self, intake: Intake) -> None:
        for row in intake.rows:
            self._came.pop(row["call_id"], None)
            if not row["is_private"]:
                self._came[row["call_id"]] = (row["call_date"], row["content_hash"])

    def _vanished(self, ask: Callable[[Sequence[str]], Bundles]) -> list[str]:
        """Stored calls that the read did not meet and that Gong does not know by their id either.

        Those that it knows have moved, or a page shifted under the read: they are stored.
        """
        read = self._known
        missed = store_calls.missed(read)
        if not missed:
            return []
        unnamed = read.unnamed_dead
        for pages in ask(missed):
            self.take(take_calls(pages))
        if read.unnamed_dead > unnamed:  # one of them is there but cannot be read
            return []
        return [i for i in missed if i not in read.seen and i not in read.dead_ids]


class TranscriptsLanding(_Landing):
    """Transcripts of a stretch of days, as ``store_transcripts`` stores them."""

    label = "gong_call_transcripts_raw"

    def __init__(
        self, warehouse: Warehouse, kept: KeptAnswers, days: tuple[dt.date, dt.date], *,
        reread: bool, now: dt.datetime,
    ) -> None:  # fmt: skip
        super().__init__(warehouse, kept)
        with warehouse.session(self.label) as db:
            self.read: TranscriptsRead = store_transcripts.begin(db, *days, reread=reread)
            known = store_kept_transcripts(db, self.read, kept, days, now)
        self._known = set() if reread else known

    def portions(self) -> Iterator[list[str]]:
        """The ids to ask for, a portion at a time."""
        for ids in store_transcripts.portions(self.read):
            if left := [call_id for call_id in ids if call_id not in self._known]:
                yield left

    def take(self, intake: Intake, now: dt.datetime) -> set[str]:
        """Store a bundle, or keep it; the calls that were answered."""
        answered: set[str] = set()

        def store(db: Tables) -> None:
            answered.update(store_transcripts.store(db, self.read, intake, now))

        if not self._stored(store):
            self.kept.keep_transcripts(intake, self._asked())
            answered = {row["call_id"] for row in intake.rows}
        return answered

    def miss(self, call_ids: list[str], now: dt.datetime) -> None:
        """Note the calls that were not answered."""
        if call_ids and not self._stored(
            lambda db: store_transcripts.note_missing(db, self.read, call_ids, now)
        ):
            self.kept.keep_missing(self._asked(), call_ids, now)

    def _asked(self) -> Asked:
        return {i: (one.call_date, one.call_hash) for i, one in self.read.wanted.items()}
