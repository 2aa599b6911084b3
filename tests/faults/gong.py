"""Figures R-24a to R-25f: bad answers, bad cursors, bad networks, kills and giants."""

import contextlib
import datetime as dt
import json
import multiprocessing
import os
import random
import shutil
import signal
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from cs_assets.gong import staging, store_calls, store_transcripts
from cs_assets.gong.parse_pages import CUT, Intake, take_calls, take_transcripts
from cs_assets.gong.rules import load_rules
from cs_assets.gong.simulator import Corpus, Faults, Limits, Simulator, serve
from cs_assets.gong.simulator.corpus import SimulatedCall
from resources.duckdb.warehouse import DuckDBSession, DuckDBWarehouse
from resources.gong.answers import read_answer
from resources.gong.auth import AccessKey
from resources.gong.client import GongClient, Retries
from resources.gong.errors import GongError, GongUnavailable
from resources.gong.pages import Page, Window, bundles
from resources.gong.quota import Quota
from tests.benchmarks.gong import ingest, served
from tests.faults.gong_mutations import good_call, good_transcript, mutated_page
from tests.figures import Figure
from tests.waiting import finished

DAY = dt.date(2026, 10, 6)
NOW = dt.datetime(2026, 10, 7)
_WINDOW = Window.of_days(DAY, DAY)


# --- the room without Dagster: what the assets do, in the same order -------------------


