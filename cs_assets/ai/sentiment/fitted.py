"""Words and pairs of words with weights that were fitted on comments which people had labelled.

``tests/judge/fit_sentiment.py`` makes the file of weights and names its source. A text has the sum
of the weights of what stands in it, each once: log-odds of blame and of praise.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

WEIGHTS_FILE = Path(__file__).with_name("fitted_weights.csv")

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|[?!]")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'"})

#: What trades call their daily business; as words of feeling the comments have taught them wrongly.
_TERMS = """
    collection collections collector debt debts debtor issue issues issued issuing claim claims
    claimed war room risk risks fraud crime criminal abuse emergency critical severe death deaths
    died dead dying injury injuries injured patient patients sick disease cancer pain pains ticket
    tickets incident incidents alert alerts alarm alarms warning warnings penalty penalties fine
    fines charge charges charged discharge loss losses lost theft damage damages waste pest mold
    dirt dirty trash garbage shell gun guns attack attacks victim victims police prison court
    lawsuit dispute disputes complaint complaints complain refund refunds return returns default
    defaults overdue late arrears bankruptcy bankrupt divorce funeral burial hospital surgery drug
    drugs alcohol tobacco security secure support supports supported supporting value values share
    shares shared sharing credit credits interest interests demand demands engage engaged
    engagement engagements opportunity opportunities challenge challenges objection objections
    chance top lead leads free trust gross kill shoot shot shooting fire fired fires burn cut cuts
    lie lies low high cost costs price prices tax taxes rest party gift gifts winner win wins
    play player game games team teams movie women men woman man people kids trump god white black
    save hope welcome please thank thanks sorry hello hi bye excuse pardon"""
_NEUTRAL_TERMS = frozenset(_TERMS.split())


def words(text: str) -> list[str]:
    """Words, question and exclamation marks of a text in small letters and plain apostrophes."""
    return _WORD.findall(text)


def features(text: str) -> Iterator[str]:
    """The words of a text and the pairs of its neighbours."""
    found = words(text.lower().translate(_APOSTROPHES))
    yield from found
    for pair in pairwise(found):
        yield " ".join(pair)


@cache
def _weights() -> dict[str | tuple[str, str], complex]:
    """Weights by word, by pair of words, and of every text (``""``): blame, and praise beside it.

    One complex number holds both, so that a text is summed without a loop.
    """
    with WEIGHTS_FILE.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        return {_feature(name): complex(float(b), float(p)) for name, b, p in rows}


def _feature(name: str) -> str | tuple[str, str]:
    first, blank, second = name.partition(" ")
    return (first, second) if blank else name


def log_odds(found: Sequence[str], *, without_terms: bool = False) -> tuple[float, float]:
    """Log-odds of blame and of praise of a text of these ``words``, each word and pair once.

    ``without_terms`` leaves the words of daily business out: for a verdict, not for an order.
    """
    weights = _weights()
    seen: set[str | tuple[str, str]] = set(found)
    if without_terms:
        seen -= _NEUTRAL_TERMS
    seen.update(pairwise(found))
    both = sum(filter(None, map(weights.get, seen)), weights[""])
    return both.real, both.imag
