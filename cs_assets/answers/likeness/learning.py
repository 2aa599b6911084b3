"""Teaches the reader by likeness: examples of ``phrasings.yaml``, and ``learnt.npz`` from them.

    python -m cs_assets.answers.likeness.learning

Softmax regression over features of a text with a quadratic penalty (maximum a posteriori under a
normal prior), by L-BFGS. The examples are drawn with a fixed seed.
"""

import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from cs_assets.answers import vocabulary
from cs_assets.answers.likeness import grammar, spoken
from cs_assets.answers.likeness.figure_names import Name, named
from cs_assets.answers.likeness.grammar import Frame
from cs_assets.answers.likeness.model import NONE, PLACE, features
from cs_assets.answers.likeness.spoken import SIGN
from cs_assets.answers.metrics import METRICS
from cs_assets.answers.questions import QUESTIONS
from cs_assets.answers.wording import folded, words

_SEED = 7
_OF_FRAME, _SHARE_AROUND, _SHARE_LOST = 44, 0.45, 0.06
_PENALTY, _FEWEST, _STEPS = 1e-6, 4, 90
_PLACES = frozenset(["CUSTOMER", "REP", "CALL", "ACCOUNT", "WEEK", "DAYS", "SPAN", "NUMBER"])
_ORDERS = {
    "TOP": [
        "highest",
        "most",
        "top",
        "largest",
        "biggest",
        "greatest",
        "maximum",
        "best",
        "strongest",
        "leading",
    ],
    "LOW": [
        "lowest",
        "least",
        "fewest",
        "smallest",
        "bottom",
        "minimum",
        "worst",
        "weakest",
        "lowest",
        "poorest",
    ],
}
_NAMED = frozenset((*_PLACES, *_ORDERS, "SIGNAL", "METRIC"))
_GAP = "..."

Example = tuple[list[str], str]
Figures = Mapping[str, Sequence[tuple[str, Name]]]


def figure_names() -> dict[str, list[list[list[str]]]]:
    """By figure its names, each as parts of stems; a name belongs to the first that has it."""
    found: dict[str, list[list[list[str]]]] = {key: [] for key in METRICS}
    seen: set[str] = set()
    for key, one in METRICS.items():
        for name in (*one.phrases, one.label, *grammar.read().figures[key]):
            parts = [_stems(part) for part in name.split(_GAP)]
            if str(parts) not in seen and all(parts):
                seen.add(str(parts))
                found[key].append(parts)
    return found


def _stems(text: str) -> list[str]:
    return spoken.stems(words(folded(text)).split())


def by_first(names: Mapping[str, Sequence[Sequence[Sequence[str]]]]) -> Figures:
    """Names of figures by their first stem."""
    found: dict[str, list[tuple[str, Name]]] = {}
    for key, several in names.items():
        for name in several:
            found.setdefault(name[0][0], []).append((key, tuple(tuple(one) for one in name)))
    return found


