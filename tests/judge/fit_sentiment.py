"""Fits the weights of words that ``cs_assets.ai.sentiment`` judges by, and writes them.

``python -m tests.judge.fit_sentiment FOLDER`` reads ``train.tsv`` and ``labels.txt`` of GoEmotions
(D. Demszky et al., "GoEmotions: A Dataset of Fine-Grained Emotions", 2020; Apache 2.0; as laid out
in ``monologg/GoEmotions-pytorch``, ``data/original``): 43,410 comments, each with emotions that
people heard in it. Two logistic regressions on words and pairs of words, blame against the rest and
praise against the rest, with a ridge penalty; solved by L-BFGS from zero, so the same everywhere up
to the last digits, which are rounded off. None of the sets that the result is measured on
(``tests/judge/sentiment_sets.py``) is read here.
"""

import csv
import hashlib
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from cs_assets.ai.sentiment.fitted import WEIGHTS_FILE, features

_TRAIN_SHA256 = "1c254a142be5c00e80d819b9ae1bbd36d94b2eeb8f4b1271846508d57e57d9c5"
_BLAME = frozenset(
    ("anger", "annoyance", "disappointment", "disapproval", "disgust", "sadness", "confusion",
     "embarrassment", "nervousness", "fear", "grief")
)  # fmt: skip
_PRAISE = frozenset(
    ("admiration", "approval", "excitement", "joy", "love", "optimism", "pride", "relief",
     "caring", "amusement")
)  # fmt: skip
#: Comments of others only; thanks are courtesy and teach nothing on the matter.
_NEITHER = frozenset({"neutral", "gratitude"})
_LEAST_COMMENTS = 5
_PENALTY = 20.0
#: Weights below this change nothing and are not kept.
_LEAST_WEIGHT = 0.03


def read(folder: Path) -> tuple[list[str], NDArray[np.int8]]:
    """The comments and -1 (blame), 1 (praise) or 0; those with both are left out."""
    data = (folder / "train.tsv").read_bytes()
    if (found := hashlib.sha256(data).hexdigest()) != _TRAIN_SHA256:
        raise SystemExit(f"train.tsv has SHA-256 {found}, not {_TRAIN_SHA256}")
    names = (folder / "labels.txt").read_text().split()
    texts, signs = [], []
    for line in data.decode().splitlines():
        text, numbers, _ = line.split("\t")
        felt = {names[int(number)] for number in numbers.split(",")}
        blame, praise = bool(felt & _BLAME), bool(felt & _PRAISE)
        if blame == praise and (blame or not felt & _NEITHER):
            continue
        texts.append(text)
        signs.append(praise - blame)
    return texts, np.array(signs, dtype=np.int8)


def fit(known: csr_matrix, wanted: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weights, the last of which is the intercept, of a logistic regression with a ridge."""
    signs = np.where(wanted, 1.0, -1.0)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = signs * (known @ weights[:-1] + weights[-1])
        slope = -signs / (1 + np.exp(margin))
        gradient = np.append(known.T @ slope, slope.sum())
        gradient[:-1] += _PENALTY * weights[:-1]
        penalty = _PENALTY / 2 * float(weights[:-1] @ weights[:-1])
        return float(np.logaddexp(0, -margin).sum()) + penalty, gradient

    start = np.zeros(known.shape[1] + 1)
    return minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500}).x


def main(folder: Path) -> None:
    texts, signs = read(folder)
    held = [set(features(text)) for text in texts]
    counted = Counter(feature for one in held for feature in one)
    names = sorted(f for f, n in counted.items() if n >= _LEAST_COMMENTS)
    place = {name: i for i, name in enumerate(names)}
    rows = [[place[f] for f in one if f in place] for one in held]
    known = csr_matrix(
        (
            np.ones(sum(map(len, rows))),
            [column for row in rows for column in row],
            np.cumsum([0, *map(len, rows)]),
        ),
        shape=(len(rows), len(names)),
    )
    blame, praise = fit(known, signs == -1), fit(known, signs == 1)
    with WEIGHTS_FILE.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["words", "blame", "praise"])
        out.writerow(["", f"{blame[-1]:.2f}", f"{praise[-1]:.2f}"])
        for name, b, p in zip(names, blame[:-1], praise[:-1], strict=True):
            if max(abs(b), abs(p)) >= _LEAST_WEIGHT:
                out.writerow([name, f"{b:.2f}", f"{p:.2f}"])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
