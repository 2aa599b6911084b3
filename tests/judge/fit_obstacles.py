"""Fits the weights of ``obstacles`` in ``objections.yaml`` on the talks that may be chosen on.

``python -m tests.judge.fit_obstacles`` prints the weights as YAML, and how a model that was fitted
without a fifth of the talks does on that fifth. ``labelled/lines.txt`` and ``more_lines.txt`` hold
single exchanges (our words, the customer's, label) beside the talks. What follows an objection
within two turns is left out: there the customer goes on about it.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from cs_assets import config
from cs_assets.calls import obstacles
from cs_assets.calls.scoring.rubric import Rubric, Taxonomy
from cs_assets.calls.transcript import Transcript
from tests.calls.labelled_calls import LabelledCall, labelled_calls
from tests.judge.talks import Talk, parse, talks

_LINES = Path(__file__).parent / "labelled" / "lines.txt"
_RIDGE = 2.0
_ROUNDS = 3
_GOES_ON = 2
_MORE_LINES = _LINES.with_name("more_lines.txt")
#: What a sentence counts, where not 1: those of the long calls are many and of one make; of the
#: second file of single lines far more are objections than of what is said in calls.
_OF_LONG_CALLS, _OF_MORE_OBJECTIONS, _OF_MORE_NEAR = 0.6, 0.2, 0.5
#: Signs that say more together.
PAIRS = (
    "neg&it neg&you cant&we wont&staff wont&we money&degree money&neg authority&must "
    "authority&neg already&we past bad&it other vendor&you tech&neg legal&neg we&rather degree&we "
    "busy&neg fit&neg fear&we question&you hard&we cond&neg after question&neg after question&but "
    "after question&fear after question&degree after question&must after question&already "
    "after question&money after offer&neg after offer&we after offer&but after offer&staff "
    "after echo&neg yours vs&degree nobody here&staff contrast&neg contrast&tech after "
    "offer&contrast "
    "after offer&no fit after concern&neg after concern&no start after concern&nochance pos "
    "after concern&answer start after closing&neg after closing&no start after "
    "closing&nochance pos after closing&answer start after closing&must after closing&but "
    "after closing&money after invitation&neg after invitation&no start after "
    "invitation&nochance pos after invitation&answer start after invitation&we after "
    "invitation&but after invitation&degree"
)
#: Ends of a name of which the next word is part.
_GOES_ON_WITH = ("past", "other", "yours", "nobody", "after", "&no", "&nochance", "&answer")
Example = tuple[str, bool, list[frozenset[str]]]


def pairs() -> list[str]:
    """The pairs above; their names hold blanks."""
    found, name = [], ""
    for word in PAIRS.split():
        name = f"{name} {word}".strip()
        if "&" in name and not name.endswith(_GOES_ON_WITH):
            found.append(name)
            name = ""
    return found


@cache
def _rubric() -> Rubric:
    return config.load("coaching_rubric.yaml", Rubric)


def examples(taxonomy: Taxonomy) -> Iterator[Example]:
    """Name, whether it is an objection, and the signs of each sentence of a customer's line."""
    for name, path in (("line", _LINES), ("more", _MORE_LINES)):
        singles = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(line for line in singles if not line.startswith("#")):
            ours, theirs, label = (part.strip() for part in line.split(" | "))
            said = f"R: {ours}\nC: {theirs} {{{label}}}\n"
            yield from _of_talk(parse(f"{name}-{number} | demo | 2026-03-03\n{said}"), taxonomy)
    for one in talks():
        if one.is_for_choosing:
            yield from _of_talk(one, taxonomy)
    for call in labelled_calls():
        yield from _of_call(call, taxonomy)


def _of_call(call: LabelledCall, taxonomy: Taxonomy) -> Iterator[Example]:
    """Of a long call the kinds are labelled, not the places: those that are named count."""
    transcript = call.transcript
    said = [taxonomy.heard_in(text) for text in transcript.lowered]
    cues = [_rubric().cues_in(text) for text in transcript.lowered]
    kinds = {kind for kind, _ in call.objections}
    turn_of, named = transcript.turn_of, set()
    for position in transcript.positions("customer"):
        if said[position].kind in kinds:
            named.add(turn_of[position])
            yield call.name, True, [obstacles.signs(transcript, said, position, cues)]
    for position in transcript.positions("customer"):
        near = any(0 <= turn_of[position] - other <= 2 * _GOES_ON for other in named)
        if said[position].kind not in kinds and not near:
            yield call.name, False, [obstacles.signs(transcript, said, position, cues)]


