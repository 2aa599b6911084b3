"""Cortex over real HTTP on loopback: tokens, search, analyst, threads, event streams."""

import time
from pathlib import Path
from typing import Any

import jwt
import pytest

from cs_assets.ai.requests import AskingFailed
from cs_assets.errors import UsageError
from resources.models.cortex import CortexClient, cortex_client
from resources.models.cortex_events import AgentRun, BrokenStream, EventParser
from resources.settings import Settings
from resources.snowflake.jwt import KeyPairToken, fingerprint, host
from tests.ai import fake_cortex, sheets
from tests.ai.fake_cortex import RUN_PATH, make_key, stream, whole_run
from tests.ai.loopback import Reply, Request, as_json, serving
from tests.ai.writers import cortex_writer

TEXT = "{customer.name} saw {conversions.count} conversions."


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fake_cortex.make_key(tmp_path_factory.mktemp("key"))


@pytest.fixture
def token(key: Path) -> KeyPairToken:
    return KeyPairToken("myorg-my_account", "svc_reports", key.read_bytes())


def client(url: str, token: KeyPairToken, **more: Any) -> CortexClient:
    return CortexClient(url, token, role="REPORT", warehouse="WH", **more)


def parsed(data: bytes, size: int) -> AgentRun:
    parser, run = EventParser(), AgentRun()
    for start in range(0, len(data), size):
        for event in parser.feed(data[start : start + size]):
            run.take(event)
    return run


def test_the_token_has_the_claims_that_snowflake_wants(key: Path) -> None:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    now = 1_800_000_000.0
    token = KeyPairToken("myorg-my_account", "svc", key.read_bytes(), clock=lambda: now)
    private = load_pem_private_key(key.read_bytes(), None)
    claims = jwt.decode(
        token.current(),
        private.public_key(),  # type: ignore[arg-type]
        algorithms=["RS256"],
        options={"verify_exp": False, "verify_iat": False},
    )
    assert claims["sub"] == "MYORG-MY_ACCOUNT.SVC"
    assert claims["iss"] == f"MYORG-MY_ACCOUNT.SVC.SHA256:{fingerprint(private)}"
    assert claims["exp"] - claims["iat"] == 59 * 60


def test_the_token_is_renewed_before_it_ends(key: Path) -> None:
    now = [1_800_000_000.0]
    token = KeyPairToken("org-acc", "svc", key.read_bytes(), clock=lambda: now[0])
    first = token.current()
    now[0] += 53 * 60
    assert token.current() == first
    now[0] += 2 * 60
    assert token.current() != first


@pytest.mark.parametrize(
    ("account", "subject"),
    [
        ("org-acc", "ORG-ACC"),
        ("xy12345.eu-central-1", "XY12345"),
        ("xy12345.us-east-2.aws", "XY12345"),
        ("org.acc", "ORG-ACC"),
    ],
)
def test_accounts_in_every_spelling(key: Path, account: str, subject: str) -> None:
    token = KeyPairToken(account, "svc", key.read_bytes()).current()
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["sub"] == f"{subject}.SVC"


def test_host_names_have_hyphens() -> None:
    assert host("MyOrg-my_account") == "myorg-my-account.snowflakecomputing.com"


def test_a_bad_key_is_one_line_without_the_key() -> None:
    with pytest.raises(UsageError, match="PRIVATE_KEY_PATH") as raised:
        KeyPairToken("a-b", "svc", b"-----BEGIN PRIVATE KEY-----\nsecretstuff\n-----END-----")
    assert "secretstuff" not in str(raised.value)


def test_settings_that_are_missing_are_named() -> None:
    with pytest.raises(UsageError, match="SNOWFLAKE_ACCOUNT"):
        cortex_client(Settings(), 60)


