"""Figures of hearing calls: one analysis, sentences a second, search among many, live prompts."""

import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from cs_assets import config
from cs_assets.ai.local_sentiment import sentiment
from cs_assets.calls import signals
from cs_assets.calls.live import Listener
from cs_assets.calls.scoring.rubric import Rubric, Taxonomy
from cs_assets.commands.calls_heard import analysed
from cs_assets.search import hybrid, vectors
from resources.duckdb.warehouse import DuckDBWarehouse
from tests.benchmarks.calls import _fill
from tests.calls.labelled_calls import labelled_calls
from tests.figures import Figure
from tests.waiting import PATIENCE

#: Rows that DuckDB gives a function at once.
_HANDED_OVER = 2048


def one_analysis(rounds: int = 5) -> Figure:
    """P-calls-06: CPU seconds of one call's analysis, in a new process and inside a running one."""
    name = labelled_calls()[0].name
    with tempfile.TemporaryDirectory() as folder:
        _fill(DuckDBWarehouse(path=str(Path(folder) / "warehouse.duckdb")))
        environment = os.environ | {"CS_ASSETS_HOME": folder}
        begin = os.times().children_user + os.times().children_system
        command = [sys.executable, "-m", "cs_assets.cli", "calls", "analyze", name, "--json"]
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=PATIENCE)
        process = os.times().children_user + os.times().children_system - begin
        before = os.environ.get("CS_ASSETS_HOME")
        os.environ["CS_ASSETS_HOME"] = folder
        try:
            inside = statistics.median(_cpu(lambda: analysed(name)) for _ in range(rounds))
        finally:
            os.environ.pop("CS_ASSETS_HOME")
            if before is not None:
                os.environ["CS_ASSETS_HOME"] = before
    value = f"{process:.2f}s CPU with its process; {1000 * inside:.0f}ms inside one"
    passed = process < 2 and inside < 0.2
    return Figure("P-calls-06", "one call analysed", value, "<2s; <200ms", passed)


def _cpu(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def _sentences(n: int) -> list[str]:
    """So many sentences of the labelled calls, no two the same.

    Each has a number after its first word and one before its last, of a thousand: at its end a
    number would be a sentence of its own, and one that no other has a word that nobody said before.
    """
    said = [s.text.split() for call in labelled_calls() for s in call.transcript.sentences]
    return [
        " ".join([one[0], str(i % 997), *one[1:-1], str(i // 997), one[-1]])
        for i, one in enumerate(itertools.islice(itertools.cycle(said), n))
    ]


def stages(n: int = 1_000_000) -> Figure:
    """P-calls-07: sentences a second and CPU, by stage; a tenth of them for linearity."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    rules = config.load("signals.yaml", signals.SignalRules)
    bare = SentimentIntensityAnalyzer().polarity_scores
    work: dict[str, Callable[[Sequence[str]], object]] = {
        "sentiment": lambda texts: [sentiment(text) for text in texts],
        "VADER": lambda texts: [bare(text) for text in texts],
        "signals": lambda texts: [[*signals.of_sentence(text.lower(), rules)] for text in texts],
        "embedding": vectors.embed_all,
    }
    many = _sentences(n)
    spent: dict[str, list[float]] = {name: [] for name in work}
    for do in work.values():
        do(many[:_HANDED_OVER])
    # By turns, so that all stages meet the same moments of a busy machine.
    for first in range(0, n, _HANDED_OVER):
        block = many[first : first + _HANDED_OVER]
        for name, do in work.items():
            spent[name].append(_cpu(lambda do=do, block=block: do(block)))
    tenth = len(spent["VADER"]) // 10
    rates = {name: n / sum(took) for name, took in spent.items()}
    growth = {
        name: 10 * sum(took) / sum(took[:tenth]) * tenth / len(took) for name, took in spent.items()
    }
    share = rates["sentiment"] / rates["VADER"]
    worst = max(growth.values())
    told = ", ".join(f"{name} {rate:,.0f}/s" for name, rate in rates.items())
    value = f"{told}; sentiment {share:.2f} x VADER; 10x data {worst:.1f}x time; n={n}"
    passed = rates["sentiment"] >= 10_000 and share >= 0.7 and rates["embedding"] >= 100_000
    target = "sentiment>=10,000/s,>=.7x; embedding>=100,000/s; <=11x"
    return Figure("P-calls-07", "sentences by stage", value, target, passed and worst <= 11)


def search_among_many(chunks: int = 100_000, rounds: int = 30) -> Figure:
    """P-calls-08: one question over so many passages in memory, words, concepts and vector; CPU."""
    rng = np.random.default_rng(8)
    said = [s.text for call in labelled_calls() for s in call.transcript.sentences]
    picked = rng.integers(0, len(said), (chunks, 8))
    index = hybrid.Index([" ".join(said[i] for i in row) for row in picked])
    numbers = rng.standard_normal((chunks, vectors.DIMENSION)).astype(np.float32)
    numbers /= np.linalg.norm(numbers, axis=1, keepdims=True)
    near = vectors.Near(numbers)
    asked = [said[i] for i in rng.integers(0, len(said), rounds)]
    took = []
    for text in asked:
        begin = time.process_time()
        index.scores(text, near.similarity(vectors.embed(text))).argmax()
        took.append(time.process_time() - begin)
    median = 1000 * statistics.median(took)
    name = f"search-among-{chunks // 1000}k"
    return Figure("P-calls-08", name, f"{median:.1f}ms CPU p50", "<=60ms", median <= 60)


def live_prompt(turns: int = 600) -> Figure:
    """P-calls-09: the slowest turn of a long call."""
    listener = Listener(
        config.load("coaching_rubric.yaml", Rubric),
        config.load("objections.yaml", Taxonomy),
        config.load("signals.yaml", signals.SignalRules),
    )
    slowest = prompted = 0.0
    for n, text in enumerate(_sentences(turns)):
        line = json.dumps({"speaker": ("rep", "customer")[n % 2], "text": text})
        begin = time.perf_counter()
        prompted += listener.hear(line) is not None
        slowest = max(slowest, time.perf_counter() - begin)
    value = f"{1000 * slowest:.0f}ms slowest of {turns} turns, {prompted:.0f} prompts"
    return Figure("P-calls-09", "live prompt", value, "<=1s", slowest <= 1)


BY_ID = {
    "P-calls-06": one_analysis,
    "P-calls-07": stages,
    "P-calls-08": search_among_many,
    "P-calls-09": live_prompt,
}


def figures() -> Iterable[Figure]:
    for make in BY_ID.values():
        yield make()
