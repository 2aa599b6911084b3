"""An answer as a Slack message: text, what proves each figure, and a button where one decides."""

import datetime as dt
from typing import Any

from cs_assets.answers.proof import sources
from cs_assets.delivery.message.slack_text import escaped, shortened

_MOST = 3000
#: The beginning of the ids of buttons that decide an owner; behind it the reason of an approval.
BUTTON = "routing:"
#: Stands between it and the reason of a rejection.
REJECT = "reject:"
_APPROVE, _REJECT = f"{BUTTON}review_accepted", f"{BUTTON}{REJECT}other"
_BETWEEN = "|"


def message(answer: Any, now: dt.datetime) -> dict[str, Any]:
    """The message of an answer; who owns an account can be decided from it."""
    text = told(answer)
    if answer.question != "why_owner" or answer.status != "answered":
        return {"text": text}
    value = f"{answer.parameters['account']}{_BETWEEN}{now.isoformat()}"
    buttons = [
        {"type": "button", "action_id": action, "value": value,
         "text": {"type": "plain_text", "text": said}}
        for action, said in ((_APPROVE, "Approve this owner"), (_REJECT, "Reject this owner"))
    ]  # fmt: skip
    section = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    return {"text": text, "blocks": [section, {"type": "actions", "elements": buttons}]}


def pressed(value: str) -> tuple[str, dt.datetime]:
    """Account of a button, and when its message was made; raises ``ValueError``."""
    account, _, at = value.rpartition(_BETWEEN)
    return account, dt.datetime.fromisoformat(at)


def told(answer: Any) -> str:
    """The words of an ``Answer``; names and quotes can make no mention, link or channel."""
    parts = [f"• {escaped(one.text)}" if one.is_row else escaped(one.text) for one in answer.lines]
    if answer.needs:
        parts.append(f"What would be needed: {escaped(answer.needs)}")
    if answer.offered:
        parts.append("You can ask:\n" + "\n".join(f"• {escaped(one)}" for one in answer.offered))
    body = shortened("\n".join(parts), _MOST)
    proofs = [f"`{one.table}`: {escaped(one.told())}" for one in sources(answer)]
    if not proofs:
        return body
    each = f"Each figure with its cell: `cs-assets ask --proof {answer.answer_id}`"
    return "\n".join([body, "Proof:", *proofs, each])
