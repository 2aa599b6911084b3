"""Which behaviours go with deals that were won against those that were lost.

One deal is one observation, however many calls it had: calls of one deal are alike. Compared is the
mean of a behaviour over a deal's calls (``statistics.welch``), with its interval. Over all
behaviours the share of false findings is held (``statistics.false_discovery``). What goes with
winning need not be its cause, and that is said with it.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from cs_assets.calls.scoring.rubric import DIMENSIONS, Rubric
from cs_assets.config.deals import ended
from cs_assets.frames import number_or_none, records, text_or_none
from cs_assets.statistics.false_discovery import adjusted
from cs_assets.statistics.welch import Difference, difference

Verdict = Literal[
    "more in won", "more in lost", "no difference found", "too few deals", "no spread to judge by"
]  # fmt: skip

#: Deals of each kind, with a call in which the behaviour could show, for anything to be said.
LEAST_DEALS = 10
#: Share of findings that may be false.
_FALSE_SHARE = 0.05
#: What is measured of a call beside its criteria, as a share of 1 or a count.
_MEASURED = {
    "talk_ratio": "rep's share of speech",
    "question_count": "questions by the rep",
    "longest_monologue_seconds": "longest run of the rep, in seconds",
}


@dataclass(frozen=True, slots=True)
class Pattern:
    """One behaviour: its mean over won and over lost deals, and how sure the difference is.

    ``low`` and ``high``: 95 % interval of ``difference`` (won less lost). All are missing where
    there are too few deals.
    """

    behaviour: str
    label: str
    won: int
    lost: int
    mean_won: float | None
    mean_lost: float | None
    difference: float | None
    low: float | None
    high: float | None
    q_value: float | None
    verdict: Verdict

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def patterns(rows: pd.DataFrame, outcomes: Mapping[str, str], rubric: Rubric) -> list[Pattern]:
    """Every behaviour, what was found first.

    ``rows``: of ``calls/list_calls``; ``outcomes``: by deal, ``won`` or ``lost``; others do not
    count.
    """
    by_deal = _means_by_deal(rows, outcomes)
    named = list(_behaviours(rubric))
    groups = [_groups(by_deal.get(behaviour, {}), outcomes) for behaviour, _ in named]
    tests = [
        difference(won, lost) if min(len(won), len(lost)) >= LEAST_DEALS else None
        for won, lost in groups
    ]
    p_values = [math.nan if test is None else test.p_value for test in tests]
    q_values = adjusted(np.array(p_values, dtype=float))
    found = [
        _pattern(name, label, *group, test, q)
        for (name, label), group, test, q in zip(named, groups, tests, q_values, strict=True)
    ]
    return sorted(found, key=lambda p: (p.q_value is None, p.q_value or 0.0, p.behaviour))


def _behaviours(rubric: Rubric) -> Iterator[tuple[str, str]]:
    for dimension in DIMENSIONS:
        for key, rules in rubric.dimensions[dimension].criteria.items():
            yield f"{dimension}.{key}", rules.label
    yield from _MEASURED.items()
    yield "next_step", "a next step"


def _means_by_deal(rows: pd.DataFrame, outcomes: Mapping[str, str]) -> dict[str, dict[str, float]]:
    """By behaviour and deal: the mean over the deal's calls that gave a chance to show it."""
    heard: dict[str, dict[str, list[float]]] = {}
    for row in records(rows):
        deal = text_or_none(row["hubspot_deal_id"])
        if row["status"] != "scored" or deal is None or deal not in outcomes:
            continue
        for behaviour, value in _of_call(row):
            heard.setdefault(behaviour, {}).setdefault(deal, []).append(value)
    return {
        behaviour: {deal: math.fsum(values) / len(values) for deal, values in deals.items()}
        for behaviour, deals in heard.items()
    }


def _of_call(row: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for dimension, told in json.loads(row["evidence"]).items():
        for key, share in told["criteria"].items():
            if share is not None:
                yield f"{dimension}.{key}", float(share)
    for name in _MEASURED:
        if (value := number_or_none(row[name])) is not None:
            yield name, value
    yield "next_step", float(text_or_none(row["next_step"]) is not None)


def _groups(
    by_deal: Mapping[str, float], outcomes: Mapping[str, str]
) -> tuple[list[float], list[float]]:
    won = [value for deal, value in by_deal.items() if outcomes[deal] == "won"]
    lost = [value for deal, value in by_deal.items() if outcomes[deal] == "lost"]
    return won, lost


def _pattern(
    behaviour: str,
    label: str,
    won: Sequence[float],
    lost: Sequence[float],
    test: Difference | None,
    q_value: float,
) -> Pattern:
    if test is None:
        few = min(len(won), len(lost)) < LEAST_DEALS
        why: Verdict = "too few deals" if few else "no spread to judge by"
        return Pattern(behaviour, label, len(won), len(lost), *(None,) * 6, why)
    verdict: Verdict = "no difference found"
    if q_value <= _FALSE_SHARE:
        verdict = "more in won" if test.mean > 0 else "more in lost"
    means = float(np.mean(won)), float(np.mean(lost))
    return Pattern(
        behaviour,
        label,
        len(won),
        len(lost),
        *means,
        test.mean,
        test.low,
        test.high,
        float(q_value),
        verdict,
    )


def outcomes(deals: pd.DataFrame) -> dict[str, str]:
    """Deals that ended, by id: ``won`` or ``lost``; rows of ``calls/deals_now``."""
    stages = deals[["deal_id", "deal_stage"]].itertuples(index=False)
    return {str(deal): how for deal, stage in stages if (how := ended(str(stage)))}
