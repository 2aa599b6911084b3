"""Sentiment against people: J-calls-02.

Three public sets, chosen before anything was fitted and used for no fitting: 3,000 service and
recommendation dialogues in which three or four people rated every turn of the user and the whole
(W. Sun et al., "Simulating User Satisfaction for the Evaluation of Task-oriented Dialogue Systems",
2021; ``sunnweiwei/user-satisfaction-simulation``). ``CS_ASSETS_JUDGE_DATA`` names a folder that
holds ``user-satisfaction-simulation/`` with its files; they are not ours to give.
"""

import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import rankdata

from cs_assets.ai.local_sentiment import sentences_of, sentiment
from cs_assets.calls.sentiment import Judged, of_call
from tests.figures import Figure, NotHere

SETS = {
    "MWOZ": "32b654c702828bbcef0d9b7b63c096c1b464037a2c4f957cf3d7ec620c6170c8",
    "SGD": "f417e17e39221a396a041bd10bee4f3e221a5834d2e32dcc7f813adb25d3bf39",
    "ReDial": "b875bc656ed2e7ca12dfd966e026b2393f86e6915e8fdaf1e287ac2eb1c1b0f2",
}
#: Mean rating, 1 to 5, up to which a turn or dialogue is called unhappy, and from which happy.
_UNHAPPY, _HAPPY = 2.5, 3.5


@dataclass(frozen=True)
class Dialogue:
    """What the user said, with the mean rating of each turn (where there is one) and of all."""

    turns: tuple[tuple[str, float | None], ...]
    rating: float


def folder() -> Path:
    """The folder of the public sets; raises ``NotHere`` without one."""
    named = os.environ.get("CS_ASSETS_JUDGE_DATA")
    if not named:
        raise NotHere("CS_ASSETS_JUDGE_DATA names no folder with the public sets")
    return Path(named) / "user-satisfaction-simulation"


@cache
def dialogues(name: str) -> tuple[Dialogue, ...]:
    """The rated dialogues of a set; raises ``NotHere`` when it is missing or another edition."""
    path = folder() / f"{name}.txt"
    if not path.is_file():
        raise NotHere(f"there is no {path.parent.name}/{path.name} in CS_ASSETS_JUDGE_DATA")
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != SETS[name]:
        raise NotHere(f"{path.name} is not the edition that the figure is made for (SHA-256)")
    read = (_dialogue(block) for block in data.decode("utf-8").split("\n\n"))
    return tuple(one for one in read if one is not None)


def _dialogue(block: str) -> Dialogue | None:
    turns: list[tuple[str, float | None]] = []
    rating = None
    for line in block.strip().splitlines():
        who, text, _, marks, *_ = [*line.split("\t"), "", "", ""]
        if who != "USER":
            continue
        rated = [int(mark) for mark in marks.split(",") if mark]
        mean = sum(rated) / len(rated) if rated else None
        if text.strip() == "OVERALL":
            rating = mean
        else:
            turns.append((text, mean))
    return Dialogue(tuple(turns), rating) if turns and rating is not None else None


def category(one: Dialogue) -> str:
    """What a call with these turns of the customer would be called."""
    said = [s for text, _ in one.turns for s in sentences_of(text) if s.count(" ") >= 2]
    found = [sentiment(text) for text in said]
    return of_call(
        [
            Judged(i, i, text, judged.category, judged.score)
            for i, (text, judged) in enumerate(zip(said, found, strict=True))
        ]
    ).category


def rated(one: Dialogue) -> str:
    """What people called it."""
    if one.rating <= _UNHAPPY:
        return "negative"
    return "positive" if one.rating >= _HAPPY else "neutral"


def area(is_wanted: Any, scores: Any) -> float:
    """Chance that a wanted one has a higher score than another (ties count half)."""
    wanted, ranks = np.asarray(is_wanted, dtype=bool), rankdata(scores)
    n, m = int(wanted.sum()), int((~wanted).sum())
    return float((ranks[wanted].sum() - n * (n + 1) / 2) / (n * m))


def areas(name: str) -> tuple[float, float]:
    """For unhappy turns: ours, and the bare VADER lexicon's."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    bare = SentimentIntensityAnalyzer()
    turns = [(text, mean) for one in dialogues(name) for text, mean in one.turns if mean]
    unhappy = [mean <= _UNHAPPY for _, mean in turns]
    ours = [-(sentiment(text).score or 0.0) for text, _ in turns]
    theirs = [-bare.polarity_scores(text)["compound"] for text, _ in turns]
    return area(unhappy, ours), area(unhappy, theirs)


def against_people() -> Figure:
    """J-calls-02 on the three sets."""
    told, excess, gains, found = [], 0.0, [], []
    dissatisfied = called_positive = 0
    for name in SETS:
        ours, bare = areas(name)
        found.append(ours)
        gains.append(ours - bare)
        all_of = dialogues(name)
        called, meant = Counter(map(category, all_of)), Counter(map(rated, all_of))
        worst = max(called, key=lambda label: called[label] - meant[label])
        most = (called[worst] - meant[worst]) / len(all_of)
        excess = max(excess, most)
        unhappy = [category(one) for one in all_of if rated(one) == "negative"]
        dissatisfied += len(unhappy)
        called_positive += unhappy.count("positive")
        told.append(
            f"{name}: AUC {ours:.3f} VADER {bare:.3f}, positive of dissatisfied "
            f"{unhappy.count('positive')} of {len(unhappy)}, most in excess {worst} {most:+.0%}"
        )
    share, mean = called_positive / dissatisfied, sum(found) / len(found)
    clear = sum(gain >= 0.05 for gain in gains)
    value = (
        f"dissatisfied called positive {share:.0%} n={dissatisfied}; largest excess {excess:.0%}; "
        f"AUC mean {mean:.3f}; beyond VADER by .05 on {clear} sets ({'; '.join(told)})"
    )
    passed = share <= 0.25 and excess <= 0.15 and mean >= 0.72 and clear >= 2
    target = "<=25%; <=15 points; AUC>=.72; +.05 on >=2"
    return Figure("J-calls-02", "sentiment against people", value, target, passed)


BY_ID = {"J-calls-02": against_people}


def figures() -> Iterator[Figure]:
    for make in BY_ID.values():
        yield make()
