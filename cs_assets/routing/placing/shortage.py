"""When room is short: rules are passed for accounts without a place before they wait."""

from collections.abc import Callable, Collection, Mapping, Sequence

#: By account, the rules passed for it.
Relaxed = Mapping[str, Sequence[str]]
#: The accounts that find no place with these rules passed, those named left out of the batch.
LeftOver = Callable[[Relaxed, Collection[str]], set[str]]

#: Accounts for which each rule is tried one by one.
_ONE_BY_ONE = 20


def pass_rules(
    order: Sequence[str], before: Relaxed, left_over: LeftOver
) -> tuple[dict[str, list[str]], set[str]]:
    """Rules passed by account, and the accounts that wait all the same.

    In the published ``order``, one more at a time for those without a place, on top of
    ``before``; what turns out not to be needed is taken back.
    """
    relaxed = {name: list(rules) for name, rules in before.items()}
    left = left_over(relaxed, ())
    for count in range(1, len(order) + 1):
        if not left:
            break
        relaxed |= {name: list(order[:count]) for name in left}
        left = left_over(relaxed, ())
    for name in left:
        relaxed[name] = list(before.get(name, ()))
    relaxed = _needed(order, before, relaxed, left, left_over)
    return {name: rules for name, rules in relaxed.items() if rules}, left


def _needed(
    order: Sequence[str],
    before: Relaxed,
    relaxed: dict[str, list[str]],
    left: set[str],
    left_over: LeftOver,
) -> dict[str, list[str]]:
    """Each rule taken back where everybody finds a place without: for all, then one by one."""
    names = sorted(set(relaxed) - left)
    for rule in reversed(order):
        for group in (names, *([name] for name in names[:_ONE_BY_ONE])):
            less = {
                name: [other for other in relaxed[name] if other != rule]
                for name in group
                if rule in relaxed[name] and rule not in before.get(name, ())
            }
            if less and not left_over(relaxed | less, left):
                relaxed |= less
    return relaxed
