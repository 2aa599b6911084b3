"""The API client against the simulator, over real HTTP on loopback."""

import datetime as dt
import logging

import orjson
import pytest

from cs_assets.errors import UsageError
from cs_assets.gong.simulator import Clock, Corpus, Fault, Faults, Limits, Simulator, serve
from cs_assets.gong.simulator.corpus import SimulatedCall
from resources.gong.auth import AccessKey, normal_base
from resources.gong.client import GongClient, Retries
from resources.gong.errors import (
    BadCredentials,
    GongError,
    GongUnavailable,
    MissingScope,
    RateLimited,
)
from resources.gong.pages import Window
from resources.gong.quota import Quota
from tests.gong.answers import call, transcript

OCTOBER = Window.of_days(dt.date(2026, 10, 1), dt.date(2026, 10, 31))


def corpus(count: int, **more: object) -> Corpus:
    """Calls a minute apart, each with a transcript."""
    found = Corpus(**more)
    start = dt.datetime(2026, 10, 6, tzinfo=dt.UTC)
    found.add_all(
        SimulatedCall(
            call(f"{n:05}", (start + dt.timedelta(minutes=n)).isoformat(), workspaceId="w1"),
            orjson.dumps(transcript(f"{n:05}")),
        )
        for n in range(count)
    )
    return found


@pytest.fixture
def connect(tmp_path):
    """A client of a simulator, with no limit unless asked for; closed in the end."""
    opened = []

    def open_client(simulator: Simulator, url: str, **more: object) -> GongClient:
        quota = Quota(
            tmp_path / "quota.sqlite",
            "company",
            per_second=more.pop("per_second", 10_000),
            per_day=more.pop("per_day", 10_000),
            patience=more.pop("patience", 5),
        )
        authorisation = more.pop("authorisation", AccessKey("key", "secret", url))
        retries = more.pop("retries", Retries(attempts=5, first=0.001))
        client = GongClient(authorisation, quota, retries=retries, **more)
        opened.append(client)
        return client

    yield open_client
    for client in opened:
        client.close()


def unlimited(found: Corpus, **more: object) -> Simulator:
    return Simulator(found, limits=Limits(None, None), **more)


def ids(pages) -> list[str]:
    return [record["metaData"]["id"] for page in pages for record in page.records]


def test_all_pages_come_once_and_in_order(connect):
    simulator = unlimited(corpus(250))
    with serve(simulator) as url:
        client = connect(simulator, url)
        pages = list(client.calls(OCTOBER))
        found = list(client.transcripts(ids(pages)))
    assert [len(page.records) for page in pages] == [100, 100, 50]
    assert ids(pages) == [f"{n:05}" for n in range(250)]
    assert sum(len(page.records) for page in found) == 250
    assert simulator.requests["POST /v2/calls/transcript"] == 3
    assert all(page.request_id for page in pages)
    assert pages[0].total == 250


def test_content_and_crm_are_asked_for_and_media_is_not(connect):
    one = call("1", "2026-10-06T00:00:00Z")
    one["context"] = [
        {"system": "HubSpot", "objects": [{"objectType": "Account", "objectId": "7"}]}
    ]
    one["content"] = {"topics": [{"name": "Pricing", "duration": 3}], "brief": "x"}
    one["media"] = {"audioUrl": "https://signed"}
    found = Corpus()
    found.add(SimulatedCall(one))
    simulator = unlimited(found)
    with serve(simulator) as url:
        (page,) = connect(simulator, url).calls(OCTOBER)
    (record,) = page.records
    assert record["context"][0]["objects"][0]["objectId"] == "7"
    assert record["content"]["topics"]
    assert record["parties"]
    assert "media" not in record


def test_a_base_url_with_version_or_slash_is_normalised():
    for given in ("https://x.api.gong.io", "https://x.api.gong.io/", "https://x.api.gong.io/v2/"):
        assert normal_base(given) == "https://x.api.gong.io"


def test_an_empty_result_is_an_empty_list_and_another_404_is_an_error(connect):
    simulator = unlimited(corpus(1), base_path="/us-1")
    with serve(simulator) as url:
        client = connect(simulator, url)
        assert list(client.calls(Window.of_days(dt.date(2020, 1, 1), dt.date(2020, 1, 2)))) == []
        assert list(client.transcripts(["99"])) == []
        lost = connect(simulator, url, authorisation=AccessKey("key", "secret", url + "/no"))
        with pytest.raises(GongError, match="GONG_BASE_URL"):
            list(lost.calls(OCTOBER))


def test_a_missing_scope_fails_its_stream_only_and_is_named(connect):
    simulator = unlimited(corpus(1), scopes={"api:calls:read:extensive"})
    with serve(simulator) as url:
        client = connect(simulator, url)
        assert len(ids(client.calls(OCTOBER))) == 1
        with pytest.raises(MissingScope, match="api:users:read"):
            list(client.users())