def _of_talk(one: Talk, taxonomy: Taxonomy) -> Iterator[Example]:
    transcript: Transcript = one.transcript
    said = [taxonomy.heard_in(text) for text in transcript.lowered]
    cues = [_rubric().cues_in(text) for text in transcript.lowered]
    turn_of = transcript.turn_of
    raised = [turn_of[line.first] for line in one.lines if line.of("obj")]
    for line in one.lines:
        if transcript.sides[line.first] != "customer":
            continue
        is_one = bool(line.of("obj"))
        turn = turn_of[line.first]
        if not is_one and any(0 < turn - other <= _GOES_ON for other in raised):
            continue
        places = range(line.first, line.last + 1)
        yield one.name, is_one, [obstacles.signs(transcript, said, p, cues) for p in places]


Matrix = npt.NDArray[np.float64]


def _table(found: Sequence[Example], names: Sequence[str]) -> list[Matrix]:
    wanted = [frozenset(name.split("&")) for name in names]
    return [
        np.array([[float(one <= signs) for one in wanted] for signs in each])
        for _, _, each in found
    ]


def fit(tables: Sequence[Matrix], is_one: Sequence[bool], share: Sequence[float]) -> Matrix:
    """Bias and weights; of an objection's sentences the likeliest one counts."""
    weights = np.zeros(tables[0].shape[1] + 1)
    for turn in range(_ROUNDS):
        rows: list[Matrix] = []
        truth: list[float] = []
        counts: list[float] = []
        for table, label, part in zip(tables, is_one, share, strict=True):
            chosen = [int(np.argmax(table @ weights[1:])) if turn else 0] if label else slice(None)
            rows.extend(table[chosen])
            truth.extend([float(label)] * len(table[chosen]))
            counts.extend([part] * len(table[chosen]))
        weights = _regress(np.array(rows), np.array(truth), np.array(counts), weights)
    return weights


def _regress(rows: Matrix, truth: Matrix, counts: Matrix, start: Matrix) -> Matrix:
    def loss(w: Matrix) -> tuple[float, Matrix]:
        p = 1 / (1 + np.exp(-(rows @ w[1:] + w[0])))
        each = truth * np.log(p + 1e-12) + (1 - truth) * np.log(1 - p + 1e-12)
        value = -(counts * each).sum()
        slope = counts * (p - truth)
        return (
            float(value + _RIDGE * (w[1:] ** 2).sum() / 2),
            np.concatenate([[slope.sum()], rows.T @ slope + _RIDGE * w[1:]]),
        )

    found: Matrix = minimize(loss, start, jac=True, method="L-BFGS-B").x
    return found


def _share(name: str, is_one: bool) -> float:
    if name.startswith("more-"):
        return _OF_MORE_OBJECTIONS if is_one else _OF_MORE_NEAR
    return _OF_LONG_CALLS if name.startswith("call-") else 1.0


def main() -> None:
    taxonomy = config.load("objections.yaml", Taxonomy)
    found = list(examples(taxonomy))
    names = sorted({s for _, _, each in found for signs in each for s in signs}) + pairs()
    names = [n for n in names if not n.startswith("our ")]
    tables, is_one = _table(found, names), [label for _, label, _ in found]
    share = [_share(name, label) for name, label, _ in found]
    fold = [sum(name.encode()) % 5 for name, _, _ in found]
    left_out = np.zeros(len(found))
    for k in range(5):
        inside = [i for i, f in enumerate(fold) if f != k]
        weights = fit(
            [tables[i] for i in inside], [is_one[i] for i in inside], [share[i] for i in inside]
        )
        for i in (i for i, f in enumerate(fold) if f == k):
            left_out[i] = (tables[i] @ weights[1:] + weights[0]).max()
    truth = np.array(is_one)
    print(f"# {len(found)} lines, {truth.sum()} objections; left out:")
    for cut in (-1.0, -0.5, -0.25, 0.0, 0.25, 0.5, 1.0, 1.5, 2.0):
        called = left_out >= cut
        right = (called & truth).sum()
        print(f"#   from {cut:5.2f}: P {right / called.sum():.2f} R {right / truth.sum():.2f}")
    weights = fit(tables, is_one, share)
    print("  weights:")
    print(f"    bias: {weights[0]:.2f}")
    for name, weight in zip(names, weights[1:], strict=True):
        if abs(weight) >= 0.02:
            print(f"    {name}: {weight:.2f}")


if __name__ == "__main__":
    main()
