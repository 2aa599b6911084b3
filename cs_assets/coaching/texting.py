"""A text message to a rep beside the digest: for two reasons only, and without a word of a call."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from cs_assets import desk_addresses
from cs_assets.coaching import windows
from cs_assets.coaching.digest.digests import Digest
from cs_assets.coaching.digest.language import language_of, told_in
from cs_assets.coaching.policy import CoachingPolicy
from cs_assets.frames import records


@dataclass(frozen=True)
class Urgent:
    """A rep's calls of a week that are one of the reasons."""

    critical: int = 0
    """Scored calls with the coaching priority Critical."""
    leaving: int = 0
    """Calls in which a customer spoke of leaving."""


def urgent_calls(found: pd.DataFrame, monday: dt.date) -> Mapping[str, Urgent]:
    """By rep, from rows of ``coaching/urgent_calls``: those of the week."""
    week, by_rep = windows.week(monday), dict[str, Urgent]()
    for one in records(found):
        if pd.Timestamp(one["call_date"]).date() in week:
            rep = str(one["rep_user_id"])
            so_far = by_rep.get(rep, Urgent())
            by_rep[rep] = Urgent(
                so_far.critical + bool(one["is_critical"]), so_far.leaving + bool(one["is_leaving"])
            )
    return by_rep


def text_of(digest: Digest, urgent: Urgent, policy: CoachingPolicy) -> str | None:
    """What the telephone shows; ``None`` where neither reason is given."""
    rep = digest.week.rep
    t = language_of(told_in(policy, policy.language_for(rep.user_id, rep.email)))
    reasons = [
        t.say(key, count, n=str(count))
        for key, count in (("text.critical", urgent.critical), ("text.leaving", urgent.leaving))
        if count
    ]
    if not reasons:
        return None
    whose = next(one["filled"] for one in digest.passages if one["key"] == "masthead")
    where = [desk_addresses.coaching(policy.desk_url)] if policy.desk_url else []
    return " ".join([t.say("text", whose=whose, what=" ".join(reasons)), *where])
