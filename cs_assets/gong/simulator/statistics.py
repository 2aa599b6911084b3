"""What users did, counted from the calls of the company: the answers of ``/v2/stats``.

Only hosting and attending can be told from calls; the other counters are zero. Days are UTC
days, the first included and the last excluded; users without activity are left out.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from cs_assets.gong.simulator.corpus import Corpus, SimulatedCall
from cs_assets.gong.simulator.protocol import Refused, identifiers

_COUNTERS = (
    "callsAsHost", "callsAttended", "callsGaveFeedback", "callsRequestedFeedback",
    "callsReceivedFeedback", "ownCallsListenedTo", "othersCallsListenedTo",
    "callsSharedInternally", "callsSharedExternally", "callsScorecardsFilled",
    "callsScorecardsReceived", "callsCommentsGiven", "callsCommentsReceived",
    "callsMarkedAsFeedbackGiven", "callsMarkedAsFeedbackReceived",
)  # fmt: skip
#: Measured for a person; the talk ratio is one of a call.
_OF_PEOPLE = ("Longest Monologue", "Longest Customer Story", "Interactivity", "Patience")


def aggregate(corpus: Corpus, filters: dict[str, Any]) -> list[dict[str, Any]]:
    """``usersAggregateActivityStats``: how often each user did what."""

    def stats(hosted: list[SimulatedCall], attended: list[SimulatedCall]) -> dict[str, Any]:
        counts = dict.fromkeys(_COUNTERS, 0)
        return counts | {"callsAsHost": len(hosted), "callsAttended": len(attended)}

    return _by_user(corpus, filters, "userAggregateActivityStats", stats)


def day_by_day(corpus: Corpus, filters: dict[str, Any]) -> list[dict[str, Any]]:
    """``usersDetailedActivities``: the calls themselves, by day."""

    def stats(hosted: list[SimulatedCall], attended: list[SimulatedCall]) -> list[dict[str, Any]]:
        days = sorted({call.started.date() for call in [*hosted, *attended]})
        return [
            {
                **{name: [] for name in _COUNTERS},
                "callsAsHost": [call.id for call in hosted if call.started.date() == day],
                "callsAttended": [call.id for call in attended if call.started.date() == day],
                "fromDate": day.isoformat(),
                "toDate": (day + dt.timedelta(days=1)).isoformat(),
            }
            for day in days
        ]

    return _by_user(corpus, filters, "userDailyActivityStats", stats)


def interaction(corpus: Corpus, filters: dict[str, Any]) -> list[dict[str, Any]]:
    """``peopleInteractionStats``: means over the calls that each user hosted."""

    def stats(hosted: list[SimulatedCall], _: list[SimulatedCall]) -> list[dict[str, Any]]:
        found: dict[str, list[float]] = defaultdict(list)
        for call in hosted:
            for stat in (call.call.get("interaction") or {}).get("interactionStats") or []:
                found[stat["name"]].append(stat["value"])
        return [
            {"name": name, "value": sum(found[name]) / len(found[name])}
            for name in _OF_PEOPLE
            if found[name]
        ]

    return _by_user(corpus, filters, "personInteractionStats", stats)


def _by_user(
    corpus: Corpus,
    filters: dict[str, Any],
    part: str,
    stats: Callable[[list[SimulatedCall], list[SimulatedCall]], Any],
) -> list[dict[str, Any]]:
    calls = list(_calls(corpus, filters))
    wanted = identifiers(filters, "userIds")
    hosted, attended = defaultdict(list), defaultdict(list)
    for call in calls:
        host = str(call.call["metaData"].get("primaryUserId"))
        hosted[host].append(call)
        for user in _users(call) - {host}:
            attended[user].append(call)
    return [
        {
            "userId": str(user["id"]),
            "userEmailAddress": user.get("emailAddress"),
            part: stats(hosted[str(user["id"])], attended[str(user["id"])]),
        }
        for user in corpus.users
        if (wanted is None or str(user["id"]) in wanted)
        and (hosted[str(user["id"])] or attended[str(user["id"])])
    ]


def _calls(corpus: Corpus, filters: dict[str, Any]) -> Iterable[SimulatedCall]:
    bounds = []
    for name in ("fromDate", "toDate"):
        try:
            day = dt.date.fromisoformat(str(filters.get(name)))
        except ValueError as error:
            raise Refused(400, f"filter.{name}: must be a date as YYYY-MM-DD") from error
        bounds.append(dt.datetime.combine(day, dt.time(), dt.UTC))
    return (call for call in corpus.from_start(bounds[0], None) if call.started < bounds[1])


def _users(call: SimulatedCall) -> set[str]:
    parties = call.call.get("parties") or []
    return {str(party["userId"]) for party in parties if party.get("userId")}
