"""Figures of the call room: agreement with a reader, objections found, speed."""

import datetime as dt
import json
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from cs_assets import config
from cs_assets.calls import analysis, assets
from cs_assets.calls.impact import Deal
from cs_assets.calls.judging.comparing import TRUSTED_KAPPA, Agreement, level, weighted_kappa
from cs_assets.calls.scoring.rubric import DIMENSIONS, Dimension, Rubric, Taxonomy
from cs_assets.search import vectors as local_embedding
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.settings import Settings
from tests.calls.labelled_calls import HELD_OUT, LabelledCall, labelled_calls
from tests.figures import Figure
from tests.waiting import PATIENCE


def agreement(dimension: Dimension, held_out: bool = False) -> Agreement:
    """Reader against scorer over the calls where both saw a chance."""
    pairs = [
        (label, level(score))
        for call in labelled_calls()
        if (not held_out or call.name >= HELD_OUT)
        and (label := call.labels[dimension]) is not None
        and (score := call.row[f"{dimension}_score"]) is not None
    ]
    return weighted_kappa([label for label, _ in pairs], [scored for _, scored in pairs])


def agreement_figures() -> Iterable[Figure]:
    """P-calls-01 and 11: kappa by dimension on all labelled calls, and on those held out."""
    for code, held_out in (("P-calls-01", False), ("P-calls-11", True)):
        found = {dimension: agreement(dimension, held_out) for dimension in DIMENSIONS}
        value = "; ".join(
            f"{name} {one.kappa:.2f} (n={one.n}, bias {one.bias:+.2f} levels)"
            for name, one in found.items()
        )
        name = f"kappa-by-dimension-{'held-out' if held_out else 'all'}"
        trusted = all(one.is_trusted for one in found.values())
        yield Figure(code, name, value, f">={TRUSTED_KAPPA} each", trusted)


def objections() -> Figure:
    """P-calls-02: objections found, found wrongly, and outcomes that the reader saw, too.

    The reader labelled before there were the kinds `technical` and `other`: these are not counted.
    """
    found = missed = wrong = same = both = 0
    for call in labelled_calls():
        read = Counter(kind for kind, _ in call.objections)
        heard = [
            (o["type"], o["outcome"])
            for o in json.loads(call.row["objections"])
            if o["type"] not in ("technical", "other")
        ]
        kinds = Counter(kind for kind, _ in heard)
        found += (read & kinds).total()
        missed += (read - kinds).total()
        wrong += (kinds - read).total()
        both += (read & kinds).total()
        same += (Counter(call.objections) & Counter(heard)).total()
    recall, precision = found / (found + missed), found / (found + wrong)
    value = (
        f"{recall:.2f} (n={found + missed}), {precision:.2f} (n={found + wrong}), "
        f"{same / both:.2f} (n={both})"
    )
    passed = recall >= 0.85 and precision >= 0.85 and same / both >= 0.75
    name = "objections-recall,-precision,-outcome"
    return Figure("P-calls-02", name, value, ">=0.85, >=0.85, >=0.75", passed)


class NaiveCues:
    """The same cues, tried one by one on each sentence: what a plain loop would do."""

    def __init__(self, groups: dict[str, list[str]]) -> None:
        self._groups = {name: [re.compile(e) for e in found] for name, found in groups.items()}

    def __call__(self, sentence: str) -> frozenset[str]:
        return frozenset(
            name
            for name, expressions in self._groups.items()
            if any(expression.search(sentence) for expression in expressions)
        )


def speed(rounds: int = 3) -> Iterable[Figure]:
    """P-calls-03 and 10: calls a second of CPU, against the same scorer with naive cues; "
    "medians."""
    rubric, taxonomy = assets.load_rules(Settings.load())
    naive_rubric, naive_taxonomy = _with_naive_cues()
    seconds: dict[str, list[float]] = {"ours": [], "naive": []}
    calls = labelled_calls()
    _score_all(calls, rubric, taxonomy)  # the automaton is built while it first runs
    for _ in range(rounds):
        seconds["ours"].append(_score_all(calls, rubric, taxonomy))
        seconds["naive"].append(_score_all(calls, naive_rubric, naive_taxonomy))
    ours, naive = (statistics.median(seconds[name]) for name in ("ours", "naive"))
    rate, ratio = len(calls) / ours, naive / ours
    value = f"{rate:.0f}/s (n={len(calls)})"
    yield Figure("P-calls-03", "calls-scored-a-second", value, ">=100/s", rate >= 100)
    yield Figure("P-calls-10", "against-naive-loop", f"{ratio:.1f}x", ">=5x", ratio >= 5)


