"""To pass which rules a person must agree first, for what is at stake."""

from collections.abc import Collection

from cs_assets.routing.policy import Passing, Policy
from cs_assets.routing.rows import Row, known


def for_a_person(account: Row, line: Passing) -> bool:
    """The stake is one at which a person must agree to pass the rule."""
    if account["segment"] in line.person_segments:
        return True
    if line.person_from_revenue is None:
        return False
    return _revenue(account) >= line.person_from_revenue


def asked(account: Row, rules: Collection[str], policy: Policy) -> tuple[str, ...]:
    """Of ``rules``, in the published order, those that only a person may pass for the account."""
    return tuple(
        line.rule for line in policy.passing if line.rule in rules and for_a_person(account, line)
    )


def stake(account: Row) -> str:
    """What is at stake, in words: segment and revenue."""
    segment = account["segment"] if known(account["segment"]) else "segment unknown"
    revenue = "revenue unknown"
    if known(account["revenue"]):
        revenue = f"{_revenue(account):,.0f} USD"
    return f"{segment}, {revenue}"


def _revenue(account: Row) -> float:
    return float(account["revenue"]) if known(account["revenue"]) else 0.0
