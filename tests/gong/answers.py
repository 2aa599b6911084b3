"""Answers of the Gong API, made by hand for tests."""

import gzip
import json
from pathlib import Path
from typing import Any


def call(call_id: str, started: str = "2026-10-06T15:00:00-07:00", **meta: Any) -> dict[str, Any]:
    """A call of half an hour with one rep and one customer; parts are replaced afterwards."""
    return {
        "metaData": {
            "id": call_id,
            "title": "Acme product demo",
            "scheduled": started,
            "started": started,
            "duration": 1800,
            "primaryUserId": "900",
            "direction": "Conference",
            "system": "Zoom",
            "scope": "External",
            "language": "eng",
            "url": f"https://app.gong.example/call?id={call_id}",
            "isPrivate": False,
            **meta,
        },
        "parties": [
            {
                "id": "p1",
                "speakerId": "s1",
                "userId": "900",
                "name": "Rep",
                "affiliation": "Internal",
            },
            party("p2", "s2", "buyer@acme.example"),
        ],
    }


def party(party_id: str, speaker_id: str | None, email: str | None, **more: Any) -> dict[str, Any]:
    return {
        "id": party_id,
        "speakerId": speaker_id,
        "emailAddress": email,
        "affiliation": "External",
        **more,
    }


def crm(object_type: str, object_id: str, system: str = "HubSpot", **fields: Any) -> dict[str, Any]:
    """One entry of a ``context`` array with one object."""
    named = [{"name": name, "value": value} for name, value in fields.items()]
    return {
        "system": system,
        "objects": [
            {"objectType": object_type, "objectId": object_id, "timing": "Now", "fields": named}
        ],
    }


def transcript(call_id: str, *turns: tuple[str | None, list[str]]) -> dict[str, Any]:
    """A transcript with one second a sentence."""
    clock = 0
    spoken = []
    for speaker, texts in turns or [("s1", ["Hello."]), ("s2", ["Hi.", "It is too expensive."])]:
        sentences = []
        for text in texts:
            sentences.append({"start": clock, "end": clock + 900, "text": text})
            clock += 1000
        spoken.append({"speakerId": speaker, "topic": None, "sentences": sentences})
    return {"callId": call_id, "transcript": spoken}


def user(user_id: str, first: str, last: str, **more: Any) -> dict[str, Any]:
    return {
        "id": user_id,
        "emailAddress": f"{first.lower()}@example.com",
        "firstName": first,
        "lastName": last,
        "active": True,
        **more,
    }


def write(folder: Path, *, calls: Any = (), transcripts: Any = (), users: Any = ()) -> Path:
    """An export folder, one file a kind; the calls' one is compressed."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "calls-extensive.json.gz").write_bytes(
        gzip.compress(json.dumps({"requestId": "r1", "calls": list(calls)}).encode())
    )
    (folder / "transcripts.json").write_text(
        json.dumps({"requestId": "r2", "callTranscripts": list(transcripts)})
    )
    (folder / "users.json").write_text(json.dumps({"requestId": "r3", "users": list(users)}))
    return folder