def _with_naive_cues() -> tuple[Rubric, Taxonomy]:
    # What is loaded is shared by all who load it.
    rubric = config.load("coaching_rubric.yaml", Rubric).model_copy()
    taxonomy = config.load("objections.yaml", Taxonomy).model_copy()
    rubric._heard = NaiveCues(rubric.cues)  # type: ignore[assignment]
    groups = {f"kinds.{kind}": rules.cues for kind, rules in taxonomy.kinds.items()}
    groups |= {f"outcomes.{name}": cues for name, cues in taxonomy.outcomes.items()}
    groups["not_an_objection"] = taxonomy.not_an_objection
    taxonomy._heard = NaiveCues(groups)  # type: ignore[assignment]
    taxonomy._signs = NaiveCues(taxonomy.obstacles.signs)  # type: ignore[assignment]
    return rubric, taxonomy


def _score_all(calls: tuple[LabelledCall, ...], rubric: Rubric, taxonomy: Taxonomy) -> float:
    from cs_assets.calls.transcript import Transcript

    fresh = [Transcript(call.transcript.sentences) for call in calls]
    begun = time.process_time()
    for call, words in zip(calls, fresh, strict=True):
        known = analysis.Call(
            call.name, dt.date(2026, 11, 1), call.call_type, "External", False, Deal(), None
        )
        analysis.analyse(known, words, rubric, taxonomy)
    return time.process_time() - begun


def one_call_from_the_command_line(rounds: int = 3) -> Figure:
    """P-calls-04: `cs-assets calls show`, a new process each time, on a warehouse of these calls.

    CPU seconds: what a person waits on a machine that is not busy otherwise.
    """
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        _fill(DuckDBWarehouse(path=str(home / "warehouse.duckdb")))
        seconds = [_show(home, labelled_calls()[n].name) for n in range(rounds)]
    median = statistics.median(seconds)
    return Figure("P-calls-04", "one-call-answered", f"{median:.2f}s CPU", "<2s", median < 2)


def similar_among_many(chunks: int = 10_000, rounds: int = 5) -> Figure:
    """P-calls-05: calls near a text among so many chunks, filters and ranking in SQL; median."""
    per_call, day = 20, dt.date(2026, 11, 1)
    numbers = np.random.default_rng(7).standard_normal((chunks, 768)).astype(np.float32)
    calls = [f"call-{n:06}" for n in range(chunks // per_call)]
    vectors = pd.DataFrame(
        {
            "call_id": np.repeat(calls, per_call),
            "call_date": day,
            "chunk_index": np.tile(np.arange(per_call), len(calls)),
            "first_sentence": 0,
            "last_sentence": 1,
            "chunk_text": "words",
            "embedding": list(numbers),
            "model": local_embedding.MODEL,
            "text_hash": "x",
        }
    )
    staged = pd.DataFrame(
        {
            "call_id": calls,
            "call_date": day,
            "started": dt.datetime(2026, 11, 1, 9),
            "is_private": False,
            "content_hash": "x",
        }
    )
    filters = [None, None, None, None, None, 0.0, 100]
    model = local_embedding.MODEL
    asked = [model, "price too high for our budget", model, day, day, *filters]
    with tempfile.TemporaryDirectory() as folder:
        warehouse = DuckDBWarehouse(path=str(Path(folder) / "warehouse.duckdb"))
        with warehouse.session("benchmark") as db:
            db.append("gong.stg_gong_calls", staged)
            db.append("analytics.transcript_embeddings", vectors)
            seconds = []
            for _ in range(rounds):
                begun = time.perf_counter()
                found = db.query("calls/similar_to_text", asked)
                seconds.append(time.perf_counter() - begun)
    median = statistics.median(seconds)
    value = f"{median * 1000:.0f}ms (n={chunks} chunks)"
    return Figure(
        "P-calls-05", "similar-calls", value, "<500ms", median < 0.5 and len(found) == 100
    )


def _fill(warehouse: DuckDBWarehouse) -> None:
    calls = labelled_calls()
    day = dt.date(2026, 11, 1)
    staged = pd.DataFrame(
        [
            {
                "call_id": call.name,
                "call_date": day,
                "started": dt.datetime(2026, 11, 1, 9),
                "is_private": False,
                "scope": "External",
                "content_hash": "x",
            }
            for call in calls
        ]
    )
    rows = pd.DataFrame([call.row for call in calls])
    with warehouse.session("benchmark") as db:
        db.append("gong.stg_gong_calls", staged)
        db.append("analytics.call_analysis", rows)


def _show(home: Path, call: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-c", "from cs_assets.cli import main; main()", "calls", "show", call],
        env={"PATH": "/usr/bin:/bin", "CS_ASSETS_HOME": str(home), "HOME": str(home)},
        check=True,
        capture_output=True,
        timeout=PATIENCE,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


BY_ID = {
    "P-calls-01": agreement_figures,
    "P-calls-02": objections,
    "P-calls-03": speed,
    "P-calls-04": one_call_from_the_command_line,
    "P-calls-05": similar_among_many,
    "P-calls-10": speed,
    "P-calls-11": agreement_figures,
}
