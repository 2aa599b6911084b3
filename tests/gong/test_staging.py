"""Raw answers in, staged rows out: by real runs on a real warehouse."""

import pandas as pd
import pytest

from cs_assets.gong.staging import web_domain
from tests.gong.answers import call, crm, party, transcript, user


def test_real_calls_are_staged(room, real_calls, monkeypatch):
    monkeypatch.setenv("GONG_EXPORT_DIR", str(real_calls))
    assert room.run("2026-10-05", "2026-11-15").success
    calls = room.table("stg_gong_calls")
    sentences = room.table("stg_gong_call_transcripts", "call_id, sentence_index")
    assert len(calls) == 26
    assert len(sentences) == 10_053
    assert len(room.table("gong_users")) == 6
    assert set(calls.primary_user_id) == set(room.table("gong_users").user_id)
    assert calls.hubspot_deal_id.notna().all()
    assert (calls.match_method == "context").all()
    for _, spoken in sentences.groupby("call_id"):
        assert list(spoken.sentence_index) == list(range(len(spoken)))


def test_making_the_same_days_again_changes_no_row(room, metadata):
    room.answers(calls=[call("1"), call("2")], transcripts=[transcript("1")], users=[])
    room.run()
    tables = [
        "gong_calls_raw",
        "gong_call_transcripts_raw",
        "stg_gong_calls",
        "stg_gong_call_participants",
        "stg_gong_call_transcripts",
    ]
    before = [room.table(name) for name in tables]
    again = room.run()
    for name, rows in zip(tables, before, strict=True):
        pd.testing.assert_frame_equal(room.table(name), rows)
    assert metadata(again, "gong_calls_raw")["new"] == 0
    assert metadata(again, "gong_calls_raw")["changed"] == 0


def test_days_alone_and_a_range_give_the_same_rows(room):
    room.answers(
        calls=[call("1", "2026-10-06T15:00:00Z"), call("2", "2026-10-07T15:00:00Z")],
        transcripts=[transcript("1"), transcript("2")],
    )
    room.run("2026-10-06", "2026-10-06")
    assert list(room.table("stg_gong_calls").call_id) == ["1"]
    room.run("2026-10-07", "2026-10-07")
    days = room.table("stg_gong_call_transcripts")
    room.run("2026-10-06", "2026-10-07")
    pd.testing.assert_frame_equal(room.table("stg_gong_call_transcripts"), days)


def test_a_start_with_an_offset_is_filed_under_its_utc_day(room):
    room.answers(calls=[call("1", "2026-10-06T20:30:00.123456-07:00")])
    room.run("2026-10-07", "2026-10-07")
    (row,) = room.table("stg_gong_calls").itertuples()
    assert str(row.call_date)[:10] == "2026-10-07"
    assert str(row.started) == "2026-10-07 03:30:00.123456"


def test_a_call_that_moves_to_another_day_is_there_once(room):
    room.answers(calls=[call("1", "2026-10-06T15:00:00Z")], transcripts=[transcript("1")])
    room.run()
    room.answers(calls=[call("1", "2026-10-08T15:00:00Z")], transcripts=[transcript("1")])
    room.run("2026-10-08", "2026-10-08")
    for table in ("stg_gong_calls", "gong_call_transcripts_raw", "stg_gong_call_transcripts"):
        assert {str(day)[:10] for day in room.table(table).call_date} == {"2026-10-08"}, table
    assert len(room.table("stg_gong_calls")) == 1


def test_a_private_call_keeps_id_and_flag_only(room):
    secret = call("1", isPrivate=True, title="Severance of J.")
    room.answers(calls=[secret], transcripts=[transcript("1")])
    run = room.run(checked=True)
    (row,) = room.table("stg_gong_calls").itertuples()
    assert row.is_private
    assert row.title is None
    assert "Severance" not in room.table("gong_calls_raw").payload[0]
    for table in (
        "gong_call_transcripts_raw",
        "stg_gong_call_transcripts",
        "stg_gong_call_participants",
    ):
        assert room.table(table).empty, table
    assert all(check.passed for check in run.get_asset_check_evaluations())


def test_a_call_that_turns_private_loses_its_words(room):
    room.answers(calls=[call("1")], transcripts=[transcript("1")])
    room.run()
    assert not room.table("stg_gong_call_transcripts").empty
    room.answers(calls=[call("1", isPrivate=True)], transcripts=[transcript("1")])
    room.run()
    for table in ("gong_call_transcripts_raw", "stg_gong_call_transcripts"):
        assert room.table(table).empty, table


