"""The calls of the sample tenant as files of Gong API answers, in pages of 100."""

import datetime as dt
import gzip
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cs_assets.sample.calls.call_plan import Oddity, PlannedCall, planned_calls
from cs_assets.sample.calls.dialogue import Phrasebook, Turn
from cs_assets.sample.calls.gong_call import call_json
from cs_assets.sample.calls.recording import RecordedCall, record, user_id
from cs_assets.sample.calls.scenes import converse
from cs_assets.sample.randomness import number_id, stream
from cs_assets.sample.roster import CSMS, MANAGERS, REPS, Rep

Json = dict[str, Any]

PAGE = 100


def recorded_calls() -> list[RecordedCall]:
    """Every call of the tenant with what was said, oldest first."""
    book = Phrasebook()
    return [record(call, _turns(call, book)) for call in planned_calls()]


def _turns(call: PlannedCall, book: Phrasebook) -> list[Turn]:
    if call.oddity is Oddity.TOO_SHORT:
        return [
            Turn("R", ("Hello, can you hear me?",)),
            Turn("C", ("Barely, the line is terrible.", "Let's try again tomorrow.")),
        ]
    return converse(call, book)


def write_gong(folder: Path, weeks_later: int = 0) -> dict[str, int]:
    """Write calls, transcripts and users, days moved; returns how many of each."""
    folder.mkdir(parents=True, exist_ok=True)
    recorded = recorded_calls()
    # Gong answers oldest first, by the start of the recording.
    calls = sorted((call_json(r, weeks_later) for r in recorded), key=_started)
    # A page that shifted while it was read: one call is delivered twice.
    delivered = [*calls[:PAGE], *calls[PAGE - 1 :]]
    transcripts = [
        transcript_json(r) for r in recorded if r.call.oddity is not Oddity.NO_TRANSCRIPT
    ]
    _write_pages(folder, "calls-extensive", "calls", delivered)
    _write_pages(folder, "transcripts", "callTranscripts", transcripts)
    people = users()
    _write(folder / "users.json.gz", _answer("users", "users", people, 0, len(people), last=True))
    return {"calls": len(calls), "transcripts": len(transcripts), "users": len(people)}


def _started(call: Json) -> dt.datetime:
    return dt.datetime.fromisoformat(call["metaData"]["started"])


def _write_pages(folder: Path, name: str, items_key: str, items: Sequence[Json]) -> None:
    starts = range(0, len(items), PAGE)
    for number, start in enumerate(starts):
        page = items[start : start + PAGE]
        last = number == len(starts) - 1
        answer = _answer(name, items_key, page, number, len(items), last=last)
        _write(folder / f"{name}-{number + 1:03d}.json.gz", answer)


def _answer(
    name: str, items_key: str, page: Sequence[Json], number: int, total: int, *, last: bool
) -> Json:
    records: Json = {
        "totalRecords": total,
        "currentPageSize": len(page),
        "currentPageNumber": number,
    }
    if not last:
        records["cursor"] = f"{stream('cursor', name, number).getrandbits(160):040x}"
    return {"requestId": number_id("request", name, number), "records": records, items_key: page}


def _write(path: Path, answer: Json) -> None:
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    # No time and no name in the header: the same bytes on every day.
    path.write_bytes(gzip.compress(text.encode(), compresslevel=6, mtime=0))


def transcript_json(recorded: RecordedCall) -> Json:
    """An element of ``callTranscripts`` as POST /v2/calls/transcript answers it."""
    draw = stream("transcript", recorded.call_id)
    entries: list[Json] = []
    before: tuple[str, str | None] | None = None
    for sentence in recorded.sentences:
        here = (sentence.speaker, sentence.topic)
        if here != before:
            entries.append({"speakerId": _voice(recorded, sentence.speaker, draw),
                            "topic": sentence.topic, "sentences": []})  # fmt: skip
        entries[-1]["sentences"].append(
            {"start": sentence.start, "end": sentence.end, "text": sentence.text}
        )
        before = here
    return {"callId": recorded.call_id, "transcript": entries}


def _voice(recorded: RecordedCall, speaker: str, draw: random.Random) -> str | None:
    """The speaker's voice, or null where Gong did not recognize a customer."""
    lost = recorded.call.oddity is Oddity.UNKNOWN_SPEAKER and speaker != "R"
    if lost and draw.random() < 0.4:
        return None
    return recorded.speaker_id(speaker)


def users() -> list[Json]:
    """Reps, managers and CSMs as Gong users."""
    everyone = [*MANAGERS, *REPS]
    everyone += [Rep(c.name, "Customer Success Manager", "csm", MANAGERS[1].name) for c in CSMS]
    return [_user(rep) for rep in everyone]


def _user(rep: Rep) -> Json:
    first, _, last = rep.name.partition(" ")
    accented = rep.name.lower().replace(" ", ".") + "@" + rep.email.partition("@")[2]
    return {
        "id": user_id(rep.name),
        "emailAddress": rep.email,
        "created": "2024-03-01T08:00:00-08:00",
        "active": True,
        "emailAliases": [accented] if accented != rep.email else [],
        "trustedEmailAddress": None,
        "firstName": first,
        "lastName": last,
        "title": rep.title,
        "phoneNumber": None,
        "extension": None,
        "personalMeetingUrls": [],
        "settings": {
            "webConferencesRecorded": True,
            "preventWebConferenceRecording": False,
            "telephonyCallsImported": True,
            "emailsImported": True,
            "preventEmailImport": False,
            "nonRecordedMeetingsImported": False,
            "gongConnectEnabled": True,
        },
        "managerId": user_id(rep.manager) if rep.manager else None,
        "meetingConsentPageUrl": None,
        "spokenLanguages": [{"language": "en-US", "primary": True}],
    }
