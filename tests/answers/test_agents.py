"""The MCP server, tried with the SDK's own client: over stdio, and over HTTP with its token."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from cs_assets.answers import tools
from cs_assets.desk.agents import command, decisions
from resources.duckdb.warehouse import DuckDBWarehouse
from tests.waiting import PATIENCE, first_line

pytest.importorskip("mcp", reason="the extra mcp is not installed")

TOKENS = {
    "operations": "a-token-of-more-than-24-letters",
    "csm:CSM2": "another-of-more-than-24-letters",
}


@pytest.fixture
def home(small_company, tmp_path):
    """A home of its own: what was asked is noted in it."""
    root = tmp_path / "home"
    root.mkdir(mode=0o700)
    shutil.copy(small_company.path, root / "warehouse.duckdb")
    return root


def _command(home, *more):
    return ["-m", "cs_assets.cli", "--home", str(home), "mcp", "--as", "csm:CSM1", *more]


def test_an_agent_asks_over_stdio_and_is_noted(home):
    from mcp import Client
    from mcp.client.stdio import StdioServerParameters

    async def talk():
        started = StdioServerParameters(
            command=sys.executable, args=_command(home), env=dict(os.environ)
        )
        async with Client(started, read_timeout_seconds=PATIENCE) as client:
            listed = await client.list_tools()
            calls = [
                ("metric", {"customer": "CUST_1", "metric": "arr"}),
                ("metric", {"customer": "CUST_3", "metric": "arr"}),
                ("ask", {"question": "which customers are at risk"}),
                ("find", {"name": "northgate"}),
                ("metric", {"customer": ["CUST_1"], "metric": "arr"}),
                ("sql", {"text": "SELECT 1"}),
            ]
            return listed, [await client.call_tool(name, given) for name, given in calls]

    listed, (own, other, risk, found, odd, none) = asyncio.run(asyncio.wait_for(talk(), PATIENCE))
    reading = {one.name for one in listed.tools if one.annotations.read_only_hint}
    assert reading == {one.name for one in tools.offered()}
    deciding = {one.name for one in listed.tools} - reading
    assert deciding == {one.name for one in decisions.offered()}
    (arr,) = [one for one in own.structured_content["facts"] if one["fact"] == "value"]
    assert (arr["value"], arr["ref"]) == (
        1200.0,
        "analytics.customer_metrics/CUST_1/2026-11-09/arr",
    )
    assert (other.structured_content["status"], other.structured_content["facts"]) == (
        "not_known", [],
    )  # fmt: skip
    assert "Café Montaña" in risk.content[0].text
    assert found.structured_content["offered"] == ["customer CUST_1 (Northgate Council)"]
    assert [odd.is_error, none.is_error] == [True, True]
    noted = _noted(home)
    assert list(noted["question_id"])[:2] == ["metric", "metric"]
    assert set(noted["role"] + ":" + noted["asker_id"]) == {"csm:CSM1"}
    assert "analytics.customer_metrics/CUST_1/2026-11-09/arr" in noted["facts"].iloc[0]


def test_an_agent_decides_what_was_confirmed_once_and_in_scope(home):
    from mcp import Client
    from mcp.client.stdio import StdioServerParameters

    given = {"customer": "CUST_1", "week": "2026-11-09", "state": "taken"}

    async def talk():
        started = StdioServerParameters(
            command=sys.executable, args=_command(home), env=dict(os.environ)
        )
        async with Client(started, read_timeout_seconds=PATIENCE) as client:
            said = await client.call_tool("decide_action", given)
            code = said.structured_content["code"]
            others = await client.call_tool("decide_action", given | {"customer": "CUST_3"})
            tries = [code, code, f"{code[:-1]}!", "x.y"]
            done = [await client.call_tool("confirm", {"code": one}) for one in tries]
            odd = [given | {"state": "sold"}, given | {"sql": "x"}, {"customer": "CUST_1"},
                   given | {"week": "soon"}]  # fmt: skip
            refused = [await client.call_tool("decide_action", one) for one in odd]
            return said, done, [others, *refused], await _around(client)

    said, done, refused, (documents, prompts) = asyncio.run(asyncio.wait_for(talk(), PATIENCE))
    assert said.structured_content["would"] == (
        "the action advised for Northgate Council (CUST_1) in the week of 2026-11-09 becomes taken"
    )
    assert [one.structured_content["status"] for one in done[:2]] == ["done", "done_before"]
    assert all(one.is_error for one in (*done[2:], *refused))
    assert "not one of yours" in refused[0].content[0].text
    assert "health" in documents["cs-assets://customer/CUST_1"]
    assert "not_known" in documents["cs-assets://customer/CUST_3"]
    assert "renewals in the next 90 days" in prompts["monday"]
    with DuckDBWarehouse(path=str(home / "warehouse.duckdb")).reading("test") as db:
        rows = db._connection.execute("SELECT state, done_by FROM ops.customer_actions").fetchall()
    assert rows.count(("taken", "csm:CSM1 through an agent")) == 1


async def _around(client):
    """Documents and beginnings that the server offers, by address and name."""
    texts = {}
    for uri in ("questions", "customer/CUST_1", "customer/CUST_3"):
        read = await client.read_resource(f"cs-assets://{uri}")
        texts[f"cs-assets://{uri}"] = read.contents[0].text
    begun = {one.name: await client.get_prompt(one.name, {"customer": "Northgate"})
             for one in (await client.list_prompts()).prompts}  # fmt: skip
    return texts, {name: one.messages[0].content.text for name, one in begun.items()}


def _noted(home):
    with DuckDBWarehouse(path=str(home / "warehouse.duckdb")).reading("test") as db:
        rows = db._connection.execute("SELECT * FROM ops.answers_given ORDER BY asked_at").df()
    return rows


def test_http_wants_its_token(home):
    from mcp import Client
    from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client

    process = subprocess.Popen(
        [sys.executable, *_command(home, "--http", "0")],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "CS_ASSETS_MCP_TOKENS": json.dumps(TOKENS)},
    )
    try:
        url = re.search(r"http://\S+/mcp", first_line(process))[0]
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(url, data=b"{}", timeout=PATIENCE)

        async def talk(token):
            headers = {"Authorization": f"Bearer {token}"}
            async with create_mcp_http_client(headers=headers) as http:
                transport = streamable_http_client(url, http_client=http)
                async with Client(transport, read_timeout_seconds=PATIENCE) as client:
                    return await client.call_tool("metric", {"customer": "CUST_1", "metric": "arr"})

        for who, status in (("operations", "answered"), ("csm:CSM2", "not_known")):
            answer = asyncio.run(asyncio.wait_for(talk(TOKENS[who]), PATIENCE))
            assert answer.structured_content["status"] == status
    finally:
        process.terminate()
        process.wait(PATIENCE)


def test_http_without_a_token_is_refused(home, monkeypatch):
    from cs_assets.errors import UsageError

    monkeypatch.setenv("CS_ASSETS_HOME", str(home))
    monkeypatch.setenv("CS_ASSETS_MCP_TOKEN", "short")
    with pytest.raises(UsageError, match="CS_ASSETS_MCP_TOKEN"):
        command.mcp(who="csm:CSM1", port=0)
