"""Which customer of a book first: value at stake x urgency, with the reasons in words.

urgency = 1 - (1 - u1)(1 - u2)...: each reason takes its part of what is left, so that many small
ones never outweigh one that is nearly sure. The weights are the policy's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from cs_assets.facts.wording import listed
from cs_assets.reviews.books.account import Account, said_of
from cs_assets.reviews.configuration import Urgency

#: Renewals nearer than this are named on their own; farther ones only as a reason, down to 120.
RENEWALS_WITHIN = 90


@dataclass(frozen=True)
class Ranked:
    """An account with its place in the book."""

    account: Account
    urgency: float
    """0 to 1."""
    stake: float
    """ARR x urgency; of an unknown ARR the book's median stands in."""
    reasons: tuple[str, ...]
    """Weightiest first; empty where nothing is urgent."""

    @property
    def reasons_line(self) -> str:
        """The weightiest reasons, to go on with after a colon."""
        return "; ".join(self.reasons[:3])

    @property
    def why(self) -> str:
        """The same as a sentence of its own, without its full stop."""
        return self.reasons_line[:1].upper() + self.reasons_line[1:]


def ranked(found: Iterable[Account], weights: Urgency) -> list[Ranked]:
    """The accounts, the most at stake first; those without urgency by ARR behind them."""
    every = list(found)
    known = [account.arr for account in every if account.arr is not None]
    usual = float(median(known)) if known else 0.0
    places = [_ranked(account, usual, weights) for account in every]
    return sorted(
        places,
        key=lambda r: (-r.stake, -(r.account.arr or 0.0), r.account.customer_id),
    )


def _ranked(account: Account, usual: float, weights: Urgency) -> Ranked:
    parts = sorted(_parts(account, weights), key=lambda part: -part[0])
    left = 1.0
    for urgency, _ in parts:
        left *= 1.0 - urgency
    worth = account.arr if account.arr is not None else usual
    return Ranked(
        account,
        round(1.0 - left, 4),
        worth * (1.0 - left),
        tuple(words for _, words in parts if words),
    )


def _parts(account: Account, weights: Urgency) -> Iterable[tuple[float, str]]:
    if account.days is not None and (part := _renewal(account.days, weights)):
        yield part, renewal_words(account.days)
    for place, _ in enumerate(account.signals):  # each counts, and one phrase tells them all
        yield weights.signal, "" if place else f"calls speak of {listed(account.signals)}"
    if account.health in ("Red", "Yellow"):
        told = account.lost or account.signals  # a rule that caps health names the same again
        why = f" ({account.health_why})" if account.health_why and not told else ""
        part = weights.red if account.health == "Red" else weights.yellow
        yield part, f"health is {account.health}{why}"
    if account.lost:
        yield weights.lost_module, listed(account.lost)
    if account.falls:
        yield weights.clear_fall, f"clear fall of {said_of(account.falls)}"


def _renewal(days: int, weights: Urgency) -> float:
    if days < -30:  # over: renewed or lost, and the date is not kept
        return 0.0
    return next((part for within, part in weights.renewal if days <= within), 0.0)


def renewal_words(days: int) -> str:
    """When the contract renews, from the day of the book."""
    if days < 0:
        return f"renewal date passed {-days} day{'s' if days < -1 else ''} ago"
    if days == 0:
        return "renews today"
    return f"renews in {days} day{'s' if days > 1 else ''}"
