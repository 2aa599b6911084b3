"""Figures of the AI layer: what is let through, what is paid for, how long it takes."""

import contextlib
import http.client
import multiprocessing
import random
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

from cs_assets.ai import configuration
from cs_assets.ai.configuration import AiConfiguration
from cs_assets.ai.guarded_calls import Caller
from cs_assets.ai.ledger.ledger import AiLedger, Purpose
from cs_assets.ai.requests import Answer, Question, Tokens
from cs_assets.ai.screening.screening import Limits, reasons_to_reject
from tests.ai import fake_claude
from tests.ai.loopback import Reply, Request, serving
from tests.ai.mutations import mutated
from tests.ai.right_texts import right_texts
from tests.ai.sheets import GOOD, assignment, sheet
from tests.ai.writers import claude_writer
from tests.figures import Figure
from tests.waiting import PATIENCE


def mutated_numbers(count: int = 200) -> Figure:
    """P-ai-01: a writer on loopback whose model breaks one number in every answer."""
    texts = list(mutated(count))
    asked = iter([text for text in texts for _ in range(2)])
    accepted = 0
    with tempfile.TemporaryDirectory() as folder:
        with serving(lambda _: fake_claude.written(next(asked))) as server:
            writer = claude_writer(server.url, Path(folder))
            for number in range(count):
                (draft,) = writer.write([assignment(sheet(f"c-{number}", number))])
                accepted += draft.writer != "rules"
        sent = len(server.requests)
    passed = accepted == 0 and sent == 2 * count
    return Figure("P-ai-01", "mutated-numbers-accepted", f"{accepted}/{count}", "0", passed)


def right_texts_rejected(count: int = 1000) -> Figure:
    """P-ai-02: texts that say nothing wrong."""
    limits = Limits(2000, configuration.load().banned)
    facts = sheet()
    rejected = sum(bool(reasons_to_reject(text, facts, limits)) for text in right_texts(count))
    share = 100 * rejected / count
    value = f"{share:.1f}% (n={count})"
    return Figure("P-ai-02", "right-texts-rejected", value, "<=1%", share <= 1)


