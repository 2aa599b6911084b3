"""What comes up again: topics heard from several accounts, behaviours missing across calls."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cs_assets.coaching.planning.moments import Moment, focus_moment
from cs_assets.coaching.planning.standings import Chance
from cs_assets.coaching.policy import CoachingPolicy
from cs_assets.coaching.quotes import Transcripts

Call = Mapping[str, Any]


@dataclass(frozen=True)
class Topic:
    """A topic of Gong's in distinct calls and accounts."""

    name: str
    calls: int
    accounts: int


@dataclass(frozen=True)
class Missed:
    """A behaviour missing in ``missing`` of ``chances`` calls, and where that can be heard."""

    focus_id: str
    missing: int
    chances: int
    accounts: int
    moment: Moment | None
    is_told: bool
    """Whether the moment stands elsewhere already."""


def topics(
    calls: Sequence[Call], by_call: Mapping[str, Sequence[str]], policy: CoachingPolicy
) -> tuple[Topic, ...]:
    """Topics heard from ``recurring_accounts`` accounts or more, the most accounts first.

    ``by_call``: the topics of each call. A call of an unknown account counts as a call alone.
    """
    heard: dict[str, set[str]] = {}
    accounts: dict[str, set[str]] = {}
    for call in calls:
        for name in by_call.get(str(call["call_id"]), ()):
            heard.setdefault(name, set()).add(str(call["call_id"]))
            known = call["account_key"]
            accounts.setdefault(name, set()).update([] if pd.isna(known) else [str(known)])
    found = [
        Topic(name, len(ids), len(accounts[name]))
        for name, ids in heard.items()
        if len(accounts[name]) >= policy.recurring_accounts and name not in policy.topics_left_out
    ]
    return tuple(sorted(found, key=lambda one: (-one.accounts, -one.calls, one.name)))


def missed(
    seen: Mapping[str, Sequence[Chance]],
    leave_out: Sequence[str],
    transcripts: Transcripts,
    policy: CoachingPolicy,
    told: Collection[tuple[str, int]] = (),
) -> tuple[Missed, ...]:
    """Behaviours missing in ``least_missing`` calls or more, the most calls first.

    ``leave_out``: focus ids that are told of elsewhere already; ``told``: moments that are. No
    moment is shown twice: one exchange that lacked three things is not three. Where there is no
    other, it is said where to listen.
    """
    found, shown_at = [], set(told)
    for focus_id, own in seen.items():
        lacking = [one for one in own if one.missing]
        if focus_id in leave_out or len(lacking) < policy.least_missing:
            continue
        accounts = {str(a) for one in lacking if not pd.isna(a := one.call["account_key"])}
        behaviour = policy.behaviour(focus_id)
        shown = focus_moment(lacking, transcripts, behaviour, shown_at) if behaviour else None
        again = focus_moment(lacking, transcripts, behaviour) if behaviour and not shown else None
        shown_at |= {shown.place} if shown else set()
        counts = len(lacking), len(own), len(accounts)
        found.append(Missed(focus_id, *counts, shown or again, again is not None))
    return tuple(sorted(found, key=lambda one: (-one.missing, one.chances, one.focus_id)))


def topics_by_call(rows: pd.DataFrame) -> dict[str, list[str]]:
    """The rows of ``sql/coaching/topics_of_window`` by call."""
    found: dict[str, list[str]] = {}
    for call, topic in zip(rows["call_id"], rows["topic"], strict=True):
        found.setdefault(str(call), []).append(str(topic))
    return found
