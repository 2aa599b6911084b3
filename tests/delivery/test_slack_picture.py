"""The picture of a post: uploaded unseen, shown in the one post, left out where that fails."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from cs_assets.delivery.couriers import SlackCourier
from cs_assets.delivery.delivering import deliver
from cs_assets.delivery.message.slack_text import Post
from cs_assets.delivery.model import Outcome, Parts
from resources.slack.bot import BotSlack
from resources.slack.console import ConsoleSlack
from tests.faults.http_server import FaultServer, Reply
from tests.faults.scene import WEEK, open_outbox

PNG = b"\x89PNG picture"
HEAD = {"type": "header", "text": {"type": "plain_text", "text": "Team"}}
SAID = {"type": "section", "text": {"type": "mrkdwn", "text": "One thing"}}
REST = {"type": "section", "text": {"type": "mrkdwn", "text": "The rest"}}
POST = Post("ab" * 32, "C1", "Team", (HEAD, SAID, REST), PNG, "Overall: 61")
TAKEN = {"ok": True, "channel": "C1", "ts": "1.5"}


class Slack:
    """Slack's three steps of a file and its post, each as a test wants it."""

    def __init__(self, **said):
        self.said = said
        self.server = FaultServer(success=self._answer)
        self.refused_pictures = 0

    def _answer(self, request):
        step = urlsplit(request.path).path.rpartition("/")[2]
        if step in self.said:
            told = self.said[step]
            return told if isinstance(told, Reply) else Reply(200, json.dumps(told).encode())
        if step == "files.getUploadURLExternal":
            place = {"ok": True, "upload_url": f"{self.server.url}/upload", "file_id": "F7"}
            return Reply(200, json.dumps(place).encode())
        if step == "chat.postMessage":
            if self.refused_pictures and b"slack_file" in request.body:
                return Reply(200, b'{"ok": false, "error": "invalid_blocks"}')
            return Reply(200, json.dumps(TAKEN).encode())
        return Reply(200, b'{"ok": true}')

    def send(self, post=POST):
        with self.server:
            bot = BotSlack("xoxb-1", f"{self.server.url}/api/", seconds=12)
            return bot.send(post)

    @property
    def steps(self):
        return [urlsplit(r.path).path.rpartition("/")[2] for r in self.server.requests]

    def blocks(self, number=-1):
        posts = [r for r in self.server.requests if r.path.endswith("chat.postMessage")]
        body = posts[number].body.decode()
        told = json.loads(body) if body.startswith("{") else parse_qs(body)
        found = told["blocks"]
        return json.loads(found[0]) if isinstance(found[0], str) else found


def test_a_picture_is_uploaded_and_stands_below_the_first_words():
    slack = Slack()
    answer = slack.send()
    assert (answer.outcome, answer.provider_message_id) == (Outcome.ACCEPTED, "1.5")
    assert slack.steps == [
        "files.getUploadURLExternal", "upload", "files.completeUploadExternal", "chat.postMessage",
    ]  # fmt: skip
    place, upload, complete, _ = (request.body for request in slack.server.requests)
    assert f"length={len(PNG)}" in place.decode()
    assert upload == PNG
    assert b"F7" in complete
    assert b"channel" not in complete  # the file is nobody's but the bot's: only the post is seen
    image = {"type": "image", "alt_text": "Overall: 61", "slack_file": {"id": "F7"}}
    assert slack.blocks() == [HEAD, SAID, image, REST]


@pytest.mark.parametrize(
    "said",
    [
        {"files.getUploadURLExternal": {"ok": False, "error": "missing_scope"}},
        {"files.getUploadURLExternal": {"ok": True, "file_id": "F7"}},
        {"files.getUploadURLExternal": {"ok": True, "file_id": "F7", "upload_url": "http://evil.example/x"}},
        {"upload": Reply(500, b"")},
        {"files.completeUploadExternal": {"ok": False, "error": "file_not_found"}},
        {"files.completeUploadExternal": Reply(503, b"")},
    ],
)  # fmt: skip
def test_where_the_upload_fails_the_post_goes_without(said):
    slack = Slack(**said)
    assert slack.send().outcome is Outcome.ACCEPTED
    assert slack.steps.count("chat.postMessage") == 1
    assert slack.blocks() == [HEAD, SAID, REST]


def test_a_picture_that_slack_refuses_is_left_out_of_a_second_post():
    slack = Slack()
    slack.refused_pictures = 1
    assert slack.send().outcome is Outcome.ACCEPTED
    assert slack.steps.count("chat.postMessage") == 2
    assert slack.blocks() == [HEAD, SAID, REST]


@pytest.mark.parametrize("word", ["internal_error", "ratelimited", "not_in_channel"])
def test_what_may_have_been_taken_or_waits_is_posted_once(word):
    slack = Slack(**{"chat.postMessage": {"ok": False, "error": word}})
    assert slack.send().outcome is not Outcome.ACCEPTED
    assert slack.steps.count("chat.postMessage") == 1


def test_a_post_without_a_picture_is_one_request():
    slack = Slack()
    slack.send(Post("ab" * 32, "C1", "Team", (HEAD,)))
    assert slack.steps == ["chat.postMessage"]


def test_the_picture_of_an_artefact_goes_once_through_the_ledger(home: Path, clock, make_artefact):
    (home / "team.md").write_text("Team")
    (home / "team.png").write_bytes(PNG)
    payload = {"text": "Team", "blocks": [HEAD, SAID], "picture_alt": "Overall: 61"}
    (home / "team.json").write_text(json.dumps(payload))
    artefact = make_artefact(
        kind="team_summary", channel="slack", recipient="#coaching",
        parts=Parts("Team", "team.md", payload_path="team.json", attachment_path="team.png"),
    )  # fmt: skip
    slack = Slack()
    with slack.server:
        courier = SlackCourier(BotSlack("xoxb-1", f"{slack.server.url}/api/", seconds=12), home)
        with open_outbox(home, {"slack": courier}, clock) as outbox:
            for _ in range(3):
                deliver(outbox, [artefact], kind="team_summary", period_start=WEEK, run_id="r")
    assert slack.steps.count("chat.postMessage") == 1
    assert slack.blocks()[2]["slack_file"] == {"id": "F7"}
    console = SlackCourier(ConsoleSlack(home / "outbox"), home)
    with open_outbox(home, {"slack": console}, clock, environment="rehearsal") as outbox:
        deliver(outbox, [artefact], kind="team_summary", period_start=WEEK, run_id="r")
    (kept,) = (home / "outbox").glob("slack-*.png")
    assert kept.read_bytes() == PNG
