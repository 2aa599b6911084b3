"""A call in the shapes of the Gong API: call, parties, transcript, users.

Three id spaces as in Gong: ``parties[].id`` for the party in this call, which
``interaction.speakers`` uses; ``parties[].speakerId`` for the voice, which the
transcript and tracker occurrences use; ``userId`` for our own people.
Transcripts count milliseconds, everything else seconds.
"""

import datetime as dt
import random
from dataclasses import dataclass
from typing import Any

from cs_assets.sample.call_plan import Oddity, PlannedCall
from cs_assets.sample.conversation import skill_of
from cs_assets.sample.crm import Contact, hubspot_deals
from cs_assets.sample.dialogue import Turn
from cs_assets.sample.randomness import number_id, stream
from cs_assets.sample.roster import CSMS, MANAGERS, REPS, Rep, address
from cs_assets.sample.timing import Sentence, timed

Json = dict[str, Any]

WORKSPACE = number_id("workspace")
_SYSTEMS = ("Zoom", "Microsoft Teams", "Google Meet")
_MAIL_OF_STRANGERS = ("gmail.example", "proton.example", "consultants-group.example")
_TRACKERS = {
    "Pricing": ("price", "expensive", "discount", "cost", "budget"),
    "Competitors": ("civix", "ledgermate"),
    "Timeline": ("deadline", "january", "april", "next year", "month end"),
}
_TITLES = {
    "discovery": "Introduction",
    "demo": "Demo",
    "negotiation": "Proposal review",
    "closing": "Contract and signature",
    "success": "Success review",
    "support": "Support call",
}


@dataclass(frozen=True)
class Party:
    """One participant: ``role`` is R, C or D for those who speak, None for those who do not."""

    role: str | None
    name: str | None
    email: str | None
    title: str | None
    user_id: str | None
    contact_id: str | None
    internal: bool


@dataclass(frozen=True)
class RecordedCall:
    """A call with what was said, ready to be shaped."""

    call: PlannedCall
    sentences: list[Sentence]
    parties: list[Party]

    @property
    def call_id(self) -> str:
        # Every ninth id has 20 digits: more than a signed 64-bit integer holds.
        digits = 20 if self.call.number % 9 == 0 else 19
        return number_id("call", self.call.host.name, self.call.started, digits=digits)

    @property
    def duration(self) -> int:
        if self.call.oddity is Oddity.ZERO_DURATION:
            return 0
        return self.sentences[-1].end // 1000 + 3 if self.sentences else 37

    def party_id(self, party: Party) -> str:
        return number_id("party", self.call_id, party.email, party.name, party.role)

    def speaker_id(self, role: str) -> str:
        return number_id("speaker", self.call_id, role)


def record(call: PlannedCall, turns: list[Turn]) -> RecordedCall:
    """The call with times and participants."""
    draw = stream("recording", call.host.name, call.started)
    patience = skill_of(call.host.persona, call.week).discovery
    sentences = timed(draw, turns, patience)
    roles = {sentence.speaker for sentence in sentences}
    return RecordedCall(call, sentences, _parties(draw, call, roles))


def _parties(draw: random.Random, call: PlannedCall, roles: set[str]) -> list[Party]:
    if call.oddity is Oddity.NO_PARTIES:
        return []
    host = call.host
    parties = [_ours("R", host)]
    if call.oddity is Oddity.INTERNAL:
        return [*parties, _ours("C", REPS[(REPS.index(host) + 1) % len(REPS)])]
    people = call.company.contacts
    parties.append(_theirs(draw, call, "C", people[0]))
    if "D" in roles:
        parties.append(_theirs(draw, call, "D", people[1]))
    elif draw.random() < 0.35:
        parties.append(_theirs(draw, call, None, people[1]))
    if call.kind == "success" and draw.random() < 0.4:
        csm = next(c for c in CSMS if c.region == call.company.region)
        parties.append(_ours(None, Rep(csm.name, "Customer Success Manager", "csm", None)))
    return parties


def _ours(role: str | None, rep: Rep) -> Party:
    return Party(role, rep.name, rep.email, rep.title, user_id(rep.name), None, internal=True)


def _theirs(draw: random.Random, call: PlannedCall, role: str | None, person: Contact) -> Party:
    if call.oddity is Oddity.UNMATCHED:
        email = f"{person.email.partition('@')[0]}@{draw.choice(_MAIL_OF_STRANGERS)}"
        return Party(role, person.name, email, None, None, None, internal=False)
    if call.oddity is Oddity.BY_DOMAIN:
        email = f"office@{call.company.domain}"
        return Party(role, None, email, None, None, None, internal=False)
    linked = call.oddity is not Oddity.BY_EMAIL
    contact_id = person.contact_id if linked else None
    return Party(role, person.name, person.email, person.title, None, contact_id, internal=False)


def user_id(name: str) -> str:
    return number_id("user", name)


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


def call_json(recorded: RecordedCall) -> Json:
    """An element of ``calls`` as POST /v2/calls/extensive answers it."""
    call = recorded.call
    draw = stream("shape", recorded.call_id)
    answer: Json = {"metaData": _metadata(recorded, draw), "context": _context(recorded)}
    if call.oddity is not Oddity.NO_PARTIES:
        answer["parties"] = [_party(recorded, party) for party in recorded.parties]
    answer["content"] = _content(recorded)
    answer["interaction"] = _interaction(recorded)
    answer["collaboration"] = {}
    return answer


