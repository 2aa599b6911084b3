"""A digest of any span of days, made to be looked at: nothing of it is stored or sent."""

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from cs_assets.coaching.inputs import Frames, Told, week_inputs
from cs_assets.coaching.objections import week_objections
from cs_assets.coaching.planning.evidence import readable
from cs_assets.coaching.policy import CoachingPolicy
from cs_assets.coaching.quotes import Transcripts
from cs_assets.coaching.rep_week import WeekInputs
from cs_assets.coaching.scored_calls import dated, monday_of, within
from cs_assets.coaching.scores import week_scores
from cs_assets.coaching.trends import week_trends
from cs_assets.coaching.windows import WEEK, Days


@dataclass(frozen=True)
class Read:
    """What the warehouse gave, named as the statements are; calls and scores from before on."""

    scores_of_calls: pd.DataFrame
    calls_of_window: pd.DataFrame
    sentences_of_window: pd.DataFrame
    topics_of_window: pd.DataFrame
    disputes: pd.DataFrame
    read_days: pd.DataFrame


def span_policy(span: Days, policy: CoachingPolicy) -> CoachingPolicy:
    """The policy with a window of the span's weeks."""
    weeks = (monday_of(span.last) - monday_of(span.first)) // WEEK + 1
    return policy.model_copy(update={"window_weeks": weeks})


def first_day(span: Days, policy: CoachingPolicy) -> dt.date:
    """The day from which scores are needed, for what the span is compared with."""
    return monday_of(span.first) - policy.before_weeks * WEEK


def preview_inputs(read: Read, span: Days, policy: CoachingPolicy) -> WeekInputs:
    """The inputs of a digest over the span; ``policy`` as ``span_policy`` gives it.

    The span's last week is its week. No earlier digest is known: the focus is what these days say.
    """
    monday = monday_of(span.last)
    scores = dated(read.scores_of_calls)
    scores = scores[scores["call_date"] <= span.last]
    in_weeks = within(scores, Days(monday_of(span.first), span.last))
    outside = in_weeks[~in_weeks.index.isin(within(scores, span).index)]
    scores = scores.drop(outside.index)
    calls = within(dated(read.calls_of_window), span)
    transcripts = Transcripts(read.sentences_of_window)
    frames = Frames(
        scores_of_calls=scores,
        calls_of_window=calls,
        sentences_of_window=read.sentences_of_window,
        rep_week_scores=week_scores(scores, monday, policy),
        rep_week_objections=week_objections(readable(calls)[0], transcripts, monday, policy),
        rep_week_trends=week_trends(scores, monday, policy),
        topics_of_window=read.topics_of_window,
        disputes=read.disputes,
        read_days=read.read_days,
    )
    return week_inputs(frames, Told({}, {}), monday, policy)[0]
