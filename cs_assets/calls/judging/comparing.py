"""A model's verdicts beside the rules', as rows that somebody can look at."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from cs_assets.calls.judging.by_model import words_hash
from cs_assets.calls.judging.judges import Case, Judge, Judged, JudgeRules, NotJudged, Verdict, side
from cs_assets.frames import records
from sql import catalog

#: Anchors of the rubric: 1 to 5.
LEVELS = 5
#: From here on a dimension may be shown to the person scored.
TRUSTED_KAPPA = 0.6


@dataclass(frozen=True, slots=True)
class Agreement:
    """Kappa (1 = same, 0 = as by chance), bias (second minus first, in levels) and the n."""

    kappa: float | None
    bias: float | None
    n: int

    @property
    def is_trusted(self) -> bool:
        return self.kappa is not None and self.kappa >= TRUSTED_KAPPA


def level(score: float) -> int:
    """The anchor that a score of 0 to 100 stands for: five equal bands."""
    return min(LEVELS, int(score // (100 / LEVELS)) + 1)


def weighted_kappa(first: Sequence[int], second: Sequence[int], levels: int = LEVELS) -> Agreement:
    """Agreement of two sequences of levels 1 to ``levels``, pair by pair.

    Kappa is ``None`` for no pairs, or when both always give one and the same level
    (chance alone would agree as well). Raises ``ValueError`` for unequal lengths.
    """
    pairs = list(zip(first, second, strict=True))
    n = len(pairs)
    if not n:
        return Agreement(None, None, 0)
    span = (levels - 1) ** 2
    observed = sum((a - b) ** 2 for a, b in pairs) / span / n
    expected = sum((a - b) ** 2 for a in first for b in second) / span / n**2
    bias = sum(b - a for a, b in pairs) / n
    return Agreement(None if expected == 0 else 1 - observed / expected, bias, n)


Compared = Literal["agrees", "differs", "model_only", "rules_only", "neither", "rejected"]

TABLE = "analytics.call_judgements"


@dataclass(frozen=True)
class Comparison:
    """Rows of ``analytics.call_judgements``, and what came of the calls."""

    rows: pd.DataFrame
    asked: int
    kept: int
    not_judged: Mapping[str, int]
    """Reasons for which calls have no verdicts (yet), with how many."""


def compare(
    cases: Sequence[Case], kept: pd.DataFrame, judge: Judge | None, rules: Judge, how: JudgeRules
) -> Comparison:
    """A row for each call and criterion that the model judged, with the rules' verdict beside it.

    ``kept``: rows of the table; those of the same words, model and version are not asked again.
    Others stay while their words do, until the model has judged the call (never, without one).
    """
    hashes = {case.call_id: words_hash(case) for case in cases}
    before = _of_same_words(kept, hashes)
    new = [c for c in cases if judge and not _is_from(judge, before.get(c.call_id, []))]
    found = judge.judge(new) if judge else {}
    judged = {call: one.verdicts for call, one in found.items() if isinstance(one, Judged)}
    wanted = [case for case in cases if case.call_id in before or case.call_id in judged]
    by_rules = rules.judge(wanted)
    rows: list[dict[str, Any]] = []
    for case in wanted:
        call, beside = case.call_id, by_rules[case.call_id]
        if call in judged and judge is not None:
            made = [_of_model(case, one, judge, hashes[call]) for one in judged[call]]
        else:
            made = before[call]
        rows += [_with_rules(row, beside, case, how) for row in made]
    reasons: dict[str, int] = {}
    for one in found.values():
        if isinstance(one, NotJudged):
            reasons[one.reason] = reasons.get(one.reason, 0) + 1
    frame = pd.DataFrame(rows, columns=catalog.table(TABLE).column_names)
    return Comparison(frame, len(judged), len(wanted) - len(judged), reasons)


def _of_same_words(
    kept: pd.DataFrame, hashes: Mapping[str, str]
) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in records(kept):
        if hashes.get(str(row["call_id"])) == row["words_hash"]:
            found.setdefault(str(row["call_id"]), []).append(row)
    return found


def _is_from(judge: Judge, rows: Sequence[Mapping[str, Any]]) -> bool:
    made = {(row["model"], row["judge_version"]) for row in rows}
    return made == {(judge.name, judge.version)}


def _of_model(case: Case, one: Verdict, judge: Judge, words: str) -> dict[str, Any]:
    return {
        "call_id": case.call_id,
        "call_date": case.call_date,
        "dimension": one.dimension,
        "criterion": one.criterion,
        "share": one.share,
        "reason": one.reason or None,
        **_quoted("", case, one.position),
        "rejected": one.rejected,
        "model": judge.name,
        "judge_version": judge.version,
        "words_hash": words,
    }


def _with_rules(
    row: Mapping[str, Any], beside: Judged | NotJudged, case: Case, how: JudgeRules
) -> dict[str, Any]:
    theirs = None
    if isinstance(beside, Judged):
        theirs = next(v for v in beside.verdicts if v.criterion == row["criterion"])
    share = theirs.share if theirs else None
    quoted = _quoted("rules_", case, theirs.position if theirs and share is not None else None)
    said = None if share is None or theirs is None else theirs.reason
    return {
        **row,
        "rules_share": share,
        "rules_reason": said,
        "rules_sentence_index": quoted["rules_sentence_index"],
        "rules_quote": quoted["rules_quote"],
        "compared": compared(row["share"], share, row["rejected"], how.differs_from),
    }


def _quoted(prefix: str, case: Case, position: int | None) -> dict[str, Any]:
    sentence = None if position is None else case.transcript.sentences[position]
    return {
        f"{prefix}sentence_index": sentence.index if sentence else None,
        f"{prefix}start_ms": sentence.start_ms if sentence else None,
        f"{prefix}speaker": None if position is None else side(case.transcript, position),
        f"{prefix}quote": sentence.text if sentence else None,
    }


def compared(model: float | None, rules: float | None, rejected: Any, differs: float) -> Compared:
    """How two shares stand to each other; nothing is said of a verdict that was rejected."""
    has_model, has_rules = not pd.isna(model), not pd.isna(rules)
    if rejected is not None and not pd.isna(rejected):
        return "rejected"
    if model is not None and rules is not None and has_model and has_rules:
        return "differs" if abs(model - rules) >= differs else "agrees"
    if has_model:
        return "model_only"
    return "rules_only" if has_rules else "neither"


def agreement_by_dimension(rows: pd.DataFrame) -> dict[str, Agreement]:
    """Weighted kappa of the two judges over the criteria that both judged, by dimension.

    ``rows``: of the table; columns ``dimension``, ``share``, ``rules_share``, ``compared``.
    """
    both = rows[rows["compared"].isin(["agrees", "differs"])]
    return {
        str(dimension): weighted_kappa(_levels(one["rules_share"]), _levels(one["share"]))
        for dimension, one in both.groupby("dimension", sort=True)
    }


def _levels(shares: Iterable[float]) -> list[int]:
    return [level(100 * share) for share in shares]
