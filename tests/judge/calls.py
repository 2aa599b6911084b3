"""Whether what is judged from the words may be said to a person: J-calls-01, 03 and 05.

``python -m tests.judge.calls`` prints what stands under ``measured`` in ``coaching_rubric.yaml``:
how often a criterion was called missed on the labelled talks, how often rightly, and how often a
reader had labelled it missed. The talks are ours and short; one reader labelled them.
"""

import dataclasses
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from cs_assets import config
from cs_assets.calls import hearing, next_steps
from cs_assets.calls.scoring import dimensions, insights
from cs_assets.calls.scoring.evidence import Criterion, Heard
from cs_assets.calls.scoring.rubric import DIMENSIONS, Rubric, Taxonomy
from cs_assets.calls.transcript import Transcript
from tests.calls.labelled_calls import labelled_calls
from tests.figures import Figure
from tests.judge.strangers import strangers
from tests.judge.talks import LETTERS, OF_THE_CALL, Said, Talk, parse, talks

_UNSEEN = Path(__file__).parent / "labelled" / "unseen_lines.txt"

#: Finer names of the labels, and the kind of the taxonomy that they belong to.
_KINDS = {"adoption": "status_quo", "experience": "trust", "fit": "need", "refusal": "other"}
_ENOUGH_LABELS = 40
_ENOUGH_CALLED, _FLOOR = 5, 0.9


@dataclasses.dataclass
class Tally:
    """Of one criterion: misses labelled, called, and both."""

    labelled: int = 0
    called: int = 0
    right: int = 0

    def add(self, *, labelled: bool, called: bool) -> None:
        self.labelled += labelled
        self.called += called
        self.right += labelled and called

    @property
    def precision(self) -> float:
        return self.right / self.called if self.called else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.labelled if self.labelled else 0.0


def below_floor(rubric: Rubric) -> list[str]:
    """What a rubric may not be taken for: criteria that it no longer judges well enough.

    Every criterion that may be quoted today has to stay right in nine of ten misses, of enough,
    on the labelled talks; each line names one that does not.
    """
    quotable = {
        key
        for rules in _rules()[0].dimensions.values()
        for key, one in rules.criteria.items()
        if one.is_quotable
    }
    found = misses(only=False, rubric=rubric)
    return [
        f"{key}: misses right in {tally.right} of {tally.called} called; "
        "its floor is 9 in 10 of 5 or more"
        for key, tally in sorted(found.items())
        if key in quotable and not (tally.called >= _ENOUGH_CALLED and tally.precision >= _FLOOR)
    ]


def listen(transcript: Transcript, one: Talk, rubric: Rubric | None = None) -> Heard:
    """What the rules hear in a labelled talk, however short it is."""
    ours, taxonomy = _rules()
    rubric = rubric or ours
    return hearing.hear(transcript, rubric, taxonomy, call_type=one.call_type, called=one.day)


@cache
def _rules() -> tuple[Rubric, Taxonomy]:
    return (
        config.load("coaching_rubric.yaml", Rubric),
        config.load("objections.yaml", Taxonomy),
    )


def misses(
    only: bool | None = None,
    calls: Sequence[Talk] | None = None,
    rubric: Rubric | None = None,
) -> dict[str, Tally]:
    """Criteria against labels; ``only``: the half for choosing, or the other."""
    found: dict[str, Tally] = {}
    for one in talks() if calls is None else calls:
        if only is not None and one.is_for_choosing != only:
            continue
        for key, labelled, called in _judged(one, rubric):
            found.setdefault(key, Tally()).add(labelled=labelled, called=called)
    return found


def _judged(one: Talk, rubric: Rubric | None = None) -> Iterator[tuple[str, bool, bool]]:
    """Criterion, labelled as missed, called missed: for each place or call with a label."""
    heard = listen(one.transcript, one, rubric)
    criteria = {c.key: c for scored in dimensions.score(heard).values() for c in scored.criteria}
    for line in one.lines:
        yield from _of_line(one, line, heard, criteria)
    for key in OF_THE_CALL:
        criterion = criteria.get(key)
        if criterion is not None and key not in one.not_applicable:
            yield key, lacks(one, key), criterion.share == 0


def lacks(one: Talk, key: str) -> bool:
    """Whether a reader says that the call lacks it; labels of its lines go before."""
    if key == "checks_interest" and any(line.has("check") for line in one.lines):
        return False
    if key == "open_questions":
        return not any(line.has("open") for line in one.lines)
    if key in OF_THE_CALL:
        return key in one.missed
    if key == "answers_questions":
        return any(line.has("q-") for line in one.lines)
    if key == "follow_ups":
        return any(line.has("a-") for line in one.lines)
    if key == "honest_about_limits":
        return any(line.has("promise") for line in one.lines)
    return any(key in _left_out(line) for line in one.lines)


def _left_out(line: Said) -> set[str]:
    label = line.of("obj")
    letters = label.split(":")[3] if label and label.count(":") > 2 else ""
    return {LETTERS[letter] for letter in letters}


