"""Packages are locked by hash, their licences known, and the audit gate fails closed."""

import datetime as dt
import json
import re
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.supply import audit, bill, locked

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = locked.read()


@contextmanager
def advisories(answer) -> Iterator[str]:
    """A service on loopback; ``answer`` makes status and body of the queries."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            status, body = answer(json.loads(self.rfile.read(length))["queries"])
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(30)


def _whole(queries, **ids):
    results = [
        {"vulns": [{"id": i} for i in ids[name]]} if (name := q["package"]["name"]) in ids else {}
        for q in queries
    ]
    return 200, json.dumps({"results": results}).encode()


#: What the service says, by the exit status that follows.
ANSWERS = {
    "clean": (0, _whole),
    "vulnerable": (1, lambda queries: _whole(queries, httpx=["GHSA-xxxx-1"])),
    "fails": (2, lambda queries: (500, b"{}")),
    "empty": (2, lambda queries: (200, b"")),
    "no JSON": (2, lambda queries: (200, b"<html>proxy</html>")),
    "other JSON": (2, lambda queries: (200, b"[]")),
    "no content": (2, lambda queries: (204, b"")),
    "too few": (2, lambda queries: _whole(queries[1:])),
    "a page of it": (2, lambda queries: (200, json.dumps(
        {"results": [{"next_page_token": "x"}] + [{}] * (len(queries) - 1)}).encode())),
    "nameless": (2, lambda queries: (200, json.dumps(
        {"results": [{"vulns": [{}]}] + [{}] * (len(queries) - 1)}).encode())),
}  # fmt: skip


@pytest.mark.parametrize("said", ANSWERS)
def test_the_gate_passes_only_what_was_wholly_answered_for(said, capsys):
    status, answer = ANSWERS[said]
    with advisories(answer) as url:
        assert audit.main(url) == status
    printed = capsys.readouterr()
    assert ("GHSA-xxxx-1" in printed.err) == (said == "vulnerable")
    assert ("nothing passes" in printed.err) == (status == 2)


def test_the_gate_is_shut_while_the_service_is_away(capsys):
    with advisories(_whole) as url:
        pass
    assert audit.main(url) == 2
    assert "nothing passes" in capsys.readouterr().err


def test_what_is_accepted_ends_by_its_day(tmp_path):
    file = tmp_path / "accepted.txt"
    file.write_text("# as it is\nGHSA-1 2026-11-30 not reached by us\nGHSA-2 2026-11-29 was not\n")
    assert audit.accepted(dt.date(2026, 11, 30), file) == {"GHSA-1"}


def test_every_package_is_locked_as_it_is_tested():
    """By hash, in the versions of ``constraints.txt``, with all that the platform asks for."""
    constraints = {
        locked.canonical(name): version
        for name, version in re.findall(
            r"(?m)^([\w.-]+)==([^\s;]+)", (ROOT / "constraints.txt").read_text()
        )
    }
    assert {one.name: one.version for one in PACKAGES}.items() <= constraints.items()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = [*project["dependencies"]]
    for extra, requirements in project["optional-dependencies"].items():
        named += requirements if extra != "test" else []
    asked = {locked.canonical(re.split(r"[\[<>=~; ]", one)[0]) for one in named}
    assert asked <= {one.name for one in PACKAGES}


@pytest.mark.parametrize("name", ["requirements.txt", "constraints.txt"])
def test_no_host_is_named(name):
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert not re.search(r"(?m)^\s*-", text.replace("    --hash=sha256:", ""))


@pytest.mark.parametrize(
    "line", ["httpx==0.28.1", "httpx", "--index-url https://a.example", "-e ."]
)
def test_a_line_that_locks_nothing_is_refused(line, tmp_path):
    file = tmp_path / "requirements.txt"
    file.write_text(f"{line}\n")
    with pytest.raises(locked.NotLocked):
        locked.read(file)


def test_licences_are_known_and_ask_for_no_more_than_ours_gives():
    assert not bill.not_installed(PACKAGES)
    assert not bill.refused(PACKAGES)


def test_the_bill_of_materials_has_every_package_with_hash_and_licence():
    made = json.loads(json.dumps(bill.bill(PACKAGES)))
    components = made["components"]
    assert {one["name"] for one in components} == {one.name for one in PACKAGES}
    assert len({one["bom-ref"] for one in components}) == len(components)
    assert all(one["hashes"] and one["purl"].startswith("pkg:pypi/") for one in components)
    assert sum("licenses" in one for one in components) >= len(components) - 6
