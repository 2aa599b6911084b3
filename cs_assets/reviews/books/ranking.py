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
#: Days before the last day of notice from which that is the date that counts.
_NOTICE_WITHIN = 60


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
    if account.days is not None and (part := _renewal(account, weights)):
        dates = (notice_words(account), renewal_words(account.days))
        yield part, ", ".join(words for words in dates if words)
    for place, _ in enumerate(account.signals):  # each counts, and one phrase tells them all
        yield weights.signal, "" if place else f"calls speak of {listed(account.signals)}"
    if account.wrote:
        yield weights.signal, f"they wrote {account.wrote}"
    if account.health in ("Red", "Yellow"):
        told = account.lost or account.signals  # a rule that caps health names the same again
        why = f" ({account.health_why})" if account.health_why and not told else ""
        part = weights.red if account.health == "Red" else weights.yellow
        yield part, f"health is {account.health}{why}"
    if account.lost:
        yield weights.lost_module, listed(account.lost)
    if account.falls:
        yield weights.clear_fall, f"clear fall of {said_of(account.falls)}"


def _renewal(account: Account, weights: Urgency) -> float:
    days = account.days or 0
    if days < -30:  # over: renewed or lost, and the date is not kept
        return 0.0
    due = account.notice if _can_give_notice(account) else days
    return next((part for within, part in weights.renewal if (due or 0) <= within), 0.0)


def _can_give_notice(account: Account) -> bool:
    """Whether the last day of notice is near: by then it is decided, not at the renewal."""
    return account.notice is not None and 0 <= account.notice <= _NOTICE_WITHIN


def notice_words(account: Account) -> str:
    """When the last day of notice is, where it is near; else empty."""
    if not _can_give_notice(account):
        return ""
    left = account.notice or 0
    return f"last day of notice {f'in {left} day' if left else 'today'}{'s' if left > 1 else ''}"


def renewal_words(days: int) -> str:
    """When the contract renews, from the day of the book."""
    if days < 0:
        return f"renewal date passed {-days} day{'s' if days < -1 else ''} ago"
    if days == 0:
        return "renews today"
    return f"renews in {days} day{'s' if days > 1 else ''}"