def _of_line(
    one: Talk, line: Said, heard: Heard, criteria: dict[str, Criterion]
) -> Iterator[tuple[str, bool, bool]]:
    turn_of = one.transcript.turn_of

    def missed(key: str) -> tuple[int, ...]:
        return criteria[key].missed if key in criteria else ()

    for key, yes, no in (("answers_questions", "q+", "q-"), ("follow_ups", "a+", "a-")):
        if line.has(yes, no):
            after = turn_of[line.last] + 1
            yield key, line.has(no), after in {turn_of[p] for p in missed(key)}
    places = range(line.first, line.last + 1)
    if one.transcript.sides[line.first] == "rep":
        called = any(p in places for p in missed("honest_about_limits"))
        yield "honest_about_limits", line.has("promise"), called
    raised = next((o for o in heard.objections if o.position in places), None)
    if line.of("obj"):
        for key in LETTERS.values():
            reply = None
            if raised is not None:
                reply = raised.reply_position
                reply = raised.position if reply is None else reply
            yield key, key in _left_out(line), reply in missed(key)


def found_in_calls(only: bool | None = None, calls: Sequence[Talk] | None = None) -> Counter[str]:
    """Counts of objections, their outcome and next steps, found and labelled."""
    n: Counter[str] = Counter()
    for one in talks() if calls is None else calls:
        if only is not None and one.is_for_choosing != only:
            continue
        heard = listen(one.transcript, one)
        for line in one.lines:
            label = line.of("obj")
            kept_apart = "brush_off" not in (label or "")  # a brush-off is no stated obstacle
            raised = next(
                (
                    o
                    for o in heard.objections
                    if line.first <= o.position <= line.last and not (kept_apart and o.is_brush_off)
                ),
                None,
            )
            n["objections labelled"] += bool(label)
            n["objections called"] += raised is not None and (
                bool(label) or not line.has("more", "churn")
            )
            n["near misses"] += line.has("near", "nostep")
            if label and raised:
                kind, outcome = label.split(":")[1:3]
                n["objections right"] += 1
                n["kind right"] += _KINDS.get(kind, kind) == raised.kind
                n["settled labelled"] += outcome == "resolved"
                n["settled called"] += raised.outcome == "resolved"
                n["settled right"] += outcome == raised.outcome == "resolved"
                n["technical right"] += kind == "technical"
            n["technical labelled"] += bool(label and label.split(":")[1] == "technical")
        _count_steps(one, heard, n)
    return n


def _count_steps(one: Talk, heard: Heard, n: Counter[str]) -> None:
    steps = [line for line in one.lines if line.of("step")]
    best = next_steps.best(list(heard.commitments))
    days = {label.partition("=")[2] for line in steps for label in line.labels if "step=" in label}
    n["steps labelled"] += bool(steps)
    n["steps called"] += best is not None
    if best is not None:
        n["steps right"] += any(line.first <= best.position <= line.last for line in steps)
        n["dated right"] += best.due is not None and best.due.isoformat() in days
    n["dated labelled"] += bool(days)


@cache
def unseen() -> tuple[Talk, ...]:
    """Single exchanges that are only measured, each as a talk of three turns."""
    found = []
    for number, row in enumerate(_UNSEEN.read_text(encoding="utf-8").splitlines()):
        if not row.startswith("#"):
            ours, theirs, label = row.split(" | ")
            said = f"R: {ours}\nC: {theirs} {{{label}}}\nR: I see. Let me say something on it."
            found.append(parse(f"unseen-{number} | demo | 2026-03-03\n{said}"))
    return tuple(found)


def _objections_aside() -> str:
    """Objections in words that no rule was chosen on: strangers' dialogues and single lines."""
    told = ""
    for name, only, calls in (
        ("strangers'", False, strangers()),
        ("unseen lines'", None, unseen()),
    ):
        n = found_in_calls(only, calls)
        if n["objections labelled"]:
            told += f"; {name} objections: {n['objections right']} of "
            told += f"{n['objections labelled']} found, {n['objections called']} called, "
            told += f"technical {n['technical right']} of {n['technical labelled']}"
    return told


