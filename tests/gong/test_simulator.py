"""The simulator keeps the contract that a client may rely on."""

import base64
import datetime as dt
import json

import httpx
import orjson
import pytest

from cs_assets.gong.simulator import Clock, Corpus, Fault, Limits, Request, Simulator, serve
from cs_assets.gong.simulator.corpus import NoCorpus, SimulatedCall
from tests.gong.answers import call, crm, transcript, user, write

START = dt.datetime(2026, 10, 6, tzinfo=dt.UTC)
BASIC = "Basic " + base64.b64encode(b"key:secret").decode()


def company(count: int = 250, **more) -> Simulator:
    corpus = Corpus(users=[user(str(n), f"U{n}", "X") for n in range(120)])
    for n in range(count):
        record = call(f"{n:04}", (START + dt.timedelta(minutes=n)).isoformat())
        record["context"] = [crm("Opportunity", "1", Name="Deal")]
        record["media"] = {"audioUrl": "x"}
        corpus.add(SimulatedCall(record, orjson.dumps(transcript(f"{n:04}"))))
    settings = {"limits": Limits(None, None), "clock": Clock(START, running=False)} | more
    return Simulator(corpus, **settings)


def ask(simulator: Simulator, method: str, path: str, body=None, /, **query: str):
    sent = Request(
        method,
        path,
        query,
        {"authorization": BASIC, "content-type": "application/json"},
        b"" if body is None else json.dumps(body).encode(),
    )
    response = simulator.handle(sent)
    return response.status, json.loads(response.body)


def extensive(simulator: Simulator, cursor: str | None = None, **filters):
    body = {"filter": filters, "cursor": cursor}
    return ask(simulator, "POST", "/v2/calls/extensive", body)


def test_pages_of_a_hundred_with_the_cursor_absent_at_the_end():
    simulator = company()
    sizes, cursor, numbers = [], None, []
    while True:
        status, page = extensive(simulator, cursor)
        assert status == 200
        assert page["records"]["totalRecords"] == 250
        sizes.append(len(page["calls"]))
        numbers.append(page["records"]["currentPageNumber"])
        if "cursor" not in page["records"]:
            break
        cursor = page["records"]["cursor"]
    assert (sizes, numbers) == ([100, 100, 50], [0, 1, 2])


def test_a_cursor_in_the_query_of_a_post_is_ignored():
    simulator = company()
    _, first = extensive(simulator)
    cursor = first["records"]["cursor"]
    _, again = ask(simulator, "POST", "/v2/calls/extensive", {"filter": {}}, cursor=cursor)
    assert again["calls"] == first["calls"]
    _, users = ask(simulator, "GET", "/v2/users")
    _, more = ask(simulator, "GET", "/v2/users", cursor=users["records"]["cursor"])
    assert len(more["users"]) == 20


def test_a_cursor_is_bound_to_its_inputs_cannot_be_edited_and_expires():
    simulator = company()
    _, page = extensive(simulator)
    cursor = page["records"]["cursor"]
    status, answer = extensive(simulator, cursor, fromDateTime="2026-10-06T00:00:00Z")
    assert (status, "does not match" in answer["errors"][0]) == (400, True)
    assert extensive(simulator, cursor[:-2] + "AA")[0] == 400
    simulator.clock.advance(3599)
    _, second = extensive(simulator, cursor)
    simulator.clock.advance(2)
    status, answer = extensive(simulator, second["records"]["cursor"])
    assert (status, answer["errors"]) == (400, ["cursor has expired"])


def test_from_is_inclusive_and_to_exclusive():
    simulator = company()
    _, page = extensive(
        simulator, fromDateTime="2026-10-06T00:05:00Z", toDateTime="2026-10-06T00:07:00Z"
    )
    assert [item["metaData"]["id"] for item in page["calls"]] == ["0005", "0006"]
    status, _ = extensive(
        simulator, fromDateTime="2026-10-06T00:05:00Z", toDateTime="2026-10-06T00:05:00Z"
    )
    assert status == 404
    status, answer = extensive(
        simulator, fromDateTime="2026-10-07T00:00:00Z", toDateTime="2026-10-06T00:00:00Z"
    )
    assert (status, answer["errors"]) == (400, ["filter.fromDateTime: must be before toDateTime"])


