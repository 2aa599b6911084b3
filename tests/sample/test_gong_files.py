"""The calls keep every rule of Gong's shapes, and have the warts that a reader must cope with."""

import datetime as dt
import re
from itertools import pairwise

import pytest

from cs_assets.sample.calls.call_plan import Oddity
from cs_assets.sample.calls.gong_files import PAGE
from cs_assets.sample.clock import CALL_WEEKS
from cs_assets.sample.roster import CUSTOMERS, REPS

ID = re.compile(r"[1-9]\d{0,19}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}|\.\d{6})?(Z|[+-]\d\d:\d\d)")
META_KEYS = {
    "id", "url", "title", "scheduled", "started", "duration", "primaryUserId", "direction",
    "system", "scope", "media", "language", "workspaceId", "sdrDisposition", "clientUniqueId",
    "customData", "purpose", "meetingUrl", "isPrivate", "calendarEventId",
}  # fmt: skip


def ids_in(node, found):
    """Every value of a key that holds an id."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("id", "callId", "userId", "speakerId", "objectId", "primaryUserId",
                       "workspaceId", "managerId", "requestId") and value is not None:  # fmt: skip
                found.append(value)
            else:
                ids_in(value, found)
    elif isinstance(node, list):
        for item in node:
            ids_in(item, found)
    return found


def moment(text):
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00"))


def test_pages_have_a_hundred_items_and_a_cursor_up_to_the_last_one(answers):
    for name, items_key in (("calls-extensive", "calls"), ("transcripts", "callTranscripts")):
        pages = answers[name]
        assert len(pages) >= 3
        for number, page in enumerate(pages):
            records = page["records"]
            last = number == len(pages) - 1
            assert records["currentPageNumber"] == number
            assert records["currentPageSize"] == len(page[items_key])
            assert last or len(page[items_key]) == PAGE
            assert ("cursor" in records) is not last
        assert {p["records"]["totalRecords"] for p in pages} == {
            sum(len(p[items_key]) for p in pages)
        }


def test_every_id_is_a_decimal_string_and_some_exceed_64_bits(answers):
    ids = ids_in(answers, [])
    assert all(isinstance(value, str) and ID.fullmatch(value) for value in ids)
    calls = [c["metaData"]["id"] for page in answers["calls-extensive"] for c in page["calls"]]
    assert any(int(call_id) > 2**63 for call_id in calls)


def test_one_call_is_delivered_on_two_pages(answers):
    first, second = (page["calls"] for page in answers["calls-extensive"][:2])
    assert first[-1] == second[0]


def test_metadata_has_every_field_with_its_values(calls):
    for call in calls:
        meta = call["metaData"]
        assert set(meta) == META_KEYS
        assert MOMENT.fullmatch(meta["started"])
        assert MOMENT.fullmatch(meta["scheduled"])
        assert isinstance(meta["duration"], int)
        assert isinstance(meta["isPrivate"], bool)
        assert meta["direction"] in ("Inbound", "Outbound", "Conference", "Unknown")
        assert meta["scope"] in ("Internal", "External", "Unknown")
        assert meta["media"] in ("Video", "Audio")


def test_times_come_with_zero_three_and_six_digits_and_offsets_of_both_seasons(calls):
    started = [call["metaData"]["started"] for call in calls]
    tails = {re.search(r"(\.\d+)?(Z|[+-]\d\d:\d\d)$", text).groups() for text in started}
    assert {len(fraction or "") for fraction, _ in tails} == {0, 4, 7}
    assert {offset for _, offset in tails} == {"Z", "-07:00", "-08:00"}


def test_calls_span_the_six_weeks_oldest_first(answers):
    started = [
        moment(c["metaData"]["started"])
        for page in answers["calls-extensive"]
        for c in page["calls"]
    ]
    assert started == sorted(started)
    first = dt.datetime.combine(CALL_WEEKS[0], dt.time(), dt.UTC)
    assert first <= started[0]
    assert started[-1] < first + dt.timedelta(weeks=6)
    weeks = {(s - first).days // 7 for s in started}
    assert weeks == set(range(6))


def test_eight_reps_host_between_170_and_220_calls(calls, answers):
    users = {user["id"]: user for page in answers["users"] for user in page["users"]}
    hosts = {users[call["metaData"]["primaryUserId"]]["emailAddress"] for call in calls}
    assert hosts == {rep.email for rep in REPS}
    assert 170 <= len(calls) <= 220


def test_every_rep_has_a_manager_who_is_a_user(answers):
    users = {user["id"]: user for page in answers["users"] for user in page["users"]}
    reps = {rep.email for rep in REPS}
    for user in users.values():
        if user["emailAddress"] in reps:
            assert user["managerId"] in users


def test_speakers_use_party_ids_and_transcripts_use_speaker_ids(calls, transcripts):
    for call in calls:
        parties = call.get("parties")
        if parties is None:
            continue
        by_id = {party["id"] for party in parties}
        voices = {party["speakerId"] for party in parties} - {None}
        assert {speaker["id"] for speaker in call["interaction"]["speakers"]} <= by_id
        entries = transcripts.get(call["metaData"]["id"], [])
        assert {entry["speakerId"] for entry in entries} - {None} <= voices
        for tracker in call["content"]["trackers"]:
            assert {o["speakerId"] for o in tracker["occurrences"]} <= voices
            assert tracker["count"] == len(tracker["occurrences"])
        assert by_id.isdisjoint(voices)


def test_sentences_are_in_milliseconds_in_order_and_inside_the_call(calls, transcripts):
    duration = {call["metaData"]["id"]: call["metaData"]["duration"] for call in calls}
    for call_id, entries in transcripts.items():
        before = 0
        for entry in entries:
            assert set(entry) == {"speakerId", "topic", "sentences"}
            assert entry["sentences"]
            for sentence in entry["sentences"]:
                assert isinstance(sentence["start"], int)
                assert before <= sentence["start"] < sentence["end"]
                assert sentence["text"] == sentence["text"].strip() != ""
                before = sentence["end"]
        assert duration[call_id] == 0 or before <= 1_000 * duration[call_id]


def test_gongs_own_figures_fit_the_transcript(calls, transcripts):
    for call in calls:
        entries = transcripts.get(call["metaData"]["id"])
        host = next((p for p in call.get("parties", []) if p.get("userId")), None)
        if entries is None or host is None:
            continue
        said = [
            (entry["speakerId"], sentence["end"] - sentence["start"], sentence["text"])
            for entry in entries
            for sentence in entry["sentences"]
        ]
        stats = {s["name"]: s["value"] for s in call["interaction"]["interactionStats"]}
        mine = sum(length for voice, length, _ in said if voice == host["speakerId"])
        total = sum(length for _, length, _ in said)
        assert stats["Talk Ratio"] == pytest.approx(mine / total, abs=1e-3)
        asked = sum(t.endswith("?") for voice, _, t in said if voice == host["speakerId"])
        assert call["interaction"]["questions"]["companyCount"] == asked


def test_scored_calls_have_forty_to_a_hundred_and_twenty_sentences(recorded):
    unscored = (Oddity.TOO_SHORT, Oddity.INTERNAL)
    counts = [len(r.sentences) for r in recorded if r.call.oddity not in unscored]
    assert min(counts) >= 40
    assert max(counts) <= 120


def test_every_slot_of_the_dialogues_was_filled(recorded):
    text = " ".join(s.text for r in recorded for s in r.sentences)
    assert not set(text) & set("{}[]|")


def test_there_are_calls_of_every_kind_and_objections_of_every_type(recorded):
    assert {r.call.kind for r in recorded} == {
        "discovery", "demo", "negotiation", "closing", "success", "support",
    }  # fmt: skip
    raised = {objection for r in recorded for objection in r.call.objections}
    assert raised == {
        "price", "budget", "authority", "need", "timing", "competitor", "status_quo", "trust",
        "complexity", "contract", "brush_off",
    }  # fmt: skip


def test_the_warts_are_there(calls, transcripts):
    internal = [c for c in calls if c["metaData"]["scope"] == "Internal"]
    assert len(internal) == 2
    assert sum(c["metaData"]["isPrivate"] for c in calls) >= 3
    assert sum(c["metaData"]["id"] not in transcripts for c in calls) == 2
    assert sum("parties" not in c for c in calls) == 1
    assert sum(c["metaData"]["duration"] == 0 for c in calls) == 1
    assert sum(len(entries) < 4 for entries in transcripts.values()) == 2
    voices = [entry["speakerId"] for entries in transcripts.values() for entry in entries]
    assert None in voices
    silent = [p for c in calls for p in c.get("parties", []) if p["speakerId"] is None]
    assert len(silent) > 10
    neighbours = [
        (a["speakerId"], b["speakerId"])
        for entries in transcripts.values()
        for a, b in pairwise(entries)
    ]
    assert any(a == b for a, b in neighbours)


def test_companies_are_found_by_context_by_email_or_only_by_domain(calls, tables):
    external = [c for c in calls if c["metaData"]["scope"] == "External" and "parties" in c]
    contacts = set(tables["hubspot_contacts"]["email"])
    domains = set(tables["hubspot_companies"]["domain"])
    companies = set(tables["hubspot_companies"]["company_id"].astype(str))
    deals = set(tables["hubspot_deals"]["deal_id"].astype(str))
    ways = {"context": 0, "email": 0, "domain": 0, "none": 0}
    for call in external:
        objects = [o for system in call["context"] for o in system["objects"]]
        for thing in objects:
            known = companies if thing["objectType"] == "Account" else deals
            assert thing["objectId"] in known
        mails = {p["emailAddress"] for p in call["parties"] if p["affiliation"] == "External"}
        if objects:
            ways["context"] += 1
        elif mails & contacts:
            ways["email"] += 1
        elif {mail.partition("@")[2] for mail in mails} & domains:
            ways["domain"] += 1
        else:
            ways["none"] += 1
    assert min(ways.values()) >= 1
    assert ways["context"] > 150


def test_calls_know_customers_by_the_ids_of_the_crm(tables):
    linked = tables["hubspot_companies"].dropna(subset=["customer_id"])
    assert set(linked["customer_id"]) == {customer.customer_id for customer in CUSTOMERS}
    assert tables["hubspot_companies"]["customer_id"].isna().sum() >= 10


def test_hardly_any_long_sentence_of_a_rep_is_heard_in_many_calls(recorded):
    """Read aloud, two calls of one rep must not sound like one form filled in twice."""
    for rep in REPS:
        mine = [r for r in recorded if r.call.host.email == rep.email]
        said = [{s.text for s in r.sentences if len(s.text.split()) > 7} for r in mine]
        alike = [
            len(a & b) / min(len(a), len(b))
            for i, a in enumerate(said)
            for b in said[i + 1 :]
            if a and b
        ]
        assert sum(alike) / len(alike) < 0.25
        assert max(alike) < 0.75
