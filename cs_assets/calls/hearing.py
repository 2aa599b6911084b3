"""Everything that the rules hear in one call, and the scores that follow from it."""

import datetime as dt

from cs_assets.calls import next_steps, objections, talk
from cs_assets.calls.scoring import dimensions
from cs_assets.calls.scoring.dimensions import DimensionScore
from cs_assets.calls.scoring.evidence import Heard
from cs_assets.calls.scoring.rubric import Dimension, Rubric, Taxonomy
from cs_assets.calls.transcript import Transcript

#: Points by which a score may depend on what is a question where nothing is marked.
_DOUBT = 5.0


def hear(
    transcript: Transcript,
    rubric: Rubric,
    taxonomy: Taxonomy,
    *,
    call_type: str | None = None,
    called: dt.date | None = None,
) -> Heard:
    """What is heard in a call: cues, objections, next steps, shares of speech."""
    cues = [rubric.cues_in(text) for text in transcript.lowered]
    raised = objections.find(transcript, taxonomy, cues)
    if call_type in taxonomy.about_trouble:
        raised = objections.about_trouble(raised)
    put_off = {one.position for one in raised if one.is_brush_off}
    steps = [
        step
        for step in next_steps.find(transcript, rubric, cues, called)
        # "just send me something, we'll get back to you"; with a deed and a day it is a step
        if step.position not in put_off or (step.is_dated and step.owner == "customer")
    ]
    measured = talk.measure(transcript, rubric.monologue_bridge_seconds)
    return Heard(transcript, measured, raised, steps, call_type, rubric, cues)


def judge(heard: Heard, taxonomy: Taxonomy) -> dict[Dimension, DimensionScore]:
    """The scores of what was heard.

    In speech without punctuation a short sentence may be a question or not. The call is judged
    both ways then, and a dimension that depends on it is not applicable: in doubt nothing is said.
    """
    scores = dimensions.score(heard)
    if heard.transcript.marks_questions:
        return scores
    lenient = heard.transcript.leniently()
    other = dimensions.score(hear(lenient, heard.rubric, taxonomy, call_type=heard.call_type))
    return {name: _if_certain(one, other[name]) for name, one in scores.items()}


def _if_certain(one: DimensionScore, other: DimensionScore) -> DimensionScore:
    if one.score is None:
        return one
    if other.score is not None and abs(one.score - other.score) <= _DOUBT:
        return one
    reason = "not judged: without punctuation it is open what is a question"
    return DimensionScore(one.dimension, None, reason, (), ())
