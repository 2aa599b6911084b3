"""Which rules to pass for an account that no CSM may take: in the published order, and few."""

from collections.abc import Callable, Sequence

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
