"""Which CSM may take which account, and the rule that forbids each other pair."""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, Literal

from cs_assets.facts.wording import counted
from cs_assets.routing.books import is_shared
from cs_assets.routing.policy import Policy, Stake
from cs_assets.routing.rows import Row, known

#: What each rule says, for readers.
SAYS = {
    "data": "has a row in Workday that cannot be used",
    "leave": "is on leave, or soon will be",
    "leaving": "leaves soon",
    "weekly_intake": "got as many accounts this week as a new CSM, or one back from leave, may",
    "seniority": "is too new for what is at stake",
    "ramp": "is in the first weeks and takes no accounts yet",
    "full": "has no room left",
    "cooling": "got accounts a moment ago and cools down",
    "parent": "does not own the parent account",
    "segment": "may not own this segment",
    "coverage": "has a book of their own, and a shared book takes such accounts",
    "shared": "is a shared book, which does not take such accounts",
    "segment_full": "owns as many accounts of this segment as allowed",
    "region": "works in another region",
    "language": "does not speak the language of the account",
    "intake": "would get more accounts of this batch than allowed",
    "refused": "was refused for this account by a person",
    "pinned": "is not the one whom a person chose",
}

#: What each rule is called, for readers.
CALLED = {
    "data": "rows that can be used",
    "leave": "leave",
    "leaving": "notice before leaving",
    "weekly_intake": "accounts a week of who is new or back from leave",
    "seniority": "seniority for the stake",
    "ramp": "ramp of the first months",
    "full": "cap of accounts or points",
    "cooling": "cooling time",
    "parent": "children follow the parent",
    "segment": "segments a CSM may own",
    "coverage": "shared book for such accounts",
    "shared": "accounts of a shared book",
    "segment_full": "cap by segment",
    "region": "same region",
    "language": "language spoken",
    "intake": "accounts of one batch",
    "refused": "refused by a person",
    "pinned": "chosen by a person",
    "protected": "a protected account",
}


#: The rules in the way at each CSM.
Line = tuple[tuple[str, ...], ...]


class Rules:
    """The rules of a policy in one batch, worked out once for each kind of account at each CSM.

    Accounts that no rule tells apart are of one kind: there are some dozens of kinds, however
    many accounts wait.
    """

    def __init__(self, policy: Policy, books: Sequence[Row]) -> None:
        self._policy, self._books = policy, books
        self._kind_of: dict[str, int] = {}
        self._kinds: dict[tuple[Any, ...], int] = {}
        self._found: dict[tuple[int, str, frozenset[str] | None], tuple[str, ...]] = {}
        self._lines: dict[tuple[int, frozenset[str]], Line] = {}

    def kind(self, account: Row) -> int:
        """The number of the account's kind."""
        kind = self._kind_of.get(account["account_id"])
        if kind is None:
            kind = self._kinds.setdefault(_kind(account, self._policy), len(self._kinds))
            self._kind_of[account["account_id"]] = kind
        return kind

    def forbidding(self, account: Row, book: Row, relaxed: Collection[str] = ()) -> tuple[str, ...]:
        """As `forbidding_rules` gives them."""
        kind = self.kind(account)
        key = (kind, book["worker_id"], frozenset(relaxed) if relaxed else None)
        found = self._found.get(key)
        if found is None:
            found = tuple(forbidding_rules(account, book, self._policy, relaxed))
            self._found[key] = found
        return found

    def line(self, account: Row, relaxed: Collection[str] = ()) -> Line:
        """Those of every book, in the order of the books: one object for all of a kind."""
        key = (self.kind(account), frozenset(relaxed))
        if key not in self._lines:
            found = (self.forbidding(account, book, relaxed) for book in self._books)
            self._lines[key] = tuple(found)
        return self._lines[key]


def _kind(account: Row, policy: Policy) -> tuple[Any, ...]:
    """All of an account that `forbidding_rules` looks at."""
    names = ("segment", "region", "language", "parent_owner_id")
    told = (*(account[name] for name in names), account.get("coverage"))
    return (*(value if known(value) else None for value in told), stakes(account, policy))


def stakes(account: Row, policy: Policy) -> tuple[bool, ...]:
    """Which lines of the seniority table the account is at stake for."""
    return tuple(_at_stake(account, line) for line in policy.seniority)


