"""The MCP server, tried with the SDK's own client: over stdio, and over HTTP with its token."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from cs_assets.answers import tools
from tests.waiting import PATIENCE, first_line

pytest.importorskip("mcp", reason="the extra mcp is not installed")

TOKEN = "a-token-of-more-than-24-letters"


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
    assert {one.name for one in listed.tools} == {one.name for one in tools.offered()}
    assert all(one.annotations.read_only_hint for one in listed.tools)
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


def _noted(home):
    from resources.duckdb.warehouse import DuckDBWarehouse

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
        env={**os.environ, "CS_ASSETS_MCP_TOKEN": TOKEN},
    )
    try:
        url = re.search(r"http://\S+/mcp", first_line(process))[0]
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(url, data=b"{}", timeout=PATIENCE)

        async def talk():
            headers = {"Authorization": f"Bearer {TOKEN}"}
            async with create_mcp_http_client(headers=headers) as http:
                transport = streamable_http_client(url, http_client=http)
                async with Client(transport, read_timeout_seconds=PATIENCE) as client:
                    return await client.call_tool("metric", {"customer": "CUST_1", "metric": "arr"})

        answer = asyncio.run(asyncio.wait_for(talk(), PATIENCE))
        assert answer.structured_content["status"] == "answered"
    finally:
        process.terminate()
        process.wait(PATIENCE)


def test_http_without_a_token_is_refused(home, monkeypatch):
    from cs_assets.commands import ask
    from cs_assets.errors import UsageError

    monkeypatch.setenv("CS_ASSETS_HOME", str(home))
    monkeypatch.setenv("CS_ASSETS_MCP_TOKEN", "short")
    with pytest.raises(UsageError, match="CS_ASSETS_MCP_TOKEN"):
        ask.mcp(who="csm:CSM1", port=0)