def test_absent_and_null_keys_are_alike(room, metadata):
    bare = {"metaData": {"id": "1", "started": "2026-10-06T15:00:00Z"}}
    nulls = {
        "metaData": {**bare["metaData"], "title": None, "duration": None, "scope": None},
        "parties": None,
        "content": None,
        "interaction": None,
        "context": None,
    }
    room.answers(calls=[bare])
    room.run()
    (row,) = room.table("stg_gong_calls").itertuples()
    assert (row.title, row.duration_seconds, row.call_type) == (None, None, "other")
    assert row.lacks == "no_duration no_parties"
    room.answers(calls=[nulls])
    assert metadata(room.run(), "gong_calls_raw")["changed"] == 0


def test_ids_are_text_of_any_length(room):
    long_id = "98765432109876543210"
    room.answers(
        calls=[
            call(long_id),
            call("7") | {"metaData": {"id": 7, "started": "2026-10-06T15:00:00Z"}},
        ]
    )
    room.run()
    assert set(room.table("stg_gong_calls").call_id) == {long_id, "7"}


def test_speakers_carry_their_side(room):
    one = call("1")
    one["parties"].append(
        {"id": "p3", "speakerId": "s3", "userId": "901", "affiliation": "Unknown"}
    )
    one["parties"].append({"id": "p4", "speakerId": None, "affiliation": "Unknown"})
    room.answers(
        calls=[one],
        transcripts=[
            transcript(
                "1", ("s1", ["We."]), ("s2", ["They."]), ("s3", ["We too."]), (None, ["Who?"])
            )
        ],
    )
    room.run()
    spoken = room.table("stg_gong_call_transcripts", "sentence_index")
    assert list(spoken.affiliation) == ["Internal", "External", "Internal", "Unknown"]
    assert list(spoken.user_id) == ["900", None, "901", None]


def test_the_type_of_a_call_is_told_by_title_then_topics(room):
    pricing = [{"name": "Pricing", "duration": 300}, {"name": "Demo", "duration": 10}]
    cases = [
        ("Acme product demo", [], "External", "demo"),
        ("Acme: contract signature", [], "External", "closing"),
        ("Quarterly business review", [], "External", "success"),
        ("Pricing for Acme", [], "External", "negotiation"),
        ("Intro", [], "External", "discovery"),
        ("Acme", pricing, "External", "negotiation"),
        ("Acme again", [{"name": "Pricing", "duration": 0}], "External", "other"),
        ("Demo of our own", [], "Internal", "internal"),
        ("Academic affairs", [], "External", "other"),
        ("Update on the outage", [], "External", "support"),
    ]
    room.answers(
        calls=[
            {**call(str(n), title=title, scope=scope), "content": {"topics": topics}}
            for n, (title, topics, scope, _) in enumerate(cases)
        ]
    )
    room.run()
    told = room.table("stg_gong_calls").set_index("call_id").call_type
    assert {title: told[str(n)] for n, (title, *_) in enumerate(cases)} == {
        title: expected for title, _, _, expected in cases
    }


def test_a_call_is_linked_by_context_then_email_then_domain(room):
    room.put(
        "source.hubspot_companies",
        [
            {
                "company_id": "c1",
                "company_name": "Acme",
                "domain": "acme.example",
                "customer_id": "CUST_1",
            },
            {
                "company_id": "c2",
                "company_name": "Bolt",
                "domain": "bolt.example",
                "customer_id": "CUST_2",
            },
        ],
    )
    room.put(
        "source.hubspot_contacts",
        [
            {
                "contact_id": "k1",
                "company_id": "c2",
                "email": "Boss@Gmail.com",
                "full_name": "Boss",
            },
        ],
    )
    room.put(
        "source.hubspot_deals",
        [
            {
                "deal_id": "d1",
                "company_id": "c1",
                "deal_name": "Acme 1",
                "deal_stage": "Won",
                "deal_amount": 900.0,
            },
        ],
    )
    by_account = {**call("1"), "context": [crm("Account", "c2", Name="Bolt Ltd")]}
    by_deal = {**call("2"), "context": [crm("Deal", "d1", StageName="Demo", Amount="1,200.50")]}
    by_mail = {**call("3"), "parties": [party("p1", "s1", "boss@gmail.com")]}
    by_domain = {**call("4"), "parties": [party("p1", "s1", "X@ACME.example")]}
    by_nothing = {**call("5"), "parties": [party("p1", "s1", "who@gmail.com")]}
    room.answers(calls=[by_account, by_deal, by_mail, by_domain, by_nothing])
    room.run()
    calls = room.table("stg_gong_calls", "call_id").set_index("call_id")
    assert dict(calls.match_method) == {
        "1": "context",
        "2": "context",
        "3": "email",
        "4": "domain",
        "5": None,
    }
    assert dict(calls.customer_id) == {
        "1": "CUST_2",
        "2": "CUST_1",
        "3": "CUST_2",
        "4": "CUST_1",
        "5": None,
    }
    assert calls.account_name["1"] == "Bolt Ltd"
    assert (calls.deal_stage_at_call["2"], float(calls.deal_amount_at_call["2"])) == (
        "Demo",
        1200.5,
    )
    assert calls.hubspot_contact_id["3"] == "k1"
    view = room.table("vw_enriched_gong_calls", "call_id").set_index("call_id")
    assert (view.deal_stage["2"], view.deal_name["2"]) == ("Won", "Acme 1")
    assert view.company_name["4"] == "Acme"
    assert view.contact_name["3"] == "Boss"


