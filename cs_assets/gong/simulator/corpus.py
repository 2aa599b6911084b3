"""The company that the simulator knows: its calls, transcripts and users.

A corpus comes from a folder of answers of the API, or is built call by call. Calls
can appear late, change, turn private and vanish while the simulator runs.
"""

import bisect
import datetime as dt
import gzip
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from cs_assets.errors import UsageError

#: When something is there from the beginning.
ALWAYS = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class NoCorpus(UsageError):
    """A folder that holds no answers of the API; says which file and why."""


@dataclass
class SimulatedCall:
    """A call with all its parts, when it can be seen, and its transcript.

    ``transcript`` gives the JSON of one element of ``callTranscripts``; it is a
    function where a large corpus should not be held in memory.
    """

    call: dict[str, Any]
    transcript: bytes | Callable[[], bytes] | None = None
    visible_at: dt.datetime = ALWAYS
    transcript_at: dt.datetime = ALWAYS
    version: int = 0

    @property
    def id(self) -> str:
        return str(self.call["metaData"]["id"])

    @property
    def started(self) -> dt.datetime:
        return instant(self.call["metaData"]["started"])

    @property
    def scheduled(self) -> dt.datetime:
        return instant(self.call["metaData"].get("scheduled") or self.call["metaData"]["started"])

    @property
    def listed(self) -> dt.datetime:
        """The time that ``GET /v2/calls`` filters by: scheduled for web conferences."""
        conference = self.call["metaData"].get("direction") == "Conference"
        return self.scheduled if conference else self.started

    def transcript_json(self) -> bytes | None:
        return self.transcript() if callable(self.transcript) else self.transcript


@dataclass
class Corpus:
    """Calls in the order of their start, and the lists that come with them."""

    users: list[dict[str, Any]] = field(default_factory=list)
    workspaces: list[dict[str, Any]] = field(default_factory=list)
    scorecards: list[dict[str, Any]] = field(default_factory=list)
    answered_scorecards: list[dict[str, Any]] = field(default_factory=list)
    trackers: list[dict[str, Any]] = field(default_factory=list)
    folders: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._by_id: dict[str, SimulatedCall] = {}
        self._order: list[tuple[dt.datetime, str]] = []
        self._lock = threading.RLock()

    def __len__(self) -> int:
        return len(self._by_id)

    def add(self, call: SimulatedCall) -> None:
        """Put a call in, in place of one with its id."""
        with self._lock:
            self.remove(call.id)
            self._by_id[call.id] = call
            bisect.insort(self._order, (call.started, call.id))

    def add_all(self, calls: Iterable[SimulatedCall]) -> None:
        """Put many new calls in at once."""
        with self._lock:
            self._by_id.update({call.id: call for call in calls})
            self._order = sorted((call.started, call.id) for call in self._by_id.values())

    def remove(self, call_id: str) -> None:
        """A call vanishes without a trace, as in Gong."""
        with self._lock:
            old = self._by_id.pop(call_id, None)
            if old is not None:
                self._order.remove((old.started, call_id))

    def change(self, call_id: str, **meta: Any) -> None:
        """Change fields of a call's metaData, its start included."""
        with self._lock:
            old = self._by_id[call_id]
            call = {**old.call, "metaData": {**old.call["metaData"], **meta}}
            self.add(
                SimulatedCall(
                    call, old.transcript, old.visible_at, old.transcript_at, old.version + 1
                )
            )

    def get(self, call_id: str) -> SimulatedCall | None:
        return self._by_id.get(call_id)

    def from_start(
        self, first: dt.datetime, after: tuple[dt.datetime, str] | None
    ) -> Iterator[SimulatedCall]:
        """Calls that start at ``first`` or later, oldest first, behind the key ``after``."""
        with self._lock:
            begin = bisect.bisect_left(self._order, (first, ""))
            if after is not None:
                begin = max(begin, bisect.bisect_right(self._order, after))
            order = self._order
            calls = self._by_id
        for position in range(begin, len(order)):
            call = calls.get(order[position][1])
            if call is not None:
                yield call

    @classmethod
    def from_folder(
        cls,
        folder: Path,
        *,
        visible_after: dt.timedelta | None = None,
        transcript_after: dt.timedelta | None = None,
    ) -> "Corpus":
        """Read a folder of answers.

        With ``visible_after`` a call can be seen that long after its end, and with
        ``transcript_after`` its transcript; without, they are there at once. Raises
        ``NoCorpus``.
        """
        corpus = cls(
            users=_items(folder, "users", "users"),
            workspaces=_items(folder, "workspaces", "workspaces"),
            scorecards=_items(folder, "scorecards", "scorecards"),
            answered_scorecards=_items(folder, "answered-scorecards", "answeredScorecards"),
            trackers=_items(folder, "trackers", "keywordTrackers"),
            folders=_items(folder, "folders", "folders"),
        )
        calls = _items(folder, "calls-extensive", "calls")
        if not calls:
            raise NoCorpus(f"{folder} holds no calls (calls-extensive*.json or .json.gz)")
        spoken = {
            str(transcript["callId"]): orjson.dumps(transcript)
            for transcript in _items(folder, "transcripts", "callTranscripts")
        }
        readable = [call for call in calls if _is_readable(call)]
        corpus.add_all(
            SimulatedCall(
                call,
                spoken.get(str(call["metaData"]["id"])),
                _later(call, visible_after),
                _later(call, transcript_after),
            )
            for call in readable
        )
        if not corpus.workspaces:
            known = {str(c["metaData"].get("workspaceId")) for c in readable} - {"None"}
            corpus.workspaces = [
                {"id": known_id, "name": f"Workspace {number}", "description": None}
                for number, known_id in enumerate(sorted(known), start=1)
            ]
        return corpus


def instant(text: str) -> dt.datetime:
    """An aware instant in UTC; a text without offset counts as UTC."""
    parsed = dt.datetime.fromisoformat(text)
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)


def _later(call: dict[str, Any], after: dt.timedelta | None) -> dt.datetime:
    if after is None:
        return ALWAYS
    meta = call["metaData"]
    return instant(meta["started"]) + dt.timedelta(seconds=meta.get("duration") or 0) + after


def _is_readable(call: Any) -> bool:
    try:
        return bool(call["metaData"]["id"]) and bool(instant(call["metaData"]["started"]))
    except (TypeError, KeyError, ValueError):
        return False


def _items(folder: Path, prefix: str, key: str) -> list[Any]:
    """All elements under ``key`` in the files whose names begin with ``prefix``."""
    found: list[Any] = []
    paths = [*folder.glob(f"{prefix}*.json"), *folder.glob(f"{prefix}*.json.gz")]
    for path in sorted(paths):
        try:
            content = path.read_bytes()
            document = orjson.loads(gzip.decompress(content) if path.suffix == ".gz" else content)
        except (OSError, EOFError, ValueError) as error:
            raise NoCorpus(f"{path}: {error}") from error
        for answer in document if isinstance(document, list) else [document]:
            if isinstance(answer, dict):
                found += answer.get(key) or []
    return found
