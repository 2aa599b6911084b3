"""What Gong measures in a call: talk times, questions, and the host's statistics."""

from typing import Any

from cs_assets.sample.calls.recording import RecordedCall
from cs_assets.sample.calls.timing import Sentence

Json = dict[str, Any]


def interaction(recorded: RecordedCall) -> Json:
    """The ``interaction`` of a call; times in seconds, the talk ratio as a fraction."""
    talk = dict.fromkeys(("R", "C", "D"), 0)
    for sentence in recorded.sentences:
        talk[sentence.speaker] += sentence.end - sentence.start
    total = sum(talk.values())
    speakers = []
    for party in recorded.parties:
        if party.role:
            speaker: Json = {
                "id": recorded.party_id(party), "talkTime": talk[party.role] / 1000,
            }  # fmt: skip
            if party.user_id:
                speaker["userId"] = party.user_id
            speakers.append(speaker)
    return {
        "speakers": speakers,
        "interactionStats": _stats(recorded.sentences, talk["R"] / total) if total else [],
        "video": [],
        "questions": {
            "companyCount": _questions(recorded.sentences, ours=True),
            "nonCompanyCount": _questions(recorded.sentences, ours=False),
        },
    }


def _questions(sentences: list[Sentence], *, ours: bool) -> int:
    return sum(s.text.endswith("?") for s in sentences if (s.speaker == "R") is ours)


def _stats(sentences: list[Sentence], talk_ratio: float) -> list[Json]:
    runs: list[list[Any]] = []
    pauses: list[int] = []
    for sentence in sentences:
        if runs and runs[-1][0] == sentence.speaker:
            runs[-1][2] = sentence.end
            continue
        if runs and sentence.speaker == "R":
            pauses.append(sentence.start - runs[-1][2])
        runs.append([sentence.speaker, sentence.start, sentence.end])
    longest = dict.fromkeys((True, False), 0)
    for speaker, start, end in runs:
        longest[speaker == "R"] = max(longest[speaker == "R"], end - start)
    minutes = sentences[-1].end / 60_000
    return [
        {"name": "Talk Ratio", "value": round(talk_ratio, 4)},
        {"name": "Longest Monologue", "value": longest[True] / 1000},
        {"name": "Longest Customer Story", "value": longest[False] / 1000},
        {"name": "Interactivity", "value": round(len(runs) / minutes, 2)},
        {
            "name": "Patience",
            "value": round(sum(pauses) / len(pauses) / 1000, 2) if pauses else 0.0,
        },
    ]