def test_filtered_lists_are_404_when_empty_and_unfiltered_ones_are_not():
    simulator = company(0)
    assert extensive(simulator) == (
        404,
        {"requestId": "0000000000000000001",
         "errors": ["No calls found corresponding to the provided filters"]},
    )  # fmt: skip
    assert ask(simulator, "GET", "/v2/settings/scorecards")[1]["scorecards"] == []
    status, answer = ask(simulator, "POST", "/v2/stats/activity/scorecards", {"filter": {}})
    assert status == 404
    assert answer["errors"][0].startswith("No answered scorecards found")


def test_partial_answers_for_partly_unknown_ids_and_none_for_empty_lists():
    simulator = company()
    body = {"filter": {"callIds": ["0001", "nope"]}}
    _, page = ask(simulator, "POST", "/v2/calls/transcript", body)
    assert [item["callId"] for item in page["callTranscripts"]] == ["0001"]
    assert set(page["callTranscripts"][0]) == {"callId", "transcript"}
    assert ask(simulator, "POST", "/v2/calls/transcript", {"filter": {"callIds": []}})[0] == 400
    assert ask(simulator, "POST", "/v2/calls/transcript", {})[0] == 400


def test_parts_are_given_as_asked_for_and_absent_otherwise():
    simulator = company(1)
    _, page = extensive(simulator)
    assert set(page["calls"][0]) == {"metaData"}
    selector = {"context": "Basic", "exposedFields": {"parties": True, "content": {"topics": True}}}
    body = {"filter": {}, "contentSelector": selector}
    _, page = ask(simulator, "POST", "/v2/calls/extensive", body)
    (found,) = page["calls"]
    assert set(found) == {"metaData", "context", "parties"}
    assert found["context"][0]["objects"] == [{"objectType": "Opportunity", "objectId": "1"}]


def test_media_needs_its_scope_and_is_signed_anew_each_time():
    simulator = company(1)
    body = {"filter": {}, "contentSelector": {"exposedFields": {"media": True}}}
    assert ask(simulator, "POST", "/v2/calls/extensive", body)[0] == 401
    simulator.gate.scopes.add("api:calls:read:media-url")
    first, second = (
        ask(simulator, "POST", "/v2/calls/extensive", body)[1]["calls"][0] for _ in range(2)
    )
    assert first["media"] != second["media"]


def test_a_call_in_processing_is_counted_and_not_delivered():
    simulator = company(2)
    hidden = simulator.corpus.get("0001")
    assert hidden is not None
    hidden.visible_at = START + dt.timedelta(minutes=9)
    _, page = extensive(simulator)
    assert (page["records"]["totalRecords"], len(page["calls"])) == (2, 1)
    status, answer = ask(simulator, "GET", "/v2/calls/0001")
    assert (status, answer["errors"]) == (404, ["Call ID 0001 was not found"])
    simulator.clock.advance(600)
    assert len(extensive(simulator)[1]["calls"]) == 2


def test_a_missing_scope_is_named():
    simulator = company(1, scopes={"api:users:read"})
    status, answer = extensive(simulator)
    assert status == 401
    expected = "You don't have permission to use 'api:calls:read:extensive' in your app."
    assert answer["errors"] == [expected]


def test_wrong_methods_paths_and_media_types():
    simulator = company(1)
    assert ask(simulator, "GET", "/v2/calls/extensive")[0] == 404  # a call of that id
    assert ask(simulator, "PUT", "/v2/users")[0] == 405
    assert ask(simulator, "GET", "/v2/nothing/here")[0] == 404
    form = Request(
        "POST",
        "/v2/calls/extensive",
        {},
        {"authorization": BASIC, "content-type": "application/x-www-form-urlencoded"},
        b"x=1",
    )
    assert simulator.handle(form).status == 415
    assert simulator.handle(Request("GET", "/v2/users")).status == 401


def test_the_day_and_the_second_are_limited_with_a_whole_retry_after():
    simulator = company(1, limits=Limits(3, 5), clock=Clock(START + dt.timedelta(hours=23)))
    responses = [
        simulator.handle(Request("GET", "/v2/users", {}, {"authorization": BASIC}))
        for _ in range(6)
    ]
    assert [response.status for response in responses] == [200, 200, 200, 429, 429, 429]
    assert responses[3].headers["retry-after"] == "1"
    assert 3590 <= int(responses[5].headers["retry-after"]) <= 3601


