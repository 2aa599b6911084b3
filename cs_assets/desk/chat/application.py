"""What Slack sends, believed by its signature alone, answered to the person who asked.

Slack is told at once that its request has arrived (it waits three seconds); the answer goes to the
address that came with it, and to Slack's own hosts alone. Who asks is their mail address in Slack,
and reads what that address reads at the desk. Answers are seen by the one who asked.
"""

import asyncio
import datetime as dt
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cs_assets.answers.scope import Asker
from cs_assets.delivery.message.slack_text import escaped
from cs_assets.desk.chat.wording import Pressed, message, pressed
from cs_assets.desk.drafts import Form
from cs_assets.desk.viewer import Viewer
from cs_assets.errors import CsAssetsError

COMMAND, ACTION = "/slack/command", "/slack/action"
_LARGEST = 64 * 1024
_DECIDE_WITHIN = dt.timedelta(minutes=5)
_NOBODY = "Your mail address in Slack is of nobody who may ask here; ask operations."
_log = logging.getLogger(__name__)

#: By a Slack user's id, who that is and the address; ``None`` for nobody.
Knows = Callable[[str], tuple[Asker, str] | None]
#: The answer to a question in words, for somebody.
Answers = Callable[[str, Asker], Any]
#: Posts a message to the address that Slack gave.
Replies = Callable[[str, Mapping[str, Any]], None]
#: Decides the owner of an account: viewer, form, what was pressed; says what was done.
Decides = Callable[[Viewer, Form, Pressed], str]
#: Who could own an account instead, as far as the asker may decide it: ids and names.
Others = Callable[[str, Asker], Sequence[tuple[str, str]]]


class Chat:
    """Answers Slack's requests; all that touches the outside is given to it."""

    def __init__(
        self,
        signing_secret: str,
        *,
        knows: Knows,
        answers: Answers,
        others: Others,
        decides: Decides,
        replies: Replies,
        now: Callable[[], dt.datetime],
    ) -> None:
        """``now``: UTC, naive."""
        self._verifier = SignatureVerifier(signing_secret)
        self._knows, self._answers, self._decides = knows, answers, decides
        self._others, self._replies = others, replies
        self._now = now

    def application(self) -> Starlette:
        """As ASGI."""
        return Starlette(
            routes=[
                Route(COMMAND, self._command, methods=["POST"]),
                Route(ACTION, self._action, methods=["POST"]),
            ]
        )

    async def _command(self, request: Request) -> Response:
        fields = await self._fields(request)
        if fields is None:
            return Response(status_code=401)
        asked, user, back = (fields.get(name, "") for name in ("text", "user_id", "response_url"))
        later = BackgroundTask(self._in_thread, self._answer, asked, user, back)
        return JSONResponse({"response_type": "ephemeral", "text": "Looking ..."}, background=later)

    async def _action(self, request: Request) -> Response:
        fields = await self._fields(request)
        try:
            said = json.loads((fields or {}).get("payload", ""))
            user, back = str(said["user"]["id"]), str(said["response_url"])
            trigger = str(said["trigger_id"])
            found = pressed(said["actions"][0])
        except (ValueError, KeyError, TypeError, IndexError):
            return Response(status_code=401 if fields is None else 400)
        if found is None:
            return Response(status_code=200)  # a link, or a button of somebody else
        form = Form(f"slack:{trigger}", found.seen_at)  # one decision, however often Slack sends it
        later = BackgroundTask(self._in_thread, self._decide, user, back, form, found)
        return Response(status_code=200, background=later)

    async def _fields(self, request: Request) -> dict[str, str] | None:
        """The form of a request with Slack's signature, of the last five minutes; else ``None``."""
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > _LARGEST:
                return None
        try:
            if not self._verifier.is_valid_request(body, dict(request.headers)):
                return None
            fields = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=50)
        except ValueError:
            return None
        return {name: values[0] for name, values in fields.items()}

    async def _in_thread(self, work: Callable[..., None], *given: Any) -> None:
        await asyncio.to_thread(work, *given)

    def _answer(self, asked: str, user: str, back: str) -> None:
        def said() -> dict[str, Any]:
            known = self._knows(user)
            if not known:
                return {"text": _NOBODY}
            answer = self._answers(asked, known[0])
            return message(answer, self._now(), lambda account: self._others(account, known[0]))

        self._reply(back, said)

    def _decide(self, user: str, back: str, form: Form, found: Pressed) -> None:
        def said() -> dict[str, Any]:
            known = self._knows(user)
            if not known:
                return {"text": _NOBODY}
            viewer = Viewer(known[0], known[1], self._now() + _DECIDE_WITHIN)
            return {"text": self._decides(viewer, form, found)}

        self._reply(back, said)

    def _reply(self, back: str, said: Callable[[], dict[str, Any]]) -> None:
        """Post to Slack; what cannot be told is a sentence, and what fails is logged."""
        try:
            told = said()
        except CsAssetsError as error:
            told = {"text": escaped(error.told())}
        except Exception as error:  # a defect: whoever asked is told that there is no answer
            _log.error("no answer for Slack: %s", type(error).__name__)
            told = {"text": "That could not be answered; operations can see why in the log."}
        try:
            self._replies(back, {"response_type": "ephemeral", **told})
        except Exception as error:
            _log.error("Slack did not take the answer: %s", type(error).__name__)
