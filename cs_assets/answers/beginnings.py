"""How a conversation with an agent begins: what people ask on a Monday, by role."""

from collections.abc import Mapping
from dataclasses import dataclass

from cs_assets.answers.scope import Role
from cs_assets.names import shown

_LONGEST_NAME = 80

_MONDAY: Mapping[Role, tuple[str, ...]] = {
    "csm": (
        "which customers are at risk", "renewals in the next 90 days",
        "which 5 customers have the lowest health score", "which actions are open",
        "which deliveries are held and why",
    ),
    "manager": (
        "which customers are at risk", "renewals in the next 60 days",
        "top 5 customers by ARR", "which actions are open", "which deliveries are held and why",
    ),
    "rep": ("what is my focus", "what are my scores"),
    "operations": (
        "which deliveries are held and why", "which customers are at risk",
        "renewals in the next 30 days", "which actions are open",
    ),
}  # fmt: skip
_OF_CUSTOMER = (
    "how is {customer} doing", "what changed for {customer}",
    "what signals did we hear from {customer}", "what did we promise {customer}",
    "what was done for {customer} and what came of it", "what should I do next for {customer}",
)  # fmt: skip
_HOW = (
    "Ask these with the tool ask, one by one. Say what is answered, each figure with its ref "
    "behind it, and what is not known as that. Add no figure, cause or forecast of your own.\n"
)


@dataclass(frozen=True)
class Beginning:
    """A prompt: its name, what it is for, and what it needs."""

    name: str
    meaning: str
    needs: tuple[str, ...] = ()


BEGINNINGS = (
    Beginning("monday", "What to ask first on a Monday, by the role of who asks."),
    Beginning("prepare_call", "All that is known before a call with a customer.", ("customer",)),
)


def text(name: str, role: Role, given: Mapping[str, str]) -> str:
    """The text of a prompt; raises ``ValueError`` for one that is not there or lacks something."""
    if name == "monday":
        asked = _MONDAY[role]
    elif name == "prepare_call" and given.get("customer"):
        customer = " ".join(shown(given["customer"]).split())[:_LONGEST_NAME]
        asked = tuple(one.format(customer=customer) for one in _OF_CUSTOMER)
    elif name == "prepare_call":
        raise ValueError("prepare_call needs a customer: a name or an id")
    else:
        raise ValueError(f"there is no prompt {name[:40]!r}: prompts/list names them")
    return _HOW + "\n".join(f"- {one}" for one in asked)