@pytest.mark.parametrize("size", [1, 2, 7, 64, 100_000])
def test_a_stream_cut_anywhere_gives_the_same_run(size: int) -> None:
    data = b"\xef\xbb\xbf: hello\n\n" + b"".join(whole_run(TEXT + " Ünïcödé — ok."))
    run = parsed(data, size)
    assert run.text == TEXT + " Ünïcödé — ok."
    assert run.finished
    assert run.sql == ["SELECT COUNT(*) FROM conversions"]
    assert [citation.doc_id for citation in run.citations] == ["cs-1"]
    assert run.warnings == ["399569 tool not accessible"]
    assert run.unknown_events == {"response.something_new"}
    assert (run.run_id, run.assistant_message_id) == ("7-1", 2)
    assert (run.input_tokens, run.output_tokens) == (900, 80)


def test_line_ends_of_every_kind() -> None:
    data = b"".join(whole_run(TEXT))
    for end in (b"\r\n", b"\r"):
        assert parsed(data.replace(b"\n", end) + end, 3).text == TEXT


def test_repeated_events_count_once() -> None:
    parts = whole_run(TEXT)
    assert parsed(b"".join(parts[:13] + parts[5:]), 50).text == TEXT
    before_the_end = parsed(b"".join(parts[:13] + parts[5:13]), 50)
    assert before_the_end.text == TEXT


def test_the_answer_is_all_text_items_not_the_last_item() -> None:
    response = fake_cortex.aggregate("First. ")
    response["content"] += [{"type": "text", "text": "Second."}, {"type": "chart", "chart": {}}]
    run = parsed(fake_cortex.event("response", response), 10_000)
    assert run.text == "First. Second."


@pytest.mark.parametrize("data", [b"event: response\ndata: {cut\n\n", b"data: <html>\n\n"])
def test_data_that_is_no_json_breaks_the_stream(data: bytes) -> None:
    with pytest.raises(BrokenStream):
        parsed(data, 1000)


def test_a_run_has_the_headers_and_the_body_of_the_reference(token: KeyPairToken) -> None:
    with serving(fake_cortex.agent(lambda _, __: stream(whole_run(TEXT)))) as server:
        api = client(server.url, token)
        run = api.run_agent("CS.AI.WRITER", "Write.", api.create_thread(), 0)
    assert run.text == TEXT
    thread, request = server.requests
    assert thread.json == {"origin_application": "cs_assets"}
    assert request.path == RUN_PATH
    assert request.headers["x-snowflake-role"] == "REPORT"
    assert request.headers["x-snowflake-warehouse"] == "WH"
    assert request.headers["x-snowflake-authorization-token-type"] == "KEYPAIR_JWT"
    assert request.json["thread_id"] == 7
    assert request.json["parent_message_id"] == 0
    assert len(request.json["messages"]) == 1


def test_a_cut_stream_is_taken_up_again_where_it_stopped(token: KeyPairToken) -> None:
    parts = whole_run(TEXT)

    def runs(request: Request, count: int) -> Reply:
        if count == 1:
            return stream(parts[:12], fault="cut")
        return stream(parts[12:])

    with serving(fake_cortex.agent(runs)) as server:
        run = client(server.url, token).run_agent("CS.AI.WRITER", "Write.", 7, 0)
    assert run.text == TEXT
    assert server.requests[1].path == "/api/v2/cortex/agent/runs/7-1?starting_after=12"


def test_without_sequence_numbers_a_stream_is_read_again_from_its_start(
    token: KeyPairToken,
) -> None:
    parts = [part.split(b"\n", 1)[1] for part in whole_run(TEXT)]

    def runs(request: Request, count: int) -> Reply:
        return stream(parts[:13], fault="cut") if count == 1 else stream(parts)

    with serving(fake_cortex.agent(runs)) as server:
        run = client(server.url, token).run_agent("CS.AI.WRITER", "Write.", 7, 0)
    assert run.text == TEXT
    assert server.requests[1].path == "/api/v2/cortex/agent/runs/7-1"
    assert len(run.citations) == len(run.tools) == 1


