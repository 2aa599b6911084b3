"""Whether a moment shows what it is shown for: against what a reader labelled in our own talks."""

from collections.abc import Iterable, Iterator
from functools import cache

import pandas as pd

from cs_assets import config
from cs_assets.calls import analysis
from cs_assets.calls.impact import Deal
from cs_assets.calls.scoring.rubric import Rubric, Taxonomy
from cs_assets.coaching import policy
from cs_assets.coaching.planning.evidence import readable
from cs_assets.coaching.planning.moments import Moment, focus_moment, shown_moment
from cs_assets.coaching.planning.standings import chances
from cs_assets.coaching.quotes import Transcripts
from tests.figures import Figure
from tests.judge.calls import lacks
from tests.judge.talks import LETTERS, Said, Talk, talks


@cache
def _rules() -> tuple[Rubric, Taxonomy]:
    """The rubric without the least length of a call: labelled talks are short."""
    rubric = config.load("coaching_rubric.yaml", Rubric)
    any_length = {"minimum_seconds": 0, "minimum_rep_words": 0, "minimum_customer_words": 0}
    eligible = rubric.eligibility.model_copy(update=any_length)
    loose = type(rubric).model_validate({**rubric.model_dump(), "eligibility": eligible})
    return loose, config.load("objections.yaml", Taxonomy)


def shown_of(one: Talk) -> Iterator[tuple[str, bool, Moment]]:
    """Of one talk: criterion, whether it is shown as missing, and the moment."""
    rubric, taxonomy = _rules()
    call = analysis.Call(
        one.name, one.day, one.call_type, "External", False, Deal(None, None, None)
    )
    row = analysis.analyse(call, one.transcript, rubric, taxonomy)
    known = {"started": one.day, "title": one.name, "url": None, "account_key": None}
    calls, broken = readable(pd.DataFrame([{**row, **known}]))
    assert not broken, broken
    said = Transcripts(
        pd.DataFrame(
            {
                "call_id": one.name,
                "sentence_index": s.index,
                "start_ms": s.start_ms,
                "affiliation": s.affiliation,
                "user_id": s.user_id,
                "sentence": s.text,
            }
            for s in one.transcript.sentences
        )
    )
    scored = [record for record in calls.to_dict("records") if record["status"] == "scored"]
    rules = policy.load()
    for focus_id, seen in chances(scored, rules).items():
        behaviour = rules.behaviour(focus_id)
        assert behaviour is not None
        key = focus_id.partition(".")[2]
        for missing, choose in ((True, focus_moment), (False, shown_moment)):
            moment = choose(seen, said, behaviour)
            if moment is not None and key not in one.not_applicable:
                yield key, missing, moment


def is_done(one: Talk, key: str, moment: Moment) -> bool:
    """Whether a reader says that it was done there; of criteria of the call, anywhere in it."""
    line = next(
        (
            line
            for line in one.lines
            if moment.before and _holds(line, moment.before[0].sentence_index)
        ),
        None,
    )
    if key in LETTERS.values() and line is not None and line.of("obj"):
        letters = str(line.of("obj")).split(":")
        left_out = {LETTERS[letter] for letter in (letters[3] if len(letters) > 3 else "")}
        return key not in left_out
    if key == "answers_questions" and line is not None and line.has("q+", "q-"):
        return line.has("q+")
    return not lacks(one, key)


def _holds(line: Said, index: int) -> bool:
    return line.first <= index <= line.last


def moments_show_what_they_are_for() -> Iterable[Figure]:
    """J-coaching-02: misses that show it done; 02a: wins that show it missing."""
    shown: dict[bool, list[str]] = {True: [], False: []}
    wrong: dict[bool, list[str]] = {True: [], False: []}
    for one in talks():
        for key, missing, moment in shown_of(one):
            shown[missing].append(key)
            if is_done(one, key, moment) == missing:
                wrong[missing].append(f"{one.name}:{key}")
    for missing, figure, what in (
        (True, "J-coaching-02", "moments of a miss that show the behaviour done"),
        (False, "J-coaching-02a", "moments of a win that lack the behaviour"),
    ):
        told = f" ({', '.join(wrong[missing][:6])})" if wrong[missing] else ""
        yield Figure(
            figure,
            f"{what}, labelled talks",
            f"{len(wrong[missing])} of {len(shown[missing])}{told}",
            "0",
            not wrong[missing],
        )


BY_ID = {
    "J-coaching-02": moments_show_what_they_are_for,
    "J-coaching-02a": moments_show_what_they_are_for,
}