def test_a_wrong_key_names_the_base_url_as_a_possible_cause(connect):
    simulator = unlimited(corpus(1))
    with serve(simulator) as url:
        client = connect(simulator, url, authorisation=AccessKey("key", "wrong", url))
        with pytest.raises(BadCredentials, match="base URL"):
            list(client.calls(OCTOBER))


def test_an_expired_cursor_restarts_the_window(connect):
    clock = Clock(dt.datetime(2026, 11, 1, tzinfo=dt.UTC), running=False)
    simulator = unlimited(corpus(250), clock=clock)
    with serve(simulator) as url:
        pages = connect(simulator, url).calls(OCTOBER)
        found = ids([next(pages)])
        clock.advance(3700)
        found += ids(pages)
    assert set(found) == {f"{n:05}" for n in range(250)}
    assert found[100] == "00000"


def test_a_cursor_that_always_expires_is_given_up(connect):
    simulator = unlimited(corpus(250), cursor_life=dt.timedelta(0))
    with serve(simulator) as url, pytest.raises(GongUnavailable, match="expired 4 times"):
        list(connect(simulator, url).calls(OCTOBER))


@pytest.mark.parametrize(
    "kind",
    ["server_error", "bad_gateway", "unavailable", "timeout", "reset", "cut", "cut_json", "html"],
)
def test_a_passing_fault_costs_a_request_and_nothing_else(connect, kind):
    faults = Faults({1: Fault(kind), 2: Fault(kind)})
    simulator = unlimited(corpus(250), faults=faults)
    with serve(simulator) as url:
        assert ids(connect(simulator, url).calls(OCTOBER)) == [f"{n:05}" for n in range(250)]
    assert len(faults.met) == 2


def test_a_fault_that_stays_is_given_up_with_one_clear_line(connect):
    simulator = unlimited(corpus(1), faults=Faults(rate=1, kinds=["unavailable"], in_a_row=99))
    with serve(simulator) as url, pytest.raises(GongUnavailable, match="503") as caught:
        list(connect(simulator, url).calls(OCTOBER))
    assert "\n" not in str(caught.value)


def test_a_page_that_stays_cut_gives_what_it_holds_and_then_fails(connect):
    simulator = unlimited(corpus(30), faults=Faults(rate=1, kinds=["cut_json"], in_a_row=99))
    with serve(simulator) as url:
        pages = connect(simulator, url).calls(OCTOBER)
        assert 0 < len(ids([next(pages)])) < 30
        with pytest.raises(GongUnavailable, match="cut off"):
            next(pages)


def test_a_short_wait_is_slept_through_and_a_long_one_ends_the_run(connect):
    simulator = unlimited(corpus(1), faults=Faults({0: Fault("too_many", 1)}))
    with serve(simulator) as url:
        begin = dt.datetime.now(dt.UTC)
        assert len(ids(connect(simulator, url).calls(OCTOBER))) == 1
        assert (dt.datetime.now(dt.UTC) - begin).total_seconds() >= 0.9
        simulator.faults.plan(0, Fault("too_many", 1200))
        client = connect(simulator, url)
        with pytest.raises(RateLimited, match="resume at") as caught:
            list(client.calls(OCTOBER))
        wait = (caught.value.resume_at - dt.datetime.now(dt.UTC)).total_seconds()
        assert 1190 < wait <= 1201
        with pytest.raises(RateLimited):  # nobody else sends meanwhile
            list(connect(simulator, url).users())
    assert simulator.requests["GET /v2/users"] == 0


def test_an_unknown_workspace_is_refused_and_a_known_one_filters(connect):
    found = corpus(3, workspaces=[{"id": "w1", "name": "One"}])
    found.change("00001", workspaceId="w2")
    simulator = unlimited(found)
    with serve(simulator) as url:
        assert ids(connect(simulator, url, workspace_id="w1").calls(OCTOBER)) == ["00000", "00002"]
        with pytest.raises(UsageError, match="no workspace w9"):
            list(connect(simulator, url, workspace_id="w9").calls(OCTOBER))


def test_log_lines_name_the_request_and_hold_no_words(connect, caplog):
    caplog.set_level(logging.INFO, logger="cs_assets.gong")
    simulator = unlimited(corpus(2))
    with serve(simulator) as url:
        client = connect(simulator, url)
        list(client.transcripts(ids(client.calls(OCTOBER))))
    text = caplog.text
    assert '"event": "gong.page"' in text
    assert '"request_id": "0000000000000000001"' in text
    for secret in ("too expensive", "buyer@acme", "Acme", "secret"):
        assert secret not in text
