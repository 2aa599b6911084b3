"""A call's summary in its context: which account, which deal, what was said."""

from dataclasses import dataclass

_KINDS = {
    "discovery": "Discovery call",
    "demo": "Demonstration",
    "negotiation": "Negotiation",
    "closing": "Closing call",
    "success": "Customer success call",
    "support": "Support call",
    "internal": "Internal call",
}


@dataclass(frozen=True, slots=True)
class Context:
    """What is known around a call; amount in USD."""

    call_type: str | None
    account: str | None
    deal_name: str | None
    deal_stage: str | None
    deal_amount: float | None


def in_context(extract: str, context: Context) -> str:
    """The summary that readers see: the context in one sentence, then what was said."""
    return f"{opening(context)} {' '.join(extract.split())}".strip()


def opening(context: Context) -> str:
    """One sentence on account and deal; says so when no deal is linked."""
    kind = _KINDS.get(context.call_type or "", "Call")
    whom = f" with {context.account}" if context.account else " with an account that is not known"
    return f"{kind}{whom}{_deal(context)}."


def _deal(context: Context) -> str:
    if not (context.deal_name or context.deal_stage or context.deal_amount is not None):
        return "; no deal is linked"
    parts = []
    if context.deal_stage:
        parts.append(f"in stage {context.deal_stage}")
    if context.deal_amount is not None:
        parts.append(f"worth ${context.deal_amount:,.0f}")
    named = f"deal “{context.deal_name}”" if context.deal_name else "a deal"
    return f"; {named} {', '.join(parts)}".rstrip()
