"""A call as POST /v2/calls/extensive answers it.

``parties[].id`` is the party in this call, which ``interaction.speakers`` uses;
``parties[].speakerId`` is the voice, which tracker occurrences use. Times are in
seconds.
"""

import datetime as dt
import random
from typing import Any

from cs_assets.sample.calls.call_plan import Oddity, PlannedCall
from cs_assets.sample.calls.gong_interaction import interaction
from cs_assets.sample.calls.recording import Party, RecordedCall, user_id
from cs_assets.sample.clock import local
from cs_assets.sample.crm import hubspot_deals
from cs_assets.sample.randomness import number_id, stream

Json = dict[str, Any]

WORKSPACE = number_id("workspace")
_SYSTEMS = ("Zoom", "Microsoft Teams", "Google Meet")
_TRACKERS = {
    "Pricing": ("price", "expensive", "discount", "cost", "budget"),
    "Competitors": ("civix", "ledgermate"),
    "Timeline": ("deadline", "january", "april", "next year", "month end"),
}
_TITLES = {
    "discovery": ("Discovery", "Needs analysis"),
    "demo": ("Demo", "Walk-through", "Product tour"),
    "negotiation": ("Proposal review", "Commercial terms", "Pricing and scope"),
    "closing": ("Contract and signature", "Final terms"),
    "success": ("Success review", "Quarterly check-in", "Adoption review"),
    "support": ("Support call", "Open tickets"),
}
_FIRST_TITLES = ("Introduction", "First call")
_TITLE_FORMS = ("{company}: {what}", "{what} with {company}", "{company} x Fairlight: {what}")


def call_json(recorded: RecordedCall, weeks_later: int = 0) -> Json:
    """An element of ``calls`` as POST /v2/calls/extensive answers it, its days moved."""
    later = dt.timedelta(weeks=weeks_later)
    call = recorded.call
    draw = stream("shape", recorded.call_id)
    answer: Json = {
        "metaData": _metadata(recorded, draw, later),
        "context": _context(recorded, later),
    }
    if call.oddity is not Oddity.NO_PARTIES:
        answer["parties"] = [_party(recorded, party) for party in recorded.parties]
    answer["content"] = _content(recorded)
    answer["interaction"] = interaction(recorded)
    answer["collaboration"] = {}
    return answer


def _metadata(recorded: RecordedCall, draw: random.Random, later: dt.timedelta) -> Json:
    call = recorded.call
    started = local(call.started + later)
    internal = call.oddity is Oddity.INTERNAL
    late = dt.timedelta(seconds=draw.randrange(5, 170))
    return {
        "id": recorded.call_id,
        "url": f"https://app.gong.example/call?id={recorded.call_id}",
        "title": "Pipeline sync" if internal else _title(call),
        "scheduled": started.isoformat(),
        "started": _moment(started + late, draw),
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


def _title(call: PlannedCall) -> str:
    draw = stream("title", call.host.name, call.started)
    new = call.kind == "discovery" and call.company.customer_id is None
    what = draw.choice(_FIRST_TITLES if new else _TITLES[call.kind])
    return draw.choice(_TITLE_FORMS).format(company=call.company.name, what=what)


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


def _context(recorded: RecordedCall, later: dt.timedelta) -> list[Json]:
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
        objects += _deals(call, later)
    return [{"system": "HubSpot", "objects": objects}]


def _deals(call: PlannedCall, later: dt.timedelta) -> list[Json]:
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
                {"name": "CloseDate", "value": (deal["close_date"] + later).isoformat()},
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
