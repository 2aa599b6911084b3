"""The desk in Slack: real requests with Slack's signature, a loopback Web API, the real ledgers."""

import json
import time
import urllib.parse

import pytest
from slack_sdk.signature import SignatureVerifier
from starlette.testclient import TestClient

from cs_assets.desk import session
from cs_assets.desk.chat.application import ACTION, COMMAND
from cs_assets.desk.chat.command import chat
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.settings import Settings
from tests.ai.loopback import Reply, as_json, serving
from tests.answers.tenant import made

SECRET = "a-signing-secret"
PEOPLE = {"UOPS": "boss@x.example", "UODD": "nobody@x.example"}


def _web_api(request):
    """Slack's users.info, and the address that answers go to."""
    if not request.path.endswith("users.info"):
        return Reply(200)
    user = urllib.parse.parse_qs(request.body.decode()).get("user", [""])[0]
    profile = {"email": PEOPLE.get(user, "boss@x.example")}
    is_known = user in PEOPLE
    return as_json({"ok": True, "user": {"id": user, "is_email_confirmed": is_known,
                                         "profile": profile}})  # fmt: skip


@pytest.fixture
def slack(own_home, monkeypatch):
    """A way to send what Slack sends; gives the status and what was posted back."""
    monkeypatch.setenv("CS_ASSETS_HOME", str(own_home))
    with serving(_web_api) as server:
        settings = Settings.load(
            slack_signing_secret=SECRET, slack_bot_token="xoxb-loopback",
            slack_base_url=f"{server.url}/api/", desk_operations="boss@x.example",
        )  # fmt: skip
        client = TestClient(chat(settings).application())

        def send(path, fields, *, secret=SECRET, age=0, back=f"{server.url}/back"):
            text = json.dumps(fields).replace("BACK", back)
            body = urllib.parse.urlencode(json.loads(text))
            at = str(int(time.time()) - age)
            headers = {
                "X-Slack-Request-Timestamp": at,
                "X-Slack-Signature": SignatureVerifier(secret).generate_signature(
                    timestamp=at, body=body
                ),
                "Content-Type": "application/x-www-form-urlencoded",
            }
            before = len(server.requests)
            status = client.post(path, content=body, headers=headers).status_code
            posted = [one.json for one in server.requests[before:] if one.path == "/back"]
            return status, posted

        yield send


def _asked(text, user="UOPS"):
    return {"command": "/cs", "text": text, "user_id": user, "response_url": "BACK"}


def _pressed(value, trigger="t1", user="UOPS", button="routing:review_accepted"):
    said = {"user": {"id": user}, "response_url": "BACK", "trigger_id": trigger,
            "actions": [{"action_id": button, "value": value}]}  # fmt: skip
    return {"payload": json.dumps(said)}


def test_a_question_is_answered_to_who_asked_with_its_proof(slack):
    status, (posted,) = slack(COMMAND, _asked("what is the ARR of Northgate Council"))
    assert status == 200
    assert posted["response_type"] == "ephemeral"
    proof = "`analytics.customer_metrics`: arr, week_start of 1 row: CUST_1/2026-11-09"
    assert proof in posted["text"]


@pytest.mark.parametrize("sent", [{"secret": "another"}, {"age": 400}])
def test_what_slack_has_not_signed_just_now_is_refused(slack, sent):
    assert slack(COMMAND, _asked("which customers are at risk"), **sent) == (401, [])


@pytest.mark.parametrize("user", ["UODD", "UGUEST", "../x"])
def test_who_is_nobody_here_or_has_no_confirmed_address_reads_nothing(slack, user):
    _, (posted,) = slack(COMMAND, _asked("which customers are at risk", user))
    assert "of nobody who may ask" in posted["text"]


def test_answers_go_to_slack_alone(slack):
    status, posted = slack(COMMAND, _asked("which customers are at risk"),
                           back="http://127.0.0.1:9/steal")  # fmt: skip
    assert (status, posted) == (200, [])


def test_an_owner_is_approved_by_a_button_once(slack, own_home):
    _, (posted,) = slack(COMMAND, _asked("who owns RUSH_0 and why"))
    button, *_ = posted["blocks"][1]["elements"]
    for trigger in ("t1", "t1"):
        status, (told,) = slack(ACTION, _pressed(button["value"], trigger))
        assert (status, told["text"]) == (200, "RUSH_0 is approved")
    with DuckDBWarehouse(path=str(own_home / "warehouse.duckdb")).reading("test") as db:
        kept = db.query("routing/decisions", [session.now()])
    assert list(kept["decided_by"]) == ["boss@x.example"]


def test_an_owner_is_rejected_by_a_button_and_the_account_waits_again(slack, own_home):
    _, (posted,) = slack(COMMAND, _asked("who owns RUSH_1 and why"))
    _, button, *_ = posted["blocks"][1]["elements"]
    pressed = _pressed(button["value"], "t2", button=button["action_id"])
    assert slack(ACTION, pressed)[1][0]["text"] == "RUSH_1 is rejected"
    with DuckDBWarehouse(path=str(own_home / "warehouse.duckdb")).reading("test") as db:
        kept = db.query("routing/decisions", [session.now()])
        given = db.query("routing/assignments")
    assert list(kept["decision"]) == ["reject"]
    assert "RUSH_1" not in set(given["account_id"])


def test_an_owner_is_chosen_from_a_menu_by_who_may_decide(slack, own_home):
    second = {"batch_id": "r", "account_id": "RUSH_2", "rank": 2, "worker_id": "W9"}
    advice = "analytics.csm_routing_recommendations"
    with DuckDBWarehouse(path=str(own_home / "warehouse.duckdb")).session("test") as db:
        db.append(advice, made(advice, {**second, "worker_name": "Wim Nine"}))
        workers = "source.workday_workers"
        db.append(
            workers,
            made(workers, {"worker_id": "W9", "worker_name": "Wim Nine", "is_active": True}),
        )
    _, (posted,) = slack(COMMAND, _asked("who owns RUSH_2 and why"))
    menu = posted["blocks"][1]["elements"][2]
    chosen = menu["options"][0]
    said = json.loads(_pressed("", "t3")["payload"])
    said["actions"] = [{"action_id": menu["action_id"], "selected_option": chosen}]
    _, (told,) = slack(ACTION, {"payload": json.dumps(said)})
    assert chosen["text"]["text"] == "Wim Nine"
    assert told["text"] == "RUSH_2 is overridden, now with Wim Nine (W9)"
    with DuckDBWarehouse(path=str(own_home / "warehouse.duckdb")).reading("test") as db:
        given = db.query("routing/assignments").set_index("account_id").loc["RUSH_2"]
    assert (given["worker_id"], given["status"]) == ("W9", "overridden")


@pytest.mark.parametrize(
    "payload", ["", "{}", "[]", json.dumps({"user": 1}), _pressed("no time")["payload"]]
)
def test_what_is_no_press_of_a_button_is_refused(slack, payload):
    assert slack(ACTION, {"payload": payload}) == (400, [])