def test_an_answer_in_one_piece_is_taken_as_well(token: KeyPairToken) -> None:
    whole = as_json(fake_cortex.aggregate(TEXT))
    with serving(fake_cortex.agent(lambda _, __: whole)) as server:
        run = client(server.url, token).run_agent("CS.AI.WRITER", "Write.", 7, 0)
    assert (run.text, run.assistant_message_id) == (TEXT, 2)


def test_a_stream_that_ends_early_without_a_run_id_is_a_failure(token: KeyPairToken) -> None:
    runs = fake_cortex.agent(lambda _, __: stream(whole_run(TEXT)[1:3]))
    with serving(runs) as server, pytest.raises(AskingFailed) as raised:
        client(server.url, token).run_agent("CS.AI.WRITER", "Write.", 7, 0)
    assert raised.value.kind == "transient"


def test_a_run_too_late_to_take_up_again_is_a_failure(token: KeyPairToken) -> None:
    def runs(request: Request, count: int) -> Reply:
        if count == 1:
            return stream(whole_run(TEXT)[:5])
        return as_json({"message": "run is over", "code": "399504"}, 409)

    with serving(fake_cortex.agent(runs)) as server, pytest.raises(AskingFailed, match="409"):
        client(server.url, token).run_agent("CS.AI.WRITER", "Write.", 7, 0)


def test_silence_ends_the_wait(token: KeyPairToken) -> None:
    runs = fake_cortex.agent(lambda _, __: stream(whole_run(TEXT), pause=1.0))
    with serving(runs) as server:
        api = client(server.url, token, read_timeout=0.1, deadline=0.3)
        with pytest.raises(AskingFailed):
            api.run_agent("CS.AI.WRITER", "Write.", 7, 0)


@pytest.mark.parametrize("refusal", ["401", "390112"])
def test_an_expired_token_is_renewed_once(token: KeyPairToken, refusal: str) -> None:
    def script(request: Request) -> Reply:
        if len(seen) < 1:
            seen.append(request)
            status = 401 if refusal == "401" else 200
            return as_json({"code": refusal, "message": "expired"}, status)
        return as_json({"results": [{"TITLE": "Story"}], "request_id": "r"})

    seen: list[Request] = []
    with serving(script) as server:
        rows = client(server.url, token).search("CS.AI.CASES", "mail", ["TITLE"])
    assert rows == [{"TITLE": "Story"}]
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("reply", "kind", "told"),
    [
        (as_json({"message": "slow down"}, 429, **{"Retry-After": "3"}), "transient", "429"),
        (as_json({"message": "no role", "code": "390201"}, 403), "stop", "390201"),
        (as_json({"message": "spent"}, 402), "stop", "402"),
        (Reply(200, b"<html>hello</html>", {"content-type": "text/html"}), "malformed", "no JSON"),
        (Reply(200, b"[1]", {"content-type": "application/json"}), "malformed", "no JSON object"),
        (Reply(fault="reset"), "transient", "no connection"),
        (Reply(503, b"", {}), "transient", "503"),
    ],
)
def test_failures_have_a_kind_and_no_secret(
    token: KeyPairToken, reply: Reply, kind: str, told: str
) -> None:
    with serving(lambda _: reply) as server, pytest.raises(AskingFailed) as raised:
        client(server.url, token).search("CS.AI.CASES", "mail", ["TITLE"])
    assert raised.value.kind == kind
    assert told in str(raised.value)
    assert token.current() not in str(raised.value)
    if "429" in told:
        assert raised.value.retry_after == 3


def test_an_error_event_is_a_failure_by_its_code(token: KeyPairToken) -> None:
    failed = fake_cortex.event("error", {"code": "399504", "message": "m", "request_id": "r"})
    runs = fake_cortex.agent(lambda _, __: stream([*whole_run(TEXT)[:4], failed]))
    with serving(runs) as server, pytest.raises(AskingFailed, match="399504"):
        client(server.url, token).run_agent("CS.AI.WRITER", "Write.", 7, 0)


