"""Fits the weights by which ``calls.obstacle_kinds`` tells an obstacle's kind, and writes them.

``python -m tests.judge.fit_obstacle_kinds WHEEL`` reads the word vectors of WordLlama 0.4 (by
L. Miller, MIT licence) out of its wheel as the package index has it: vectors of parts of words and
how words are cut into parts. Learned from are the objections among the single lines that may be
chosen on and of such talks: a multinomial logistic regression with a ridge penalty on the mean of
the vectors of a sentence, of our turn before it and on the signs of ``obstacles``, solved by L-BFGS
from zero. A linear head on a mean is a sum over words, so what is written is one weight for each
word and kind.
"""

import csv
import hashlib
import json
import re
import struct
import sys
import zipfile
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from cs_assets import config
from cs_assets.ai.sentiment import fitted
from cs_assets.calls import obstacle_kinds as head
from cs_assets.calls.scoring.rubric import Taxonomy
from cs_assets.calls.transcript import lowered
from tests.judge.talks import talks

_FILES = ("lines.txt", "more_lines.txt")
_FOLDER = Path(__file__).parent / "labelled"
_WHEEL_SHA256 = "42c2c88907ace0b0681ac6f9092d6a300a6409a5d2d61071a3fb5e7159370c97"
#: Finer names of the labels, and the kind of the taxonomy that they belong to.
_KINDS = {
    "adoption": "status_quo", "experience": "trust", "fit": "need", "refusal": "other",
    "legal": "contract",
}  # fmt: skip
_RIDGE = 2.0
#: What a vector and a sign weigh against the penalty.
_OF_WORDS, _OF_SIGNS = 3.0, 0.7
_FOLDS = 10
_LONGEST = 16
Matrix = npt.NDArray[np.float64]


class Line(NamedTuple):
    """An objection: the customer's words, ours before it, its kind."""

    text: str
    before: str
    kind: str


class Vectors:
    """A vector for a word: the sum of those of its parts, long ones shortened."""

    def __init__(self, wheel: Path) -> None:
        data = wheel.read_bytes()
        if (found := hashlib.sha256(data).hexdigest()) != _WHEEL_SHA256:
            raise SystemExit(f"{wheel.name} has SHA-256 {found}, not {_WHEEL_SHA256}")
        with zipfile.ZipFile(wheel) as archive:
            raw = archive.read("wordllama/weights/l2_supercat_256.safetensors")
            cut = json.loads(archive.read("wordllama/tokenizers/l2_supercat_tokenizer_config.json"))
        begin = 8 + struct.unpack("<Q", raw[:8])[0]
        shape = json.loads(raw[8:begin])["embedding.weight"]["shape"]
        self._rows = np.frombuffer(raw[begin:], dtype=np.float16).reshape(shape).astype(np.float64)
        self._number: dict[str, int] = cut["model"]["vocab"]
        pairs = (m.split(" ") if isinstance(m, str) else m for m in cut["model"]["merges"])
        self._rank = {(first, second): rank for rank, (first, second) in enumerate(pairs)}
        self.of = cache(self._of)

    def whole_words(self) -> Iterator[str]:
        """Words that are one part."""
        for part in self._number:
            if re.fullmatch("\N{LOWER ONE EIGHTH BLOCK}[a-z]{2,}", part):
                yield part[1:]

    def _of(self, word: str) -> Matrix:
        parts = ["\N{LOWER ONE EIGHTH BLOCK}", *word]
        while len(parts) > 1:  # the pair that was joined first in training is joined first
            ranks = [self._rank.get((a, b), len(self._rank)) for a, b in pairwise(parts)]
            place = int(np.argmin(ranks))
            if ranks[place] == len(self._rank):
                break
            parts[place : place + 2] = [parts[place] + parts[place + 1]]
        numbers = [self._number[part] for part in parts if part in self._number]
        total: Matrix = self._rows[numbers].sum(axis=0)
        return total / (np.linalg.norm(total) ** 0.5 + 1e-6)

    def mean(self, text: str) -> Matrix:
        said = head.words(text)
        return np.mean([self.of(w) for w in said], axis=0) if said else 0 * self._rows[0]


def lines() -> Iterator[Line]:
    """The objections that may be learned from, brush-offs left out."""
    rows = (row for name in _FILES for row in (_FOLDER / name).read_text("utf-8").splitlines())
    for row in rows:
        if not row.startswith("#") and " | obj:" in row:
            ours, theirs, label = (part.strip() for part in row.split(" | "))
            yield from _line(theirs, ours, label)
    for talk in talks():
        if not talk.is_for_choosing:
            continue
        turns = talk.transcript.turns
        for line in talk.lines:
            turn = talk.transcript.turn_of[line.first]
            before = talk.transcript.lowered_turn(turns[turn - 1]) if turn else ""
            said = " ".join(talk.transcript.lowered[line.first : line.last + 1])
            if label := line.of("obj"):
                yield from _line(said, before, label)