def second_run(reports: int = 50) -> Figure:
    """P-ai-03: the same data again, then one changed fact sheet; three sections a report."""
    names = ("performance", "value", "next_steps")

    def run(url: str, folder: Path, run_id: str, changed: int | None = None) -> None:
        whole = [
            [assignment(sheet(f"c-{n}", n + (1000 if n == changed else 0)), name) for name in names]
            for n in range(reports)
        ]
        claude_writer(url, folder, run_id=run_id).write_reports(whole)

    answers = serving(lambda _: fake_claude.written(GOOD))
    with tempfile.TemporaryDirectory() as folder, answers as server:
        counts = []
        for run_id, changed in (("run-1", None), ("run-2", None), ("run-3", reports // 2)):
            before = len(server.requests)
            run(server.url, Path(folder), run_id, changed)
            counts.append(len(server.requests) - before)
    expected = [3 * reports, 0, 3]
    value = "/".join(map(str, counts))
    target = "/".join(map(str, expected))
    return Figure("P-ai-03", "calls-first/again/one-changed", value, target, counts == expected)


class PlainProvider:
    """A provider over bare HTTP, so that many processes start fast."""

    name = "claude"

    def __init__(self, url: str) -> None:
        self._host = urlsplit(url).netloc

    def ask(self, question: Question) -> Answer:
        connection = http.client.HTTPConnection(self._host, timeout=60)
        connection.request("POST", "/", question.ask)
        connection.getresponse().read()
        connection.close()
        return Answer("T", question.model, Tokens(10, 10))


def _with_ceiling(calls: int) -> AiConfiguration:
    config = configuration.load()
    wide = config.ceilings.month.model_copy(
        update={"calls": 10**6, "tokens": 10**12, "dollars": 10**6}
    )
    tight = wide.model_copy(update={"calls": calls})
    ceilings = config.ceilings.model_copy(
        update={"asset": wide, "run": wide, "account": wide, "month": tight}
    )
    models = {
        name: model.model_copy(update={"smaller": None}) for name, model in config.models.items()
    }
    return config.model_copy(update={"ceilings": ceilings, "models": models})


def _one_process(url: str, path: Path, process: int, keys: int, calls: int) -> None:
    """Ask for half the keys in common with the others and half of one's own, in one's order."""
    config = _with_ceiling(calls)
    caller = Caller(PlainProvider(url), AiLedger(path, config.ceilings), config)
    names = [f"common-{n}" for n in range(keys // 2)]
    names += [f"own-{process}-{n}" for n in range(keys - keys // 2)]
    random.Random(process).shuffle(names)
    for name in names:
        question = Question("s", "{}", name, "claude-sonnet-5-5", "p", "1")
        caller.ask(question, Purpose("weekly_reports", f"run-{process}", "customer:c", ""))


def processes_against_a_ceiling(processes: int = 8, keys: int = 500) -> Figure:
    """P-ai-04: real processes, one ledger, a real HTTP server that counts."""
    distinct = keys // 2 + processes * (keys - keys // 2)
    calls = distinct * 2 // 3
    context = multiprocessing.get_context("spawn")
    seen_above = 0
    with tempfile.TemporaryDirectory() as folder, serving(lambda _: Reply(200, b"T")) as server:
        path = Path(folder) / "ai.sqlite"
        ledger = AiLedger(path, _with_ceiling(calls).ceilings)
        workers = [
            context.Process(target=_one_process, args=(server.url, path, n, keys, calls))
            for n in range(processes)
        ]
        for worker in workers:
            worker.start()
        ends = time.monotonic() + PATIENCE
        while any(worker.is_alive() for worker in workers) and time.monotonic() < ends:
            rows = ledger.rows()
            seen_above += sum(row["state"] != "reused" for row in rows) > calls
            time.sleep(0.5)
        codes = [worker.exitcode for worker in workers]
        made = [row for row in ledger.rows() if row["state"] != "reused"]
    wire = Counter(request.body for request in server.requests)
    sent = len(server.requests)
    value = f"{sent} on the wire, {len(made)} in the ledger, {max(wire.values())} a key"
    passed = (
        codes == [0] * processes
        and sent == len(made) == calls
        and max(wire.values()) == 1
        and seen_above == 0
    )
    name = f"{processes}-processes-x-{keys}-keys"
    return Figure("P-ai-04", name, value, f"<= ceiling {calls}, equal, once each", passed)


def narratives_side_by_side(
    reports: int = 500, seconds: float = 2.0, concurrency: int = 25
) -> Figure:
    """P-ai-05: a provider that takes its time; how much time is ours."""
    config = configuration.load().model_copy(update={"concurrency": concurrency})

    def script(_: Request) -> Reply:
        time.sleep(seconds)
        return fake_claude.written(GOOD)

    with tempfile.TemporaryDirectory() as folder, serving(script) as server:
        writer = claude_writer(server.url, Path(folder), config)
        work = [[assignment(sheet(f"c-{n}", n))] for n in range(reports)]
        start = time.perf_counter()
        drafts = writer.write_reports(work)
        wall = time.perf_counter() - start
    ideal = reports * seconds / concurrency
    right = sum(draft.writer == "claude" for (draft,) in drafts)
    passed = right == reports and wall <= 1.2 * ideal
    value = f"{wall:.1f}s = {wall / ideal:.2f}x"
    name = f"{reports}-narratives-of-{seconds:g}s-by-{concurrency}"
    return Figure("P-ai-05", name, value, f"<=1.2x of {ideal:.1f}s", passed)


def narratives_together(reports: int = 20, concurrency: int = 10) -> Figure:
    """P-ai-05, short, on whatever machine: an answer comes once so many questions wait for one."""
    config = configuration.load().model_copy(update={"concurrency": concurrency})
    all_there = threading.Barrier(concurrency, timeout=60)

    def script(_: Request) -> Reply:
        with contextlib.suppress(threading.BrokenBarrierError):
            all_there.wait(timeout=60)
        return fake_claude.written(GOOD)

    with tempfile.TemporaryDirectory() as folder, serving(script) as server:
        writer = claude_writer(server.url, Path(folder), config)
        drafts = writer.write_reports([[assignment(sheet(f"c-{n}", n))] for n in range(reports)])
    right = sum(draft.writer == "claude" for (draft,) in drafts)
    together = "never" if all_there.broken else "always"
    return Figure(
        "P-ai-05",
        f"{reports}-narratives-by-{concurrency}",
        f"{right} written, {together} {concurrency} at once",
        f"{reports}, always",
        right == reports and not all_there.broken,
    )


BY_ID = {
    "P-ai-01": mutated_numbers,
    "P-ai-02": right_texts_rejected,
    "P-ai-03": second_run,
    "P-ai-04": processes_against_a_ceiling,
    "P-ai-05": narratives_side_by_side,
}
