"""Scorecards and trackers of a company whose export has only calls and users.

Gong's scorecards are filled by managers and its trackers set up by administrators: no
answer about calls holds them. These are plain stand-ins, made from the calls themselves and
the same at each start, so that clients which read such lists have something to read.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from cs_assets.gong.simulator.corpus import Corpus, SimulatedCall, instant

_CREATED = "2026-01-05T09:00:00-08:00"
_ADMINISTRATOR = "-1"  # as Gong names who made built-in objects
_SCORECARD = "8100000000000000001"
_QUESTIONS = (
    ("8200000000000000001", "Was the customer's problem understood?", False),
    ("8200000000000000002", "Was a next step agreed?", False),
    ("8200000000000000003", "How good was the call as a whole?", True),
)
_TOP_SCORE = 5
#: One call in so many was reviewed.
_REVIEWED = 4


def with_reviews(corpus: Corpus) -> Corpus:
    """The same corpus with the lists filled that it lacks."""
    calls = list(corpus.from_start(instant("1970-01-01"), None))
    if not corpus.scorecards and not corpus.answered_scorecards:
        workspace = corpus.workspaces[0]["id"] if corpus.workspaces else None
        corpus.scorecards = [_scorecard(workspace)]
        reviewers = [str(user["id"]) for user in corpus.users] or [_ADMINISTRATOR]
        corpus.answered_scorecards = [
            _answered(call, number, reviewers[number % len(reviewers)])
            for number, call in enumerate(calls[::_REVIEWED])
            if not call.call["metaData"].get("isPrivate")
        ]
    if not corpus.trackers:
        corpus.trackers = list(_trackers(calls))
    return corpus


def _scorecard(workspace: str | None) -> dict[str, Any]:
    stamps = {"created": _CREATED, "updated": _CREATED, "updaterUserId": _ADMINISTRATOR}
    return {
        "scorecardId": _SCORECARD,
        "scorecardName": "Call review",
        "workspaceId": workspace,
        "enabled": True,
        "reviewMethod": "MANUAL",
        "questions": [
            {
                "questionId": question,
                "questionRevisionId": question,
                "questionText": text,
                "questionType": "RANGE",
                "isOverall": overall,
                "answerGuide": None,
                "minRange": "1",
                "maxRange": str(_TOP_SCORE),
                "answerOptions": [],
                **stamps,
            }
            for question, text, overall in _QUESTIONS
        ],
        **stamps,
    }


def _answered(call: SimulatedCall, number: int, reviewer: str) -> dict[str, Any]:
    meta = call.call["metaData"]
    reviewed_at = call.started + dt.timedelta(days=1)
    return {
        "answeredScorecardId": str(8_300_000_000_000_000_000 + number),
        "scorecardId": _SCORECARD,
        "scorecardName": "Call review",
        "callId": call.id,
        "callStartTime": meta["started"],
        "reviewedUserId": meta.get("primaryUserId"),
        "reviewerUserId": reviewer,
        "reviewTime": reviewed_at.isoformat(),
        "visibilityType": "PUBLIC",
        "reviewMethod": "MANUAL",
        "answers": [
            {
                "questionId": question,
                "questionRevisionId": question,
                "isOverall": overall,
                "score": 1 + (number + place) % _TOP_SCORE,
                "answerText": None,
                "notApplicable": False,
                "selectedOptions": None,
            }
            for place, (question, _, overall) in enumerate(_QUESTIONS)
        ],
    }


def _trackers(calls: Sequence[SimulatedCall]) -> Iterable[dict[str, Any]]:
    """Definitions of the keyword trackers that were heard on calls."""
    found: dict[str, dict[str, Any]] = {}
    for call in calls:
        for tracker in (call.call.get("content") or {}).get("trackers") or []:
            if tracker.get("type", "KEYWORD") == "KEYWORD" and tracker.get("id"):
                found.setdefault(str(tracker["id"]), tracker)
    for tracker_id, tracker in sorted(found.items()):
        phrases = [phrase["phrase"] for phrase in tracker.get("phrases") or []]
        yield {
            "trackerId": tracker_id,
            "trackerName": tracker.get("name"),
            "workspaceId": None,
            "languageKeywords": [
                {
                    "language": "eng",
                    "keywords": phrases or [tracker.get("name")],
                    "includeRelatedForms": True,
                }
            ],
            "affiliation": "Anyone",
            "partOfQuestion": False,
            "saidAt": "Anytime",
            "saidAtInterval": None,
            "saidAtUnit": None,
            "saidInTopics": [],
            "filterQuery": "{}",
            "created": _CREATED,
            "creatorUserId": None,
            "updated": _CREATED,
            "updaterUserId": None,
        }
