"""A text message to a rep beside the digest: for two reasons only, and without a word of a call."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping

import pandas as pd

from cs_assets import desk_addresses
from cs_assets.coaching import windows
from cs_assets.coaching.digest.bands import BELOW, band_of
from cs_assets.coaching.digest.digests import Digest
from cs_assets.coaching.digest.language import language_of, told_in
from cs_assets.coaching.policy import CoachingPolicy
from cs_assets.coaching.rep_week import RepWeek
from cs_assets.frames import records


def is_critical(week: RepWeek, policy: CoachingPolicy) -> bool:
    """Whether the overall score surely lies below its target and falls by more than chance."""
    below = band_of(week.scores["overall"], policy.dimension("overall").target, policy) is BELOW
    return below and week.trends["overall"]["verdict"] == "declining"


def churn_calls(found: pd.DataFrame, monday: dt.date) -> Mapping[str, int]:
    """By rep, calls of the week in which a customer spoke of leaving (``coaching/churn_calls``)."""
    week = windows.week(monday)
    return Counter(
        str(one["rep_user_id"])
        for one in records(found)
        if pd.Timestamp(one["call_date"]).date() in week
    )


def text_of(digest: Digest, churn: int, policy: CoachingPolicy) -> str | None:
    """What the telephone shows; ``None`` where neither reason is given.

    ``churn``: the rep's calls of the week in which a customer spoke of leaving.
    """
    rep = digest.week.rep
    t = language_of(told_in(policy, policy.language_for(rep.user_id, rep.email)))
    reasons = [t.say("text.critical")] if is_critical(digest.week, policy) else []
    reasons += [t.say("text.churn", churn, n=str(churn))] if churn else []
    if not reasons:
        return None
    whose = next(one["filled"] for one in digest.passages if one["key"] == "masthead")
    where = [desk_addresses.coaching(policy.desk_url)] if policy.desk_url else []
    return " ".join([t.say("text", whose=whose, what=" ".join(reasons)), *where])