def forbidding_rules(
    account: Row, book: Row, policy: Policy, relaxed: Collection[str] = ()
) -> Iterator[str]:
    """Every rule that keeps `book`'s CSM from taking `account`, the weightiest first."""
    why = book["unavailable_why"]
    if why and why not in relaxed:
        yield str(why)
    rules = policy.eligibility
    if "seniority" not in relaxed and seniority(account, book, policy) == "never":
        yield "seniority"
    if "parent" not in relaxed and _parent_binds(account, policy):
        if account["parent_owner_id"] == book["worker_id"]:
            return  # the parent's CSM knows the account: region and language were settled then
        yield "parent"
    means, has = account.get("coverage"), book.get("coverage")
    if known(has) and has != means:
        yield "shared"
    elif known(means) and not known(has) and "coverage" not in relaxed:
        yield "coverage"
    if rules.segment == "hard" and not _listed(book["segments"], account["segment"]):
        yield "segment"
    if _segment_room(account, book, policy) < 1:
        yield "segment_full"
    if rules.region == "hard" and "region" not in relaxed and region_differs(account, book):
        yield "region"
    if rules.language == "hard" and "language" not in relaxed and language_differs(account, book):
        yield "language"


def seniority(account: Row, book: Row, policy: Policy) -> Literal["never", "discouraged"] | None:
    """What the policy says of a CSM of these months owning what is at stake; None: allowed."""
    found: Literal["never", "discouraged"] | None = None
    for line in policy.seniority:
        if not _at_stake(account, line):
            continue
        if book["tenure_months"] < line.never_below:
            return "never"
        if book["tenure_months"] < line.discouraged_below:
            found = "discouraged"
    return found


def _at_stake(account: Row, line: Stake) -> bool:
    """The account is of the line's segment, health and revenue; the unknown is not."""
    if line.segment is not None and account["segment"] != line.segment:
        return False
    if line.health is not None and account["health_segment"] != line.health:
        return False
    revenue = float(account["revenue"]) if known(account["revenue"]) else 0.0
    return revenue >= line.revenue_from


def region_differs(account: Row, book: Row) -> bool:
    """Both regions are known and not the same."""
    both = known(account["region"]) and known(book["region"])
    return both and bool(account["region"] != book["region"])


def language_differs(account: Row, book: Row) -> bool:
    """The account's language is known and not among those the CSM is known to speak."""
    return not _listed(book["languages"], account["language"])


def _parent_binds(account: Row, policy: Policy) -> bool:
    return policy.eligibility.parent_keeps_csm and known(account["parent_owner_id"])


def owned_of(book: Row, segment: str) -> int:
    """Accounts of a segment in the book."""
    return int(json.loads(book["by_segment"]).get(segment, 0))


def _segment_room(account: Row, book: Row, policy: Policy) -> int:
    if not known(account["segment"]):
        return 1
    cap = policy.capacity.max_accounts_by_segment.get(account["segment"])
    return 1 if cap is None else int(cap) - owned_of(book, account["segment"])


def _listed(listed: Any, wanted: Any) -> bool:
    """`wanted` is in a list separated by semicolons; true when either is unknown."""
    if not known(listed) or not known(wanted):
        return True
    names = {name.strip().casefold() for name in str(listed).split(";") if name.strip()}
    return not names or str(wanted).casefold() in names


def kept_out(rules: Sequence[str | None], books: Sequence[Row]) -> str:
    """How many books each rule keeps out, in words; ``rules``: the one in the way of each book."""
    found: dict[str, list[Row]] = {}
    for rule, book in zip(rules, books, strict=True):
        if rule:
            found.setdefault(rule, []).append(book)
    ordered = sorted(found.items(), key=lambda item: -len(item[1]))
    return "; ".join(
        f"{how_many(len(those), sum(map(is_shared, those)))}: {SAYS.get(rule, rule)}"
        for rule, those in ordered
    )


def how_many(count: int, shared: int) -> str:
    """So many books, of which some are shared ones and no CSM's."""
    told = []
    if count > shared:
        told.append(counted(count - shared, "CSM"))
    if shared:
        told.append(counted(shared, "shared book"))
    return " and ".join(told) or "0 CSMs"


#: Whether some CSM may take the account when these rules are passed for it.
Enough = Callable[[Sequence[str]], bool]


def fewest_rules(order: Sequence[str], enough: Enough) -> list[str] | None:
    """The rules to pass, none without need; None when all of ``order`` together do not help.

    The shortest beginning of ``order`` that helps, less those in it that change nothing.
    """
    for count in range(1, len(order) + 1):
        if enough(order[:count]):
            needed = list(order[:count])
            for rule in reversed(order[:count]):
                without = [other for other in needed if other != rule]
                if enough(without):
                    needed = without
            return needed
    return None
