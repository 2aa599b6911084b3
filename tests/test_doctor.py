"""The doctor's lines for what is outside of the warehouse: Gong, mail, Slack."""

import datetime as dt
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from cs_assets.commands import doctor
from cs_assets.errors import CsAssetsError, UsageError
from cs_assets.gong.kept_answers import KeptAnswers
from resources.settings import Settings


class Provider(ThreadingHTTPServer):
    """Answers every request in the same way; keeps the paths asked for."""

    status = 200
    body: dict[str, Any]

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.paths: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def answers(self, status: int, **body: Any) -> None:
        self.status, self.body = status, body


class _Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        content = json.dumps(self.server.body).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.do_GET()

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def server() -> Iterator[Provider]:
    with Provider() as found:
        threading.Thread(target=found.serve_forever, args=(0.02,), daemon=True).start()
        yield found
        found.shutdown()


def settings_of(tmp_path, **named) -> Settings:
    return Settings.load(cs_assets_home=tmp_path, **named)


def gong_settings(tmp_path, server) -> Settings:
    return settings_of(
        tmp_path, gong_base_url=server.url, gong_access_key="key", gong_access_key_secret="secret"
    )


def test_gong_answers(tmp_path, server):
    server.answers(200, requestId="r", records={"totalRecords": 1}, users=[{"id": "1"}])
    found = doctor._gong(gong_settings(tmp_path, server))
    assert (found.verdict, found.detail) == ("ok", "the API answers, 1 users on its first page")
    assert server.paths == ["/v2/users"]


def test_gong_refuses_the_key(tmp_path, server):
    server.answers(401, requestId="r", errors=["unauthorised"])
    found = doctor._gong(gong_settings(tmp_path, server))
    assert (found.verdict, found.mend) == ("failed", "check GONG_BASE_URL, key and secret")
    assert "secret" not in found.detail
    assert "\n" not in found.detail


def test_a_used_up_quota_is_nothing_to_mend(tmp_path, server):
    settings = gong_settings(tmp_path, server).model_copy(update={"gong_requests_per_day": 1})
    server.answers(200, requestId="r", records={"totalRecords": 1}, users=[{"id": "1"}])
    assert doctor._gong(settings).verdict == "ok"
    found = doctor._gong(settings)
    assert (found.verdict, found.mend) == ("warning", "nothing to mend: reading goes on then")


def test_files_of_answers_are_counted_by_kind_and_strangers_named(tmp_path):
    folder = tmp_path / "answers"
    folder.mkdir()
    settings = settings_of(tmp_path, gong_export_dir=folder)
    assert doctor._gong(settings).verdict == "warning"
    for name in ("calls-extensive-1.json", "calls-extensive-2.json.gz", "users.json"):
        (folder / name).write_text("{}")
    found = doctor._gong(settings)
    assert found.verdict == "ok"
    assert found.detail.endswith("2 calls-extensive, 0 transcripts, 1 users")
    (folder / "zz.json").write_text("{}")
    found = doctor._gong(settings)
    assert (found.verdict, found.detail.endswith("not read: zz.json")) == ("warning", True)
    (folder / "USERS-2.JSON").write_text("{}")
    assert doctor._gong(settings).detail.endswith("not read: USERS-2.JSON, zz.json")