def may_be_quoted() -> Figure:
    """J-calls-01: chosen on one half of the talks, measured on the other."""
    chosen = {
        key
        for key, tally in misses(only=True).items()
        if tally.called >= 5 and tally.precision >= 0.9 and tally.recall >= 0.3
    }
    measured = {key: tally for key, tally in misses(only=False).items() if key in chosen}
    good = [k for k, t in measured.items() if t.precision >= 0.9 and t.recall >= 0.3]
    labelled = [k for k in good if measured[k].labelled >= _ENOUGH_LABELS]
    n = found_in_calls(only=False)
    told = ",".join(
        f"{key}:P{t.precision:.2f}/R{t.recall:.2f}/n={t.labelled}"
        for key, t in sorted(measured.items())
    )
    settled = 2 * n["settled right"] / (n["settled labelled"] + n["settled called"])
    precision = n["objections right"] / n["objections called"]
    recall = n["objections right"] / n["objections labelled"]
    technical = n["technical right"] / max(1, n["technical labelled"])
    named = n["steps right"] / n["steps called"], n["steps right"] / n["steps labelled"]
    dated = n["dated right"] / n["dated labelled"]
    value = (
        f"{len(good)} of {len(chosen)} chosen hold ({told}); with 40 labels {len(labelled)}; "
        f"settled F1 {settled:.2f} n={n['settled labelled']}; objections P {precision:.2f} "
        f"R {recall:.2f} n={n['objections labelled']} technical R {technical:.2f} "
        f"n={n['technical labelled']}; next step P {named[0]:.2f} R {named[1]:.2f} "
        f"n={n['steps labelled']} dated R {dated:.2f} n={n['dated labelled']}"
        f"{_objections_aside()}"
    )
    enough = min(n["objections labelled"], n["steps labelled"]) >= _ENOUGH_LABELS
    passed = (
        len(labelled) >= 6
        and enough
        and settled >= 0.8
        and (precision >= 0.8 and recall >= 0.6 and technical >= 0.6)
        and (min(named) >= 0.85 and dated >= 0.8)
    )
    target = (
        ">=6 criteria P>=.90 R>=.30 n>=40; settled F1>=.80; objections P>=.80 R>=.60 n>=40 "
        "technical R>=.60; next step P,R>=.85 n>=40 dated R>=.80"
    )
    return Figure("J-calls-01", "criteria that may be quoted", value, target, passed)


def without_marks() -> Figure:
    """J-calls-03: the same call in lower case, without punctuation, with other names."""
    moved: list[float] = []
    lost = same = 0
    for call in labelled_calls():
        one = Talk(call.name, call.call_type or "", talks()[0].day, call.transcript, ())
        before = dimensions.score(listen(call.transcript, one))
        bare = _bare(call.transcript)
        for other in (bare, _small(call.transcript), _renamed(call.transcript)):
            after = hearing.judge(listen(other, one), _rules()[1])
            for dimension in DIMENSIONS:
                first, second = before[dimension].score, after[dimension].score
                if first is None:
                    continue
                same += other is bare
                if second is None:
                    lost += 1
                else:
                    moved.append(abs(first - second))
    worst, beyond = max(moved), sum(m > 5 for m in moved)
    value = (
        f"{beyond} of {len(moved)} scores beyond 5 points, worst {worst:.0f}; n/a {lost / same:.0%}"
    )
    passed = beyond == 0 and lost / same <= 0.4
    return Figure("J-calls-03", "same call without punctuation", value, "0 beyond 5; <=40%", passed)


def _bare(transcript: Transcript) -> Transcript:
    marks = str.maketrans("", "", '.,;:!?"')
    return Transcript(
        dataclasses.replace(s, text=s.text.lower().translate(marks)) for s in transcript.sentences
    )


def _small(transcript: Transcript) -> Transcript:
    return Transcript(dataclasses.replace(s, text=s.text.lower()) for s in transcript.sentences)


def _renamed(transcript: Transcript) -> Transcript:
    """Other first names: words with a capital that stand alone inside a sentence or after hi."""
    names = {
        name
        for s in transcript.sentences
        for name in re.findall(
            r"(?:\b[Tt]hanks,? |\b[Hh]i |\b[Hh]ey |\b[Hh]ello )([A-Z]\w+)", s.text
        )
    }
    if not names:
        return transcript
    known = re.compile(r"\b(" + "|".join(sorted(names)) + r")\b")
    return Transcript(
        dataclasses.replace(s, text=known.sub("Oluwaseun", s.text)) for s in transcript.sentences
    )


def advice_already_followed() -> Figure:
    """J-calls-05: advice for what the rep did in that call, and calls with a miss that get some."""
    rubric, _ = _rules()
    given = wrong = lacking = advised = 0
    quotable = {
        key
        for rules in rubric.dimensions.values()
        for key, one in rules.criteria.items()
        if one.is_quotable
    }
    for one in talks():
        heard = listen(one.transcript, one)
        advice = insights.find(dimensions.score(heard), rubric)
        given += len(advice)
        wrong += sum(not lacks(one, each.criterion) for each in advice)
        if any(lacks(one, key) and key not in one.not_applicable for key in quotable):
            lacking += 1
            advised += bool(advice)
    share, reach = wrong / max(1, given), advised / max(1, lacking)
    value = f"{share:.0%} of {given} pieces of advice; advice in {reach:.0%} of {lacking} calls"
    passed = share <= 0.10 and reach >= 0.60
    return Figure("J-calls-05", "advice already followed", value, "<=10%; >=60%", passed)


BY_ID = {
    "J-calls-01": may_be_quoted,
    "J-calls-03": without_marks,
    "J-calls-05": advice_already_followed,
}


def figures() -> Iterator[Figure]:
    for make in BY_ID.values():
        yield make()


if __name__ == "__main__":
    if len(sys.argv) > 1:  # a rubric that somebody has edited
        refused = below_floor(config.load("coaching_rubric.yaml", Rubric, Path(sys.argv[1])))
        sys.exit("\n".join(["refused:", *refused]) if refused else 0)
    print(
        json.dumps(
            {key: dataclasses.asdict(t) for key, t in sorted(misses(only=False).items())}, indent=1
        )
    )
