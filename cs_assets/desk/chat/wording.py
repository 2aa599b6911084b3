"""An answer as a Slack message: text, what proves each figure, and buttons where one decides."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cs_assets.answers.proof import sources
from cs_assets.delivery.message.slack_text import escaped, shortened

_MOST = 3000
#: The beginning of the ids of buttons that decide an owner; behind it the reason of an approval.
BUTTON = "routing:"
#: Stands between it and the reason of a rejection.
REJECT = "reject:"
#: Stands between it and the reason of an override; the value then names the CSM too.
OVERRIDE = "override:"
_APPROVE, _REJECT = f"{BUTTON}review_accepted", f"{BUTTON}{REJECT}other"
_OVERRIDE = f"{BUTTON}{OVERRIDE}other"
_BETWEEN = "|"


def message(
    answer: Any, now: dt.datetime, others: Callable[[str], Sequence[tuple[str, str]]]
) -> dict[str, Any]:
    """The message of an answer; who owns an account can be decided from it.

    ``others``: id and name of those who could own an account instead.
    """
    text = told(answer)
    if answer.question != "why_owner" or answer.status != "answered":
        return {"text": text}
    value = f"{answer.parameters['account']}{_BETWEEN}{now.isoformat()}"
    elements: list[dict[str, Any]] = [
        {"type": "button", "action_id": action, "value": value,
         "text": {"type": "plain_text", "text": said}}
        for action, said in ((_APPROVE, "Approve this owner"), (_REJECT, "Reject this owner"))
    ]  # fmt: skip
    if choice := others(answer.parameters["account"]):
        elements.append(_choice(answer.parameters["account"], now, choice))
    section = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    return {"text": text, "blocks": [section, {"type": "actions", "elements": elements}]}


def _choice(account: str, now: dt.datetime, others: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """A menu of CSMs who get the account when chosen."""
    options = [
        {"text": {"type": "plain_text", "text": name or worker},
         "value": _BETWEEN.join((account, worker, now.isoformat()))}
        for worker, name in others
    ]  # fmt: skip
    says = {"type": "plain_text", "text": "Give it to ..."}
    return {"type": "static_select", "action_id": _OVERRIDE, "placeholder": says,
            "options": options}  # fmt: skip


@dataclass(frozen=True)
class Pressed:
    """What a button or menu says: the decision, and when its message was made."""

    account: str
    kind: str
    reason: str
    seen_at: dt.datetime
    worker: str = ""


def pressed(action: Mapping[str, Any]) -> Pressed | None:
    """Of Slack's account of what was pressed; None: no button of ours. Raises ``ValueError``,
    ``KeyError``, ``TypeError`` for what none of ours says."""
    button = str(action["action_id"])
    said = action.get("selected_option") or action
    account, _, at = str(said["value"]).rpartition(_BETWEEN)
    seen_at, worker = dt.datetime.fromisoformat(at), ""
    if not button.startswith(BUTTON):
        return None
    reason, kind = button.removeprefix(BUTTON), "approve"
    if reason.startswith(OVERRIDE):
        account, _, worker = account.rpartition(_BETWEEN)
        kind, reason = "override", reason.removeprefix(OVERRIDE)
    elif reason.startswith(REJECT):
        kind, reason = "reject", reason.removeprefix(REJECT)
    return Pressed(account, kind, reason, seen_at, worker)


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