def test_a_home_that_is_not_there_is_neither_made_nor_blamed(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CS_ASSETS_HOME", str(tmp_path / "new"))
    assert doctor.report(as_json=False) == 0
    assert "made by the first run" in capsys.readouterr().out
    assert not (tmp_path / "new").exists()


def test_a_home_that_cannot_be_is_the_last_line(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CS_ASSETS_HOME", str(tmp_path / "file" / "home"))
    *_, last = doctor.examine()
    assert (last.check, last.verdict) == ("home", "failed")
    assert f"cannot be made in {tmp_path / 'file'}" in last.detail


@pytest.mark.parametrize("name", ["delivery.sqlite", "ai.sqlite"])
def test_a_damaged_ledger_is_named_with_what_mends_it(tmp_path, name):
    from cs_assets.ai.ledger.ledger import stored_rows

    settings = Settings.load(cs_assets_home=tmp_path)
    for damage in (lambda path: path.write_bytes(b"x" * 9000), lambda path: path.mkdir()):
        damage(file := tmp_path / name)
        with pytest.raises(CsAssetsError, match=rf"{name} is damaged .* put a copy of it back, or"):
            doctor._ledgers(settings)
        if name == "ai.sqlite":
            with pytest.raises(CsAssetsError, match="is damaged"):
                stored_rows(file)
        if file.is_file():
            file.write_bytes(b"")  # of a process that was killed as it made it
            assert doctor._ledgers(settings).verdict == "ok"
            assert stored_rows(file) == []
            file.unlink()


def test_slack_tells_whose_token_it_is(tmp_path, server):
    server.answers(200, ok=True, user="cs_assets", team="Acme")
    settings = settings_of(tmp_path, slack_bot_token="xoxb-1", slack_base_url=f"{server.url}/api/")
    found = doctor._slack(settings)
    assert (found.verdict, found.detail) == ("ok", "bot cs_assets of Acme")
    server.answers(200, ok=False, error="token_revoked")
    found = doctor._slack(settings)
    assert (found.verdict, found.detail) == ("failed", "bot token: token_revoked")


def test_slack_that_is_away_is_told(tmp_path):
    settings = settings_of(
        tmp_path, slack_bot_token="xoxb-1", slack_base_url="http://127.0.0.1:9/api/"
    )
    assert doctor._slack(settings).detail == "bot token: no answer"


@pytest.mark.parametrize(
    ("given", "verdict", "told"),
    [
        ({}, "ok", "rules"),
        ({"anthropic_api_key": "k", "cs_assets_call_judge": "claude"}, "ok",
         "claude, CS_ASSETS_CALL_JUDGE=claude"),
        ({"cs_assets_writer": "claude"}, "failed",
         "CS_ASSETS_WRITER=claude needs a key; set ANTHROPIC_API_KEY"),
        ({"cs_assets_insight_writer": "ai_complete"}, "failed",
         "CS_ASSETS_INSIGHT_WRITER=ai_complete needs CS_ASSETS_WAREHOUSE=snowflake"),
        ({"cs_assets_insight_writer": "cortex"}, "failed",
         "CS_ASSETS_INSIGHT_WRITER=cortex needs an agent; set CORTEX_AGENT"),
        ({"cs_assets_call_judge": "claude"}, "failed",
         "CS_ASSETS_CALL_JUDGE=claude needs a key; set ANTHROPIC_API_KEY"),
    ],
)  # fmt: skip
def test_each_writer_and_judge_that_is_chosen_is_looked_at(tmp_path, given, verdict, told):
    found = doctor._writer(settings_of(tmp_path, **given))
    assert (found.verdict, found.detail) == (verdict, told)


def test_mail_is_that_of_the_keys(tmp_path):
    assert doctor._mail(settings_of(tmp_path)).detail.startswith("console")
    named = {"smtp_host": "mail.acme.com", "mail_from": "cs@acme.com"}
    found = doctor._mail(settings_of(tmp_path, **named))
    assert (found.verdict, "DELIVERY_ALLOW_LIST" in found.mend) == ("warning", True)
    found = doctor._mail(settings_of(tmp_path, **named, delivery_allow_list="@acme.com"))
    assert (found.verdict, found.detail) == ("ok", "smtp, from cs@acme.com")
    with pytest.raises(UsageError, match="MAIL_FROM"):
        doctor._mail(settings_of(tmp_path, smtp_host="mail.acme.com"))


@pytest.mark.parametrize("width", [80, 120])
def test_the_way_to_mend_stands_below_where_there_is_no_room(width):
    finding = doctor.Finding("gong", "warning", "x" * 50, "set GONG_ACCESS_KEY and its secret")
    lines = doctor._line(finding, width).splitlines()
    assert len(lines) == (2 if width == 80 else 1)
    many = doctor.Finding("schedules", "ok", "; ".join(["one of them"] * 30), "switch them on")
    lines = doctor._line(many, width).splitlines()
    assert len(lines) > 3
    assert max(map(len, lines)) <= width + len("[green][/]")  # styles take no room


#: What a stranger's body may hold: the request's own secrets, others', people, escapes, a flood.
_TOLD = (
    "key gong-key-zzz with our-gong-secret and eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln refused; "
    "access_token: 'abc123'; write to ada@customers.example \x1b[31m\u202e" + "x" * 5000
)


@pytest.mark.parametrize("status", [400, 401, 403, 409, 422, 500])
def test_what_a_provider_says_is_redacted_and_cut(
    server: Provider, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture, status: int
) -> None:
    monkeypatch.setenv("GONG_ACCESS_KEY", "gong-key-zzz")
    monkeypatch.setenv("GONG_ACCESS_KEY_SECRET", "our-gong-secret")
    monkeypatch.setenv("GONG_BASE_URL", server.url)
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1-2-our-slack-secret")
    monkeypatch.setenv("SLACK_BASE_URL", f"{server.url}/api/")
    server.answers(status, errors=[_TOLD], ok=False, error=_TOLD)
    settings = Settings.load(gong_patience_seconds=0)
    monkeypatch.setattr(doctor, "examine", lambda: _provider_findings(settings))
    doctor.report(as_json=False)
    doctor.report(as_json=True)
    said = "".join(capsys.readouterr())
    for secret in ("gong-key", "our-gong", "eyJ", "abc123", "ada@", "xoxb", "\x1b[31m\u202e"):
        assert secret not in said, secret
    assert len(said) < 2500


def _provider_findings(settings: Settings) -> Iterator[doctor.Finding]:
    for check in (doctor._gong, doctor._slack):
        try:
            yield check(settings)
        except CsAssetsError as error:
            yield doctor.Finding("provider", "failed", error.told())


def test_answers_of_gong_that_wait_for_snowflake_are_told(tmp_path):
    settings = Settings.load(cs_assets_home=tmp_path)
    assert doctor._kept(settings) is None
    kept = KeptAnswers(settings.home.gong_kept)
    asked = {call: (dt.date(2026, 11, 9), "hash") for call in ("1", "2")}
    for hour, call in enumerate(asked):
        now = dt.datetime.now(dt.UTC).replace(tzinfo=None) - dt.timedelta(hours=2 - hour)
        kept.keep_missing(asked, [call], now)
    found = doctor._kept(settings)
    assert found is not None
    assert (found.check, found.verdict) == ("kept answers", "warning")
    first = dt.datetime.now(dt.UTC) - dt.timedelta(hours=2)
    assert found.detail.startswith(f"2 x no transcript, read from Gong since {first:%Y-%m-%d %H:}")