@contextmanager
def warehouse() -> Iterator[DuckDBWarehouse]:
    """An empty warehouse in a folder that is removed afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        yield DuckDBWarehouse(path=str(Path(folder) / "w.duckdb"))


def client(url: str, folder: Path, retries: Retries | None = None) -> GongClient:
    quota = Quota(folder / "quota.sqlite", "company", per_second=1e6, per_day=10**9)
    access = AccessKey("key", "secret", url)
    return GongClient(access, quota, retries=retries or Retries(attempts=6, first=0.001))


def read_all(gong: GongClient, store: DuckDBWarehouse, most: int = 2) -> None:
    """One run over the day: calls, transcripts, staged rows."""
    days = staging.Days(DAY, DAY)
    with store.session() as db:
        read = store_calls.begin(db, DAY, DAY, "run", NOW)
    start = _WINDOW.start
    if read.resume_from is not None:
        start = read.resume_from.replace(tzinfo=dt.UTC)
    for pages in bundles(gong.calls(Window(start, _WINDOW.end)), most=most):
        with store.session() as db:
            store_calls.store(db, read, take_calls(pages))
    with store.session() as db:
        store_calls.finish(db, read, [])
        words = store_transcripts.begin(db, DAY, DAY, reread=False)
    for call_ids in store_transcripts.portions(words):
        answered: set[str] = set()
        for pages in bundles(gong.transcripts(call_ids), most=most):
            with store.session() as db:
                answered |= store_transcripts.store(db, words, take_transcripts(pages), NOW)
        with store.session() as db:
            missing = [call_id for call_id in call_ids if call_id not in answered]
            store_transcripts.note_missing(db, words, missing, NOW)
    with store.session() as db:
        staging.stage_participants(db, days)
        staging.stage_topics(db, days)
        staging.stage_calls(db, days, load_rules(), NOW)
        staging.stage_transcripts(db, days, NOW)


def corpus(count: int, prefix: str = "") -> Corpus:
    """Calls of the day with transcripts of three sentences."""
    found = Corpus()
    calls = []
    for number in range(count):
        started = dt.datetime.combine(DAY, dt.time(), dt.UTC) + dt.timedelta(seconds=number * 60)
        record = good_call(number, random.Random(number))
        meta = {"id": f"{prefix}{number:05}", "started": started.isoformat()}
        record["metaData"] |= meta | {"scheduled": started.isoformat()}
        words = good_transcript(number, random.Random(number)) | {"callId": meta["id"]}
        calls.append(SimulatedCall(record, orjson.dumps(words)))
    found.add_all(calls)
    return found


def contents(store: DuckDBWarehouse, tables: Sequence[str]) -> dict[str, list[Any]]:
    """Rows of tables but for when and by which request they were fetched."""
    with store.session() as db:
        assert isinstance(db, DuckDBSession)
        return {
            table: db._connection.execute(
                f"SELECT COLUMNS(c -> c NOT IN ('fetched_at', 'request_id')) "
                f"FROM gong.{table} ORDER BY ALL"
            ).fetchall()
            for table in tables
        }


TABLES = ("gong_calls_raw", "gong_call_transcripts_raw", "stg_gong_calls",
          "stg_gong_call_participants", "stg_gong_call_transcripts")  # fmt: skip


# --- R-24 ----------------------------------------------------------------------------


#: As an asset stores a bundle of pages, and not each by itself.
_PAGES_STORED_AT_ONCE = 50


def malformed(pages: int = 2_000) -> list[Figure]:
    """Mutated pages: no good record lost, no crash, every bad one kept with reason and raw copy."""
    lost = crashes = bad = unkept = 0
    with warehouse() as store, store.session() as db:
        read = store_calls.begin(db, DAY, DAY, "run", NOW)
        expected: set[str] = set()
        letters: set[str] = set()
        bundle = Intake()
        for seed in range(pages):
            page = mutated_page(seed)
            try:
                intake = _take(page.body, page.items)
            except Exception:  # anything that gets out is what this figure counts
                crashes += 1
                continue
            lost += len(page.good - {row["call_id"] for row in intake.rows})
            bad += len(page.bad)
            unkept += sum(not _is_kept(text, intake) for text in page.bad)
            if page.items == "calls":
                expected |= page.good
                letters |= {letter.dead_letter_id for letter in intake.dead}
                bundle.rows += intake.rows
                bundle.dead += intake.dead
            if seed % _PAGES_STORED_AT_ONCE == 0 or seed == pages - 1:
                store_calls.store(db, read, bundle)
                bundle = Intake()
        stored = db._connection.execute("SELECT * FROM gong.gong_calls_raw").df()
        waiting = db.query("gong/open_letter_ids")
    lost += len(expected - set(stored.call_id))
    unkept += len(letters - set(waiting.dead_letter_id))
    return [
        Figure("R-24a", f"good records lost in {pages:,} mutated pages", f"{lost}", "0", lost == 0),
        Figure("R-24b", "crashes", f"{crashes}", "0", crashes == 0),
        Figure("R-24c", "bad records in quarantine with reason and raw copy",
               f"{bad - unkept:,} of {bad:,}", "100 %", unkept == 0),
    ]  # fmt: skip


def _take(body: bytes, items: str) -> Intake:
    answer = read_answer(body, items)
    page = Page(answer.records, "page", NOW, broken=answer.broken)
    return (take_calls if items == "calls" else take_transcripts)([page])


def _is_kept(text: bytes, intake: Intake) -> bool:
    """Whether a dead letter holds the record, as it came or as JSON that means the same."""
    shown = text.decode(errors="backslashreplace")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = object()
    for letter in intake.dead:
        if not letter.reason or not letter.raw:
            continue
        if shown in letter.raw or letter.raw.removesuffix(CUT) in shown:
            return True
        with contextlib.suppress(ValueError, RecursionError):
            if json.loads(letter.raw) == value:
                return True
    return False


# --- R-25, R-25a ---------------------------------------------------------------------


def idempotence(orders: int = 10) -> list[Figure]:
    """Tables are the same after a second read, and whatever the order and size of pages."""
    records = [item.call for item in corpus(60).from_start(_WINDOW.start, None)]
    differing = 0
    with warehouse() as store:
        reference: dict[str, list[Any]] | None = None
        for seed in range(orders):
            with store.session() as db:
                assert isinstance(db, DuckDBSession)
                db._connection.execute("DELETE FROM gong.gong_calls_raw")
            for _ in range(2):
                with store.session() as db:
                    read = store_calls.begin(db, DAY, DAY, "run", NOW)
                    for page in _shuffled(records, random.Random(seed)):
                        store_calls.store(db, read, take_calls([page]))
                    store_calls.finish(db, read, [])
                found = contents(store, ["gong_calls_raw"])
                reference = reference or found
                differing += found != reference
    twice = _second_read()
    return [
        Figure("R-25", f"differing tables after {2 * orders} reads in other page orders and sizes, "
               "and after a second read over HTTP", f"{differing + twice}", "0",
               differing + twice == 0),
    ]  # fmt: skip


def _shuffled(records: list[Any], rng: random.Random) -> Iterator[Page]:
    """All records in pages of random size and order, some of them more than once."""
    rest = [*records, *rng.sample(records, 15)]
    rng.shuffle(rest)
    while rest:
        size = rng.randrange(1, 20)
        yield Page(rest[:size], "page", NOW)
        rest = rest[size:]


def _second_read() -> int:
    simulator = Simulator(corpus(250), limits=Limits(None, None), repeat_at_boundary=True)
    with warehouse() as store, serve(simulator) as url:
        gong = client(url, Path(store.path).parent)
        read_all(gong, store)
        first = contents(store, TABLES)
        read_all(gong, store)
        second = contents(store, TABLES)
        gong.close()
    assert len(first["gong_calls_raw"]) == 250
    return sum(first[table] != second[table] for table in TABLES)


def abnormal_cursors() -> list[Figure]:
    """A cursor or a saved mark that makes no sense: an error that says so, or a full read."""
    gaps = 0
    cases = 0
    for cursor in ("garbage", "a.b.c", 7, 1.5, True, [], {}, "", {"next": "x"}):
        cases += 1
        gaps += _gap_with_cursor(cursor)
    for mark in (dt.datetime(2099, 1, 1), dt.datetime(1970, 1, 1), dt.datetime(2026, 10, 6, 12),
                 dt.datetime(2026, 10, 6, 23, 59, 59)):  # fmt: skip
        cases += 1
        gaps += _gap_with_mark(mark)
    name = f"silent gaps with {cases} abnormal cursors and marks"
    return [Figure("R-25a", name, f"{gaps}", "0", gaps == 0)]


class _OddCursors(Simulator):
    """Gives one odd cursor in place of its own."""

    odd: Any = None

    def _answer(self, request: Any, request_id: str) -> bytes:
        document = orjson.loads(super()._answer(request, request_id))
        if "cursor" in document.get("records", {}):
            document["records"]["cursor"] = self.odd
        return orjson.dumps(document)


def _gap_with_cursor(cursor: Any) -> bool:
    simulator = _OddCursors(corpus(250), limits=Limits(None, None))
    simulator.odd = cursor
    with tempfile.TemporaryDirectory() as folder, serve(simulator) as url:
        gong = client(url, Path(folder), Retries(attempts=2, first=0.001))
        try:
            found = [record for page in gong.calls(_WINDOW) for record in page.records]
        except (GongError, GongUnavailable) as error:
            return not str(error)
        finally:
            gong.close()
    return len(found) < 250


def _gap_with_mark(mark: dt.datetime) -> bool:
    simulator = Simulator(corpus(120), limits=Limits(None, None))
    with warehouse() as store, serve(simulator) as url:
        with store.session() as db:
            assert isinstance(db, DuckDBSession)
            db._connection.execute(
                "INSERT INTO gong.gong_progress VALUES (?, ?, ?, ?)", [DAY, DAY, mark, NOW]
            )
        gong = client(url, Path(store.path).parent)
        read_all(gong, store)
        gong.close()
        return len(contents(store, ["stg_gong_calls"])["stg_gong_calls"]) < 120


# --- R-25b ---------------------------------------------------------------------------


def network_faults(seeds: int = 300, calls: int = 120) -> list[Figure]:
    """Every kind of fault in the middle of pages: nothing lost, nothing twice."""
    simulator = Simulator(Corpus(), limits=Limits(None, None))
    met: set[str] = set()
    runs_again = lost = twice = 0
    with warehouse() as store, serve(simulator) as url:
        gong = client(url, Path(store.path).parent)
        with store.session():  # one session for all seeds: the network is what is tried here
            for seed in range(seeds):
                simulator.corpus = corpus(calls, prefix=f"{seed:03}-")
                simulator.faults = Faults(rate=0.3, seed=seed)
                for _ in range(8):  # a run that gives up says so, and the next one goes on
                    try:
                        _read_raw(gong, store)
                        break
                    except (GongError, GongUnavailable):
                        runs_again += 1
                met |= set(simulator.faults.met)
                for found in _taken_out(store, ["gong_calls_raw", "gong_call_transcripts_raw"]):
                    lost += calls - len(set(found))
                    twice += len(found) - len(set(found))
        gong.close()
    name = f"{seeds} seeds, {len(met)} kinds of faults, {runs_again} runs given up"
    return [
        Figure("R-25b", f"calls and transcripts lost, rows doubled ({name})", f"{lost}, {twice}",
               "0, 0", lost == twice == 0),
    ]  # fmt: skip


def _taken_out(store: DuckDBWarehouse, tables: Sequence[str]) -> list[list[str]]:
    """The ids of the calls in each table, which is empty afterwards."""
    found = []
    with store.session() as db:
        assert isinstance(db, DuckDBSession)
        for table in tables:
            rows = db._connection.execute(f"SELECT call_id FROM gong.{table}").fetchall()
            found.append([call_id for (call_id,) in rows])
            db._connection.execute(f"DELETE FROM gong.{table}")
    return found


def _read_raw(gong: GongClient, store: DuckDBWarehouse) -> None:
    """Calls and transcripts of the day, without staging and without looking for vanished ones."""
    with store.session() as db:
        read = store_calls.begin(db, DAY, DAY, "run", NOW)
        start = read.resume_from.replace(tzinfo=dt.UTC) if read.resume_from else _WINDOW.start
        for pages in bundles(gong.calls(Window(start, _WINDOW.end)), most=1):
            store_calls.store(db, read, take_calls(pages))
        store_calls.finish(db, read, [])
        words = store_transcripts.begin(db, DAY, DAY, reread=False)
        for call_ids in store_transcripts.portions(words):
            for pages in bundles(gong.transcripts(call_ids), most=1):
                store_transcripts.store(db, words, take_transcripts(pages), NOW)


# --- R-25c ---------------------------------------------------------------------------


_PROCESSES = multiprocessing.get_context("forkserver")
#: A point that no run reaches.
_NEVER = -1


def kills(points: int = 50, calls: int = 350) -> list[Figure]:
    """kill -9 at points all over a run, statements and requests alike; then a run to the end."""
    _PROCESSES.set_forkserver_preload(["tests.faults.gong"])
    simulator = Simulator(corpus(calls), limits=Limits(None, None))
    with serve(simulator) as url, tempfile.TemporaryDirectory() as folder:
        reference, events = _undisturbed(url, Path(folder))

        def killed_and_run_again(seed: int) -> bool:
            place = _killed(url, Path(folder) / f"killed-{seed}", random.Random(seed), events)
            assert _child(url, place, _NEVER) == 0
            found = contents(DuckDBWarehouse(path=str(place / "w.duckdb")), TABLES)
            shutil.rmtree(place)
            return found != reference

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            damaged = sum(pool.map(killed_and_run_again, range(points)))
    return [
        Figure("R-25c", f"runs with lost or doubled rows after kill -9 at {points} points",
               f"{damaged}", "0", damaged == 0),
    ]  # fmt: skip


#: Runs that may end before their kill; each has some events more or fewer than another.
_TRIES = 10


def _killed(url: str, folder: Path, rng: random.Random, events: int) -> Path:
    """A place where a run was killed. A run that was over before its kill does not count."""
    for attempt in range(_TRIES):
        place = folder.with_name(f"{folder.name}-{attempt}")
        if _child(url, place, rng.randrange(1, events)) == -signal.SIGKILL:
            return place
        shutil.rmtree(place)
    raise AssertionError(f"{_TRIES} runs in a row were over before they could be killed")


def _undisturbed(url: str, folder: Path) -> tuple[dict[str, list[Any]], int]:
    """What a run without a kill gives, and how many events it has."""
    place = folder / "whole"
    assert _child(url, place, _NEVER) == 0
    events = int((place / "events").read_text())
    return contents(DuckDBWarehouse(path=str(place / "w.duckdb")), TABLES), events


def _child(url: str, place: Path, point: int) -> int | None:
    """Run a process over the warehouse in ``place`` to its end; its exit code."""
    place.mkdir(exist_ok=True)
    process = _PROCESSES.Process(target=_run_and_die, args=(url, str(place), point))
    process.start()
    finished(process)
    return process.exitcode


def _run_and_die(url: str, folder: str, point: int) -> None:
    """Child: one run that kills its process before the event numbered ``point``."""
    events = 0

    def count() -> None:
        nonlocal events
        events += 1
        if events == point:
            os.kill(os.getpid(), signal.SIGKILL)

    run_statement, send = DuckDBSession._run, GongClient._send

    def counted_statement(self: Any, *args: Any, **more: Any) -> Any:
        count()
        return run_statement(self, *args, **more)

    def counted_send(self: Any, *args: Any, **more: Any) -> Any:
        answer = send(self, *args, **more)
        count()
        return answer

    DuckDBSession._run = counted_statement  # type: ignore[method-assign]
    GongClient._send = counted_send  # type: ignore[method-assign]
    gong = client(url, Path(folder))
    read_all(gong, DuckDBWarehouse(path=str(Path(folder) / "w.duckdb")), most=1)
    gong.close()
    Path(folder, "events").write_text(str(events))


# --- R-25d ---------------------------------------------------------------------------


def giants(calls: int = 100_000) -> list[Figure]:
    """Many calls, a transcript of 10 MB, names of 10,000 letters: memory bounded, cuts marked."""
    with tempfile.TemporaryDirectory() as folder, served(calls, 3, 30) as url:
        told = ingest(url, Path(folder), 30, 1e6)
    assert told["success"]
    stored = told["assets"]["stg_gong_calls"]["dagster/partition_row_count"]
    peak = told["peak_bytes"] / 2**20
    whole, marked = _one_giant()
    return [
        Figure("R-25d", f"peak memory at {calls:,} calls", f"{peak:,.0f} MiB", "<= 1,536 MiB",
               peak <= 1536 and stored == calls),
        Figure("R-25e", "a transcript of 10 MB and a name of 10,000 letters staged whole",
               str(whole), "True", whole),
        Figure("R-25f", "a raw copy of 10 MB is cut in quarantine and says so",
               str(marked), "True", marked),
    ]  # fmt: skip


def _one_giant() -> tuple[bool, bool]:
    found = corpus(2)
    long_name = "n" * 10_000
    one = found.get("00000")
    assert one is not None
    one.call["parties"][1]["name"] = long_name
    texts = [f"Sentence {n} " + "word " * 15 for n in range(75_000)]
    spoken = [{"start": n * 1000, "end": n * 1000 + 900, "text": t} for n, t in enumerate(texts)]
    words = {"callId": "00000", "transcript": [{"speakerId": "s1", "sentences": spoken}]}
    one.transcript = orjson.dumps(words)
    assert len(one.transcript) > 10_000_000
    other = found.get("00001")
    assert other is not None
    bad = {"callId": "00001", "transcript": [{"sentences": [*spoken, {"start": "x"}]}]}
    other.transcript = orjson.dumps(bad)
    simulator = Simulator(found, limits=Limits(None, None))
    with warehouse() as store, serve(simulator) as url:
        gong = client(url, Path(store.path).parent)
        read_all(gong, store)
        gong.close()
        rows = contents(store, ["stg_gong_call_transcripts", "stg_gong_call_participants"])
        with store.session() as db:
            letters = db.query("gong/open_letters")
    sentences = [row[-1] for row in rows["stg_gong_call_transcripts"]]
    names = {row[6] for row in rows["stg_gong_call_participants"]}
    marked = [raw for raw in letters.raw if raw.endswith("[cut]") and len(raw) == 100_000]
    return sorted(sentences) == sorted(texts) and long_name in names, len(marked) == 1


BY_ID = {
    "R-24a": malformed,
    "R-24b": malformed,
    "R-24c": malformed,
    "R-25": idempotence,
    "R-25a": abnormal_cursors,
    "R-25b": network_faults,
    "R-25c": kills,
    "R-25d": giants,
    "R-25e": giants,
    "R-25f": giants,
}
