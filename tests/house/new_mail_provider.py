"""Adds a mail provider for real, in a copy of the tree, and counts the files it takes.

The provider (Postmark's API) is chosen by its token, sends to a server on loopback, and is
named by the documents; the checks of types and imports of the copy are those of the tree.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tests.faults.http_server import FaultServer, Reply
from tests.figures import Figure

ROOT = Path(__file__).resolve().parents[2]
_ROOMS = ("cs_assets", "resources", "sensors", "schedules", "sql", "docs")

_PROVIDER = '''"""Postmark: mail through its API."""

import json
from urllib.request import Request

from cs_assets.delivery.message.letter import Letter
from cs_assets.delivery.model import Answer, Outcome
from cs_assets.delivery.outcomes import answer_of_status
from resources.mail.provider import Provider
from resources.one_request import NoReply, send
from resources.settings import Settings


class PostmarkMail:
    """Sends letters through ``POST /email``."""

    provider = "postmark"
    largest_message = 10_000_000

    def __init__(self, token: str, base_url: str, seconds: float) -> None:
        self._token, self._url, self._seconds = token, base_url + "/email", seconds

    def send(self, letter: Letter, mime_bytes: bytes) -> Answer:
        body = {"From": letter.sender, "To": letter.recipient, "Subject": letter.subject,
                "TextBody": letter.text, "HtmlBody": letter.html,
                "Metadata": {"delivery_key": letter.delivery_key}}
        headers = {"X-Postmark-Server-Token": self._token, "Content-Type": "application/json"}
        request = Request(self._url, json.dumps(body).encode(), headers, method="POST")
        try:
            reply = send(request, seconds=self._seconds)
        except NoReply as broken:
            return broken.answer
        if reply.status == 200:
            message_id = json.loads(reply.text)["MessageID"]
            return Answer(Outcome.ACCEPTED, provider_message_id=message_id, code="200")
        return answer_of_status(reply.status, reply.headers, reply.text[:200])

    def close(self) -> None:
        """Nothing is held."""


def _token(settings: Settings) -> str:
    token = settings.postmark_token
    return token.get_secret_value() if token is not None else ""


PROVIDER = Provider(
    name="postmark",
    rank=15,
    chosen_by="postmark_token",
    needs=("postmark_token",),
    secrets=lambda settings: [_token(settings)],
    open=lambda settings, _, seconds: PostmarkMail(
        _token(settings), settings.postmark_base_url, seconds
    ),
)
'''

_SETTINGS = '''    postmark_token: SecretStr | None = None
    """Token of the Postmark server."""
    postmark_base_url: str = "https://api.postmarkapp.com"
    """Where Postmark is, when not at its own host."""
    sendgrid_api_key: SecretStr | None = None
'''

_USE = """
import sys
from pathlib import Path
import resources
assert Path(resources.__file__).is_relative_to(sys.argv[1]), resources.__file__
from resources.mail.choosing import choose_provider, make_transport
from resources.settings import Settings
from tests.faults.mail_lint import LETTER
settings = Settings.load()
assert choose_provider(settings) == "postmark"
answer = make_transport("postmark", settings, settings.home, 20.0).send(LETTER, b"")
assert (answer.outcome, answer.provider_message_id) == ("accepted", "pm-1"), answer
"""


def files_touched() -> tuple[list[str], str]:
    """Files that differ from the tree's afterwards, and what does not work, if anything."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for room in (*_ROOMS, "tests"):
            ignored = shutil.ignore_patterns("__pycache__", "*.ttf")
            shutil.copytree(ROOT / room, copy / room, ignore=ignored)
        _add(copy)
        trouble = _use(copy)
        changed = changed_files(copy, _ROOMS)
    return changed, trouble


def changed_files(copy: Path, rooms: Iterable[str]) -> list[str]:
    """The files below ``rooms`` that ``copy`` has otherwise than the tree, or alone."""
    return [
        str(path.relative_to(copy))
        for room in rooms
        for path in sorted((copy / room).rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts and _differs(path, copy)
    ]


def _add(copy: Path) -> None:
    (copy / "resources/mail/providers/postmark.py").write_text(_PROVIDER, encoding="utf-8")
    settings = copy / "resources/settings.py"
    text = settings.read_text(encoding="utf-8")
    for old, new in (
        ("    sendgrid_api_key: SecretStr | None = None\n", _SETTINGS),
        ('Literal["sendgrid", "ses"', 'Literal["sendgrid", "postmark", "ses"'),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    settings.write_text(text, encoding="utf-8")


def _use(copy: Path) -> str:
    """Makes the page of settings anew and sends a mail; what went wrong, or nothing."""
    accepted = Reply(200, b'{"MessageID": "pm-1"}')
    with FaultServer(success=lambda request: accepted) as server:
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(copy),
            "PYTHONDONTWRITEBYTECODE": "1",
            "CS_ASSETS_HOME": str(copy / "home"),
            "POSTMARK_TOKEN": "secret-token",
            "POSTMARK_BASE_URL": server.url,
        }
        for command in (
            [sys.executable, "-m", "cs_assets.commands.made_docs"],
            [sys.executable, "-c", _USE, str(copy)],
        ):
            done = subprocess.run(
                command, cwd=copy, env=environment, capture_output=True, text=True, timeout=120
            )
            if done.returncode:
                return done.stderr.strip().splitlines()[-1]
        return "" if len(server.requests) == 1 else f"{len(server.requests)} requests"


def _differs(path: Path, copy: Path) -> bool:
    there = ROOT / path.relative_to(copy)
    return not there.exists() or there.read_bytes() != path.read_bytes()


def new_mail_provider() -> Figure:
    """P-house-04a: files touched by adding a mail provider that works."""
    changed, trouble = files_touched()
    return Figure(
        "P-house-04a",
        "files touched by adding a mail provider for real, in a copy",
        f"{len(changed)} ({', '.join(changed)}){': ' + trouble if trouble else ''}",
        "<= 3",
        len(changed) <= 3 and not trouble,
    )