def test_the_list_of_calls_filters_by_schedule_and_gives_plain_metadata():
    simulator = company(1)
    simulator.corpus.change("0000", scheduled="2026-10-01T00:00:00Z")
    _, page = ask(
        simulator,
        "GET",
        "/v2/calls",
        fromDateTime="2026-10-01T00:00:00Z",
        toDateTime="2026-10-02T00:00:00Z",
    )
    assert page["calls"][0]["id"] == "0000"
    assert extensive(simulator, toDateTime="2026-10-02T00:00:00Z")[0] == 404


def test_the_server_can_be_steered_from_outside():
    simulator = company(2)
    with serve(simulator) as url, httpx.Client(headers={"authorization": BASIC}) as http:
        assert http.get(f"{url}/_sim/state").json()["calls"] == 2
        now = {"now": "2027-01-01T00:00:00+02:00"}
        assert http.post(f"{url}/_sim/clock", json=now).json()["now"].startswith("2026-12-31T22")
        http.post(f"{url}/_sim/calls/0000", json={"delete": True})
        http.post(f"{url}/_sim/calls/0001", json={"isPrivate": True})
        http.post(f"{url}/_sim/faults", json=[{"kind": "unavailable", "after": 1}])
        answers = [http.post(f"{url}/v2/calls/extensive", json={"filter": {}}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 503]
        (record,) = answers[0].json()["calls"]
        assert record["metaData"]["isPrivate"]
        assert answers[0].headers["x-traceid"] == answers[0].json()["requestId"]
        assert http.post(f"{url}/_sim/faults", json=[{"kind": "earthquake"}]).status_code == 400
        assert http.post(f"{url}/_sim/nothing").status_code == 404


def test_a_cut_connection_is_an_error_of_transport():
    simulator = company(5)
    with serve(simulator) as url, httpx.Client(headers={"authorization": BASIC}) as http:
        for kind in ("cut", "reset"):
            simulator.faults.plan(0, Fault(kind))
            with pytest.raises(httpx.TransportError):
                http.post(f"{url}/v2/calls/extensive", json={"filter": {}})
        assert http.post(f"{url}/v2/calls/extensive", json={"filter": {}}).status_code == 200


def test_a_folder_of_answers_is_served(tmp_path):
    write(tmp_path, calls=[call("1"), {"broken": True}], transcripts=[transcript("1")])
    corpus = Corpus.from_folder(tmp_path, visible_after=dt.timedelta(minutes=4))
    found = corpus.get("1")
    assert found is not None
    assert found.visible_at == found.started + dt.timedelta(minutes=34)
    assert len(corpus) == 1
    with pytest.raises(NoCorpus, match="holds no calls"):
        Corpus.from_folder(tmp_path / "nothing")


def test_statistics_count_what_the_calls_of_the_days_say():
    simulator = company(3)
    for call_id, patience in (("0000", 1.0), ("0001", 2.0)):
        stats = [{"name": "Patience", "value": patience}, {"name": "Talk Ratio", "value": 0.5}]
        simulator.corpus.get(call_id).call["interaction"] = {"interactionStats": stats}
    simulator.corpus.users.append(user("900", "Ann", "Lee"))
    day = START.date()
    days = {"fromDate": day.isoformat(), "toDate": (day + dt.timedelta(days=1)).isoformat()}

    def stats(path: str, **filters: str):
        return ask(simulator, "POST", f"/v2/stats/{path}", {"filter": filters or days})

    _, page = stats("activity/aggregate")
    (rep,) = page["usersAggregateActivityStats"]
    assert (rep["userId"], rep["userAggregateActivityStats"]["callsAsHost"]) == ("900", 3)
    _, page = stats("activity/day-by-day")
    ((of_day,),) = [one["userDailyActivityStats"] for one in page["usersDetailedActivities"]]
    assert of_day["callsAsHost"] == ["0000", "0001", "0002"]
    _, page = stats("interaction")
    (rep,) = page["peopleInteractionStats"]
    assert rep["personInteractionStats"] == [{"name": "Patience", "value": 1.5}]
    same_day = {"fromDate": days["fromDate"], "toDate": days["fromDate"]}
    assert stats("interaction", **same_day)[0] == 404  # the last day is not in
    assert stats("interaction", fromDate="soon", toDate="later")[0] == 400
