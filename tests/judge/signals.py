"""Signals of calls against labels: J-calls-07.

``labelled/signals.tsv`` holds kind, side, what the rep had said before, and the sentence: 161 were
written before there was a rule, 48, 36 and 59 more after it, each part judged once before the rules
were mended with it (``docs/scoring.md`` says how that went). ``none`` marks near misses; the last
part is on wishes for more and their opposite, and on who lost trust in whom.
"""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from cs_assets import config
from cs_assets.calls.signals import KINDS, SignalRules, of_sentence
from cs_assets.calls.transcript import lowered
from tests.figures import Figure
from tests.judge.talks import talks

_FILE = Path(__file__).parent / "labelled/signals.tsv"


@cache
def rules() -> SignalRules:
    return config.load("signals.yaml", SignalRules)


def labelled() -> Iterator[tuple[str, bool, str]]:
    """Label, whether the customer says it, and the sentence."""
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        kind, side, _, sentence = line.split("\t")
        yield kind, side == "C", sentence


def counts() -> Counter[tuple[str, str]]:
    """Labelled, called and right by kind; and the lines of the labelled talks for churn."""
    n: Counter[tuple[str, str]] = Counter()
    for label, is_customer, sentence in labelled():
        heard = set(of_sentence(lowered(sentence), rules())) if is_customer else set()
        for kind in KINDS:
            _count(n, kind, labelled=label == kind, called=kind in heard)
        n["near", "misses"] += label == "none"
    for one in talks():
        sides, text = one.transcript.sides, one.transcript.lowered
        for line in one.lines:
            said = [p for p in range(line.first, line.last + 1) if sides[p] == "customer"]
            heard = {kind for p in said for kind in of_sentence(text[p], rules())}
            _count(n, "churn", labelled=line.has("churn"), called="churn" in heard)
    return n


def _count(n: Counter[tuple[str, str]], kind: str, *, labelled: bool, called: bool) -> None:
    n[kind, "labelled"] += labelled
    n[kind, "called"] += called
    n[kind, "right"] += labelled and called


def signals_heard() -> Figure:
    """J-calls-07: precision and recall of each kind, churn with a target."""
    n = counts()
    told = []
    for kind in KINDS:
        precision = n[kind, "right"] / max(1, n[kind, "called"])
        recall = n[kind, "right"] / max(1, n[kind, "labelled"])
        told.append(f"{kind} P {precision:.2f} R {recall:.2f} n={n[kind, 'labelled']}")
        if kind == "churn":
            passed = precision >= 0.9 and recall >= 0.75 and n[kind, "labelled"] >= 40
        if kind == "expansion":
            wishes = precision >= 0.9 and recall >= 0.75
    value = f"{'; '.join(told)}; near misses {n['near', 'misses']}"
    target = "churn P>=.90 R>=.75 n>=40, expansion P>=.90 R>=.75, >=40 near misses"
    passed = passed and wishes and n["near", "misses"] >= 40
    return Figure("J-calls-07", "signals heard", value, target, passed)


BY_ID = {"J-calls-07": signals_heard}


def figures() -> Iterator[Figure]:
    for make in BY_ID.values():
        yield make()