def examples(
    frames: Mapping[str, Sequence[Frame]], of_frame: int, *, bare: bool = False
) -> Iterator[Example]:
    """Texts of each frame as stems with their question; unless ``bare``, some with what is said
    around and without some of their words.
    """
    rng = random.Random(_SEED)  # noqa: S311 - examples, no secrets
    before, after = grammar.around()
    for question, several in frames.items():
        for frame in several:
            for _ in range(of_frame // 2 if question == NONE else of_frame):
                text = [*_filled(grammar.said(frame, rng), rng)]
                for place, around in ((0, before), (len(text), after)):
                    if not bare and rng.random() < _SHARE_AROUND:
                        at = place and len(text)
                        text[at:at] = _filled(grammar.said(rng.choice(around), rng), rng)
                stems = spoken.stems(text)
                yield (
                    [one for one in stems if bare or one[0] == SIGN or rng.random() >= _SHARE_LOST],
                    question,
                )


def _filled(text: Iterable[str], rng: random.Random) -> Iterator[str]:
    """Words for what stands for some, signs for names and times."""
    figures = grammar.read().figures
    for one in text:
        if one in _PLACES:
            # Accounts are often called as their customers are.
            is_customer = one == "ACCOUNT" and rng.random() < 0.3
            yield SIGN + ("customer" if is_customer else one.lower())
        elif one in _ORDERS:
            yield rng.choice(_ORDERS[one])
        elif one == "SIGNAL":
            phrases = vocabulary.listed("signal")
            yield from rng.choice(sorted(phrases[rng.choice(sorted(phrases))]))
        elif one == "METRIC":
            names = figures[rng.choice(sorted(figures))]
            yield from rng.choice([name for name in names if _GAP not in name]).split()
        else:
            yield one


def taught(
    given: Sequence[Example], labels: Sequence[str], figures: Figures
) -> tuple[list[str], npt.NDArray[Any], npt.NDArray[Any]]:
    """Features, their weights by label, and the bias of each label."""
    seen = [features(stems, named(stems, figures)) for stems, _ in given]
    count = Counter(one for each in seen for one in each)
    kept = sorted(one for one, times in count.items() if times >= _FEWEST)
    table = _table(seen, {one: at for at, one in enumerate(kept)})
    of = np.array([labels.index(question) for _, question in given])
    n, k, d = len(given), len(labels), len(kept)
    share = 1.0 / np.bincount(of, minlength=k)[of]
    share /= share.sum()
    hit = np.zeros((n, k))
    hit[np.arange(n), of] = 1.0

    def loss(flat: npt.NDArray[Any]) -> tuple[float, npt.NDArray[Any]]:
        weights, bias = flat[: d * k].reshape(d, k), flat[d * k :]
        scores = table @ weights + bias
        scores -= scores.max(axis=1, keepdims=True)
        powers = np.exp(scores)
        sums = powers.sum(axis=1, keepdims=True)
        lost = -(share * (scores[np.arange(n), of] - np.log(sums[:, 0]))).sum()
        slope = (powers / sums - hit) * share[:, None]
        rise = (table.T @ slope + _PENALTY * weights).ravel()
        total = lost + _PENALTY / 2 * float((weights * weights).sum())
        return float(total), np.concatenate([rise, slope.sum(axis=0)])

    best = minimize(
        loss, np.zeros(d * k + k), jac=True, method="L-BFGS-B", options={"maxiter": _STEPS}
    )
    return kept, best.x[: d * k].reshape(d, k), best.x[d * k :]


def _table(seen: Sequence[Counter[str]], places: Mapping[str, int]) -> csr_matrix:
    starts, columns, values = [0], [], []
    for each in seen:
        found = [places[one] for one in each if one in places]
        columns += found
        values += [1.0 / max(1, len(each)) ** 0.5] * len(found)
        starts.append(len(columns))
    return csr_matrix((values, columns, starts), shape=(len(seen), len(places)))


def _spelt(frames: Mapping[str, Sequence[Frame]]) -> set[str]:
    """Every word that a phrasing or the name of a figure can have."""
    around = [one for several in grammar.around() for one in several]
    found = {w for one in chain(around, *frames.values()) for w in grammar.words_of(one)}
    figures = grammar.read().figures.values()
    return {w for w in found if w.isalpha() and w.islower()} | {
        w for names in figures for name in names for w in name.split() if w.isalpha()
    }


def _known(frames: Mapping[str, Sequence[Frame]]) -> dict[str, set[str]]:
    return {
        key: {
            one
            for frame in several
            for one in spoken.stems(w for w in grammar.words_of(frame) if w not in _NAMED)
        }
        for key, several in frames.items()
    }


def _pairs(given: Iterable[Example], limits: set[str], figures: Figures) -> dict[str, set[str]]:
    """By question, the words that may change what is asked with the word that follows them, but for
    those within the name of a figure.
    """
    found: dict[str, set[str]] = {}
    for stems, question in given:
        within = {place for one in named(stems, figures) for place in one.places}
        for at, (one, other) in enumerate(zip(stems, [*stems[1:], ">"], strict=True)):
            if one in limits and at not in within:
                found.setdefault(question, set()).add(f"{one} {other}")
    return found


def _stemmed(frame: Frame) -> Frame:
    """A frame with its words as stems."""
    stemmed: Frame = []
    for one in frame:
        if isinstance(one, str):
            stemmed += [SIGN + one.lower()] if one in _PLACES else spoken.stems([one])
        else:
            stemmed.append([_stemmed(option) for option in one])
    return stemmed


def write() -> None:
    """Make ``learnt.npz`` anew."""
    frames = grammar.of_questions()
    labels = [*frames]
    names = figure_names()
    given = list(examples(frames, _OF_FRAME))
    kept, weights, bias = taught(given, labels, by_first(names))
    strong = np.abs(weights).max(axis=1) > 0.3
    known = _known(frames)
    answered = set().union(*(known[key] for key in labels if key != NONE))
    limits = set(spoken.stems(grammar.read().limits.replace(",", " ").split()))
    sure = examples({key: frames[key] for key in labels if key != NONE}, 4 * _OF_FRAME, bare=True)
    before, after = grammar.around()
    around = set(spoken.stems(w for one in (*before, *after) for w in grammar.words_of(one)))
    plain = {one for phrase in vocabulary.plain() for one in phrase}
    told = {
        "labels": labels,
        "features": [one for one, is_kept in zip(kept, strong, strict=True) if is_kept],
        "known": {key: sorted(known[key]) for key in labels},
        "foreign": sorted(known[NONE] - answered - around - plain),
        "limits": sorted(limits),
        "effects": sorted({_stems(one)[0] for one in grammar.read().effects.split(",")}),
        "pairs": {key: sorted(ones) for key, ones in _pairs(sure, limits, by_first(names)).items()},
        "before": [_stemmed(one) for one in before],
        "after": [_stemmed(one) for one in after],
        "figures": names,
        "words": sorted(_spelt(frames)),
        "digest": digest(),
    }
    np.savez_compressed(
        PLACE,
        words=np.frombuffer(json.dumps(told).encode(), dtype=np.uint8),
        weights=weights[strong].astype(np.float16),
        bias=bias.astype(np.float16),
    )


def digest() -> str:
    """Of what is learnt from."""
    text = (
        grammar.PLACE.read_bytes()
        + repr(
            ([one.phrases for one in METRICS.values()], [one.phrasings for one in QUESTIONS])
        ).encode()
    )
    return hashlib.sha256(text).hexdigest()


if __name__ == "__main__":
    write()