def test_what_the_crm_does_not_know_never_beats_what_it_does(room):
    room.put(
        "source.hubspot_companies",
        [
            {"company_id": "c1", "company_name": "Acme", "customer_id": "CUST_1",
             "domain": "https://www.Acme.example:443/de?x=1"},
            {"company_id": "c2", "company_name": "Bolt", "customer_id": "CUST_2",
             "domain": " WWW.bücher.example. "},
        ],
    )  # fmt: skip
    contact = {"contact_id": "k1", "company_id": "c2", "email": "boss@gmail.com", "full_name": "B"}
    room.put("source.hubspot_contacts", [contact])
    unknown = [crm("Account", "gone", Name="Old name")]
    by_domain = {**call("1"), "context": unknown, "parties": [party("p1", "s1", "x@acme.example")]}
    by_mail = {**call("2"), "context": unknown, "parties": [party("p1", "s1", "boss@gmail.com")]}
    foreign = {**call("3"), "parties": [party("p1", "s1", "x@xn--bcher-kva.example")]}
    alone = {**call("4"), "context": unknown, "parties": [party("p1", "s1", "who@gmail.com")]}
    room.answers(calls=[by_domain, by_mail, foreign, alone])
    room.run()
    calls = room.table("stg_gong_calls", "call_id").set_index("call_id")
    assert list(calls.customer_id) == ["CUST_1", "CUST_2", "CUST_2", None]
    assert list(calls.match_method) == ["domain", "email", "domain", "context"]
    assert list(calls.account_name) == ["Acme", "Bolt", "Bolt", "Old name"]


@pytest.mark.parametrize(
    ("written", "domain"),
    [
        ("Acme.example", "acme.example"),
        ("  https://WWW.acme.example/ ", "acme.example"),
        ("http://user:pw@acme.example:8080/a?b#c", "acme.example"),
        ("//acme.example.", "acme.example"),
        ("www.acme.co.uk/de", "acme.co.uk"),
        ("münchen.example", "xn--mnchen-3ya.example"),
        ("wwwacme.example", "wwwacme.example"),
        ("acme", None),
        ("", None),
        ("http://", None),
        ("not a domain", None),
        ("a" * 5_000 + ".example", None),
        ("http://[", None),
    ],
)
def test_a_domain_is_what_it_means_however_it_is_written(written, domain):
    assert web_domain(written) == domain


def test_salesforce_objects_are_kept_beside_hubspot(room):
    room.put(
        "source.hubspot_companies",
        [
            {
                "company_id": "c1",
                "company_name": "Acme",
                "domain": "acme.example",
                "customer_id": "CUST_1",
            },
        ],
    )
    one = {
        **call("1"),
        "parties": [],
        "context": [
            crm("Opportunity", "006A", "Salesforce", StageName="Proposal", Amount=500),
            crm(
                "Account",
                "001A",
                "Salesforce",
                Name="Acme Inc",
                Website="https://www.acme.example/x",
            ),
        ],
    }
    room.answers(calls=[one])
    room.run()
    (row,) = room.table("stg_gong_calls").itertuples()
    assert (row.salesforce_opportunity_id, row.salesforce_account_id) == ("006A", "001A")
    assert (row.hubspot_deal_id, row.hubspot_company_id) == (None, "c1")
    assert (row.match_method, row.customer_id, row.account_name) == ("domain", "CUST_1", "Acme Inc")
    assert row.deal_stage_at_call == "Proposal"


def test_stats_are_read_by_name(room):
    one = call("1")
    one["interaction"] = {
        "interactionStats": [
            {"name": "Patience", "value": 0.5},
            {"name": "Talk Ratio", "value": 0.25},
        ],
        "questions": {"companyCount": 3, "nonCompanyCount": 4},
    }
    room.answers(calls=[one])
    room.run()
    (row,) = room.table("stg_gong_calls").itertuples()
    assert (row.talk_ratio, row.patience_seconds, row.interactivity) == (0.25, 0.5, None)
    assert (row.company_questions, row.customer_questions) == (3, 4)


def test_users_are_replaced_as_a_whole(room):
    room.answers(users=[user("1", "Ann", "Lee"), user("2", "Bo", "Ek", managerId="1")])
    room.run()
    room.answers(users=[user("1", "Ann", "Lee-Ek", active=False)])
    room.run()
    (row,) = room.table("gong_users").itertuples()
    assert (row.full_name, row.is_active) == ("Ann Lee-Ek", False)
