"""What the sample company's CSMs did with the advice of the last week before the reported one."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from cs_assets.sample.randomness import stream

#: Shares of advice that somebody took, and of that what came of it within the week.
_TAKEN, _DONE, _DROPPED = 0.4, 0.25, 0.15
#: What takes longer than a week: it is taken, and goes on.
_GOES_ON = frozenset({
    "answer_churn", "rescue_module", "renewal_at_risk", "find_champion", "replace_champion",
    "stop_usage_decline", "stop_outcome_decline", "wake_up", "turn_red", "finish_onboarding",
})  # fmt: skip
_DONE_NOTES = (
    "Spoke on Thursday; they asked for the agenda in writing and have it.",
    "Met the team lead. She names two people who try it on their own invoices.",
    "They signed off on the plan; finance confirms the date.",
    "Done in the weekly call, nobody objected.",
)
_DROPPED_NOTES = (
    "Their year end; they ask us to come back in January.",
    "Contact is on leave until the end of the month, nobody stands in.",
    "Already settled by their account executive.",
)


@dataclass(frozen=True)
class Deed:
    """One thing that a CSM did with an advised action."""

    state: Literal["taken", "done", "dropped"]
    note: str | None
    at: dt.datetime


def deeds(customer: str, code: str, week: dt.date) -> list[Deed]:
    """What became of a customer's advice of ``week`` (Monday) in the days after, oldest first."""
    draw = stream("deed", customer, code)
    if draw.random() >= _TAKEN:
        return []
    day = dt.datetime.combine(week + dt.timedelta(days=7 + draw.randrange(2)), dt.time(9))
    taken = Deed("taken", None, day + dt.timedelta(minutes=draw.randrange(480)))
    later = taken.at + dt.timedelta(days=1 + draw.randrange(3), minutes=draw.randrange(90))
    how = draw.random()
    if code in _GOES_ON or how >= _DONE + _DROPPED:
        return [taken]
    if how < _DONE:
        return [taken, Deed("done", draw.choice(_DONE_NOTES), later)]
    return [taken, Deed("dropped", draw.choice(_DROPPED_NOTES), later)]