def _metadata(recorded: RecordedCall, draw: random.Random) -> Json:
    call = recorded.call
    internal = call.oddity is Oddity.INTERNAL
    late = dt.timedelta(seconds=draw.randrange(5, 170))
    return {
        "id": recorded.call_id,
        "url": f"https://app.gong.example/call?id={recorded.call_id}",
        "title": "Pipeline sync" if internal else f"{call.company.name}: {_TITLES[call.kind]}",
        "scheduled": call.started.isoformat(),
        "started": _moment(call.started + late, draw),
        "duration": recorded.duration,
        "primaryUserId": user_id(call.host.name),
        "direction": draw.choice(("Inbound", "Outbound"))
        if call.kind == "support"
        else "Conference",
        "system": draw.choice(_SYSTEMS),
        "scope": "Internal" if internal else "External",
        "media": draw.choice(("Video", "Video", "Audio")),
        "language": "eng",
        "workspaceId": WORKSPACE,
        "sdrDisposition": None,
        "clientUniqueId": None,
        "customData": None,
        "purpose": None,
        "meetingUrl": None,
        "isPrivate": call.oddity is Oddity.PRIVATE,
        "calendarEventId": None,
    }


def _moment(moment: dt.datetime, draw: random.Random) -> str:
    """With the company's offset or Z, and none, three or six digits of a second."""
    kind = draw.choices(("plain", "millis", "micros", "zulu"), (6, 2, 1, 1))[0]
    if kind == "zulu":
        return moment.astimezone(dt.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")  # noqa: UP017
    if kind == "plain":
        return moment.isoformat()
    exact = moment + dt.timedelta(microseconds=draw.randrange(1, 999) * 1000)
    return exact.isoformat(timespec="milliseconds" if kind == "millis" else "microseconds")


_WITHOUT_CONTEXT = {
    Oddity.INTERNAL, Oddity.BY_EMAIL, Oddity.BY_DOMAIN, Oddity.UNMATCHED,
}  # fmt: skip
_STAGE_OF_KIND = {
    "discovery": "Discovery",
    "demo": "Demo",
    "negotiation": "Negotiation",
    "closing": "Negotiation",
}


def _context(recorded: RecordedCall) -> list[Json]:
    call = recorded.call
    if call.oddity in _WITHOUT_CONTEXT:
        return []
    account = {
        "objectType": "Account",
        "objectId": call.company.company_id,
        "timing": "Now",
        "fields": [
            {"name": "Name", "value": call.company.name},
            {"name": "Industry", "value": call.company.industry},
            {"name": "NumberOfEmployees", "value": call.company.size},
            {"name": "IsCustomer", "value": call.company.customer_id is not None},
        ],
    }
    objects = [account]
    if call.kind != "support":
        objects += _deals(call)
    return [{"system": "HubSpot", "objects": objects}]


def _deals(call: PlannedCall) -> list[Json]:
    mine = [d for d in hubspot_deals() if d["company_id"] == call.company.company_id]
    deal = mine[0]
    stages = {"Now": deal["deal_stage"]}
    if call.kind in _STAGE_OF_KIND:
        stages["TimeOfCall"] = _STAGE_OF_KIND[call.kind]
    return [
        {
            "objectType": "Opportunity",
            "objectId": deal["deal_id"],
            "timing": timing,
            "fields": [
                {"name": "Name", "value": deal["deal_name"]},
                {"name": "StageName", "value": stage},
                {"name": "Amount", "value": deal["deal_amount"]},
                {"name": "CloseDate", "value": deal["close_date"].isoformat()},
                {"name": "LeadSource", "value": None},
            ],
        }
        for timing, stage in stages.items()
    ]


def _party(recorded: RecordedCall, party: Party) -> Json:
    found: Json = {
        "id": recorded.party_id(party),
        "speakerId": recorded.speaker_id(party.role) if party.role else None,
        "affiliation": "Internal" if party.internal else "External",
        "methods": ["Invitee", "Attendee"] if party.role else ["Invitee"],
        "context": [],
    }
    optional = {
        "userId": party.user_id,
        "name": party.name,
        "emailAddress": party.email,
        "title": party.title,
    }
    found |= {key: value for key, value in optional.items() if value is not None}
    if party.contact_id:
        contact = {"objectType": "Contact", "objectId": party.contact_id, "fields": []}
        found["context"] = [{"system": "HubSpot", "objects": [contact]}]
    return found


def _content(recorded: RecordedCall) -> Json:
    topics: dict[str, int] = {}
    for sentence in recorded.sentences:
        if sentence.topic:
            length = sentence.end - sentence.start
            topics[sentence.topic] = topics.get(sentence.topic, 0) + length
    return {
        "topics": [{"name": name, "duration": ms // 1000} for name, ms in topics.items()],
        "trackers": [
            t for name, words in _TRACKERS.items() if (t := _tracker(recorded, name, words))
        ],
    }


def _tracker(recorded: RecordedCall, name: str, words: tuple[str, ...]) -> Json | None:
    occurrences = [
        {"startTime": sentence.start / 1000, "speakerId": recorded.speaker_id(sentence.speaker)}
        for sentence in recorded.sentences
        if any(word in sentence.text.lower() for word in words)
    ]
    if not occurrences:
        return None
    return {
        "id": number_id("tracker", name),
        "name": name,
        "count": len(occurrences),
        "type": "KEYWORD",
        "occurrences": occurrences,
        "phrases": [],
    }


def _interaction(recorded: RecordedCall) -> Json:
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


__all__ = [
    "RecordedCall", "address", "call_json", "record", "transcript_json", "user_id", "users",
]  # fmt: skip