def test_search_sends_columns_filter_and_limit(token: KeyPairToken) -> None:
    with serving(lambda _: as_json({"results": [], "request_id": "r"})) as server:
        client(server.url, token).search(
            "CS.AI.CASES", "mail", ["TITLE"], {"@eq": {"INDUSTRY": "Retail"}}, 3
        )
    (request,) = server.requests
    assert request.path == "/api/v2/databases/CS/schemas/AI/cortex-search-services/CASES:query"
    assert request.json == {
        "query": "mail",
        "columns": ["TITLE"],
        "filter": {"@eq": {"INDUSTRY": "Retail"}},
        "limit": 3,
    }


def test_analyst_gives_text_and_sql_and_does_not_run_it(token: KeyPairToken) -> None:
    answer = {
        "request_id": "r",
        "message": {
            "role": "analyst",
            "content": [
                {"type": "text", "text": "Conversions by week."},
                {
                    "type": "sql",
                    "statement": "SELECT 1",
                    "confidence": {"verified_query_used": {"name": "conversions_by_week"}},
                },
            ],
        },
        "warnings": [{"message": "w"}],
    }
    with serving(lambda _: as_json(answer)) as server:
        got = client(server.url, token).analyst("CS.AI.REVIEWS", "How many?")
    assert (got.sql, got.verified_query, got.warnings) == (
        "SELECT 1",
        "conversions_by_week",
        ("w",),
    )
    assert len(server.requests) == 1
    assert server.requests[0].json["semantic_view"] == "CS.AI.REVIEWS"


def test_a_name_that_is_not_full_is_refused(token: KeyPairToken) -> None:
    with pytest.raises(UsageError, match=r"database\.schema\.name"):
        client("http://127.0.0.1:9", token).search("CASES", "mail", ["TITLE"])


def test_the_role_of_agents_reads_and_does_no_more(key: Path, monkeypatch: Any) -> None:
    named = {
        "snowflake_account": "org-acc",
        "snowflake_user": "svc",
        "snowflake_role": "CS_ASSETS",
        "snowflake_private_key_path": make_key(key.parent),
    }
    with serving(lambda _: as_json({"name": "WRITER"})) as server:
        url = {"cortex_base_url": server.url}
        for settings in (Settings(**named, **url), Settings(**named, **url, cortex_role="MINE")):
            cortex_client(settings, 5.0).describe_agent("CS.AI.WRITER")
        cortex_client(Settings(**named, **url), 5.0, "CS_ASSETS").describe_agent("CS.AI.WRITER")
    roles = [request.headers["x-snowflake-role"] for request in server.requests]
    assert roles == ["CS_ASSETS_REPORT", "MINE", "CS_ASSETS"]


@pytest.mark.parametrize("answers", ["well", "not at all"])
def test_threads_are_deleted_when_a_report_is_done(tmp_path: Path, answers: str) -> None:
    """Its own and what a run that was killed has left; one that may still go on stays."""
    now = time.time() * 1000
    left = [{"thread_id": 5, "updated_on": now - 90_000_000}, {"thread_id": 6, "updated_on": now}]

    def runs(_: Request, __: int) -> Reply:
        return (
            stream(whole_run("{customer.name} had {conversions.count}."))
            if answers == "well"
            else Reply(500)
        )

    with serving(fake_cortex.agent(runs, left)) as server:
        writer = cortex_writer(server.url, tmp_path)
        writer.write([sheets.assignment()])
    deleted = [one.path.rpartition("/")[2] for one in server.requests if one.method == "DELETE"]
    made = sum(one.method == "POST" and one.path.endswith("/threads") for one in server.requests)
    assert made >= 1
    assert deleted == ["5", *["7"] * made]