def _line(text: str, before: str, label: str) -> Iterator[Line]:
    kind = label.split(":")[1]
    if kind != "brush_off":
        yield Line(lowered(text), lowered(before), _KINDS.get(kind, kind))


def fit(rows: Matrix, kinds: Sequence[int], most: int) -> Matrix:
    """Weights by feature and kind, the last row of which is the intercept."""
    truth, width = np.eye(most)[list(kinds)], rows.shape[1]

    def loss(flat: Matrix) -> tuple[float, Matrix]:
        weights = flat.reshape(width + 1, most)
        share = _shares(rows, weights)
        slope = np.vstack(
            [rows.T @ (share - truth) + _RIDGE * weights[:-1], (share - truth).sum(axis=0)]
        )
        value = -np.log((share * truth).sum(axis=1) + 1e-12).sum()
        return float(value + _RIDGE / 2 * (weights[:-1] ** 2).sum()), slope.ravel()

    start = np.zeros((width + 1) * most)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    weights: Matrix = found.reshape(width + 1, most)
    return weights


def _shares(rows: Matrix, weights: Matrix) -> Matrix:
    logits = rows @ weights[:-1] + weights[-1]
    grown = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Matrix = grown / grown.sum(axis=1, keepdims=True)
    return shares


def _tell(rows: Matrix, kinds: list[int], named: list[bool], most: int) -> None:
    """How the head does on tenths of the lines that it was not fitted on."""
    told, right, n = 0, 0, 0
    for fold in range(_FOLDS):
        inside = [i for i in range(len(kinds)) if i % _FOLDS != fold]
        weights = fit(rows[inside], [kinds[i] for i in inside], most)
        for i in (i for i in range(fold, len(kinds), _FOLDS) if not named[i]):
            share = _shares(rows[i : i + 1], weights)[0]
            n += 1
            told += share.max() >= head.CLEAR
            right += share.max() >= head.CLEAR and int(share.argmax()) == kinds[i]
    print(f"{len(kinds)} objections, {n} that no cue names; left out: {right} right of {told} told")


def main(wheel: Path) -> None:
    vectors, taxonomy = Vectors(wheel), config.load("objections.yaml", Taxonomy)
    names = [name for name, rules in taxonomy.kinds.items() if not rules.is_brush_off]
    signs = sorted(name for name in taxonomy.obstacles.signs if not name.startswith("our "))
    found = list(lines())
    heard = [taxonomy.heard_in(line.text) for line in found]
    rows = np.array(
        [
            [
                *(_OF_WORDS * (vectors.mean(line.text) + head.BEFORE * vectors.mean(line.before))),
                *(_OF_SIGNS * (sign in one.signs) for sign in signs),
            ]
            for line, one in zip(found, heard, strict=True)
        ]
    )
    kinds = [names.index(line.kind) for line in found]
    _tell(rows, kinds, [one.kind is not None for one in heard], len(names))
    weights = fit(rows, kinds, len(names))
    _write(vectors, names, signs, weights, found)


def _write(
    vectors: Vectors, names: list[str], signs: list[str], weights: Matrix, found: list[Line]
) -> None:
    width = len(weights) - 1 - len(signs)
    said = {w for line in found for w in head.words(line.text)}
    with fitted.WEIGHTS_FILE.open(encoding="utf-8", newline="") as file:
        common = {row[0] for row in csv.reader(file) if head.words(row[0]) == [row[0]]}
    known = sorted(w for w in said | common | set(vectors.whole_words()) if len(w) <= _LONGEST)
    with head.WEIGHTS_FILE.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["words", *names])
        out.writerow(["", *_rounded(weights[-1])])
        for name, row in zip(signs, _OF_SIGNS * weights[width:-1], strict=True):
            out.writerow([head.SIGN + name, *_rounded(row)])
        for word in known:
            row = _rounded(_OF_WORDS * vectors.of(word) @ weights[:width])
            if max(map(abs, row)) >= _LEAST:
                out.writerow([word, *row])


#: Words that tell less than this, in units, are not kept.
_LEAST = 30


def _rounded(row: Matrix) -> list[int]:
    return [round(float(one) / head.UNIT) for one in row]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
