"""A single account: the weighted score of every CSM, why the best one, and what would change it."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cs_assets.routing.explain.audit import SCORE_UNIT, Audit, against, by_count
from cs_assets.routing.explain.would_change import Change
from cs_assets.routing.placing import building, eligibility, scoring
from cs_assets.routing.policy import Policy, Single
from cs_assets.routing.rows import Row


@dataclass(frozen=True)
class Scored:
    """A CSM with the weighted terms of the score, in millionths."""

    book: Row
    terms: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.terms.values())


def open_to(batch: building.Batch) -> list[Row]:
    """The CSMs who may take the one account of ``batch`` and have room for it."""
    return [book for book, fits in zip(batch.books, _fits(batch), strict=True) if fits]


def ranked(account: Row, books: Sequence[Row], policy: Policy) -> list[Scored]:
    """Every CSM of ``books``, the best first; equal scores in the order of a fixed hash."""
    weights = policy.single.model_dump()
    scored = []
    for book in books:
        terms = scoring.terms(account, book, books, policy)
        whole = {name: round(weights[name] * value * SCORE_UNIT) for name, value in terms.items()}
        scored.append(Scored(book, whole))

    def order(one: Scored) -> tuple[int, int]:
        return -one.total, building.tie_break(account["account_id"], one.book["worker_id"])

    return sorted(scored, key=order)


def audit(
    account: Row,
    found: Sequence[Scored],
    batch: building.Batch,
    everybody: Sequence[Row],
    relaxed: Collection[str] = (),
) -> Audit:
    """Why ``found[0]``; ``batch`` is the problem of this one account."""
    closed = _closed(account, batch, relaxed)
    out = Counter(b["unavailable_why"] or "ramp" for b in everybody if b["load_share"] <= 0)
    out.update(rules[0] for _, rules in closed)
    best = found[0]
    rule, bound = _rules(account, found, closed, batch.policy)
    made = (rule, _number(account, found, batch.policy), _weight(account, found, batch.policy))
    return Audit(
        measure="score",
        worker_id=best.book["worker_id"],
        worker_name=best.book["worker_name"],
        against=[
            against(other.book, {name: best.terms[name] - v for name, v in other.terms.items()})
            for other in found[1:3]
        ],
        out=by_count(out),
        dearer=max(len(found) - 3, 0),
        binding=bound,
        changes=[change for change in made if change is not None],
        relaxed=list(relaxed),
    )


def in_words(found: Sequence[Scored], place: int) -> str:
    """The score of a CSM and what it rests on, or where it falls behind the best."""
    one, best = found[place], found[0]
    name, total = one.book["worker_name"], one.total / SCORE_UNIT
    if place == 0:
        strongest = max(one.terms, key=lambda term: one.terms[term])
        return f"{name} scores {total:.3f}, most of it by {strongest.replace('_', ' ')}."
    lost = max(one.terms, key=lambda term: best.terms[term] - one.terms[term])
    behind = (best.total - one.total) / SCORE_UNIT
    return f"{name} scores {total:.3f}, {behind:.3f} less, most of it by {lost.replace('_', ' ')}."


def _closed(
    account: Row, batch: building.Batch, relaxed: Collection[str]
) -> list[tuple[Row, list[str]]]:
    """The CSMs who may not take the account, each with every rule in the way."""
    found, fits = [], _fits(batch)
    for j, book in enumerate(batch.books):
        if fits[j]:
            continue
        first = str(batch.forbidden[0][j] or "full")
        rules = list(eligibility.forbidding_rules(account, book, batch.policy, relaxed))
        found.append((book, [first, *(rule for rule in rules if rule != first)]))
    return found


def _fits(batch: building.Batch) -> list[bool]:
    problem = batch.problem
    roomy = (problem.uses[0] <= problem.room).all(axis=1)
    return [bool(fit) for fit in problem.allowed[0] & roomy]


def _rules(
    account: Row,
    found: Sequence[Scored],
    closed: Sequence[tuple[Row, list[str]]],
    policy: Policy,
) -> tuple[Change | None, dict[str, int]]:
    """The rule without which somebody better could be had, and all rules that decided so."""
    best: Change | None = None
    highest, bound = found[0].total, Counter[str]()
    books = [one.book for one in found]
    for rule in sorted({rules[0] for _, rules in closed if len(rules) == 1}):
        more = [book for book, rules in closed if rules == [rule]]
        again = ranked(account, [*books, *more], policy)
        ids = {book["worker_id"] for book in more}
        mine = next(one for one in again if one.book["worker_id"] == books[0]["worker_id"])
        ahead = [one for one in again if one.total > mine.total and one.book["worker_id"] in ids]
        bound[rule] += len(ahead)
        winner = again[0]
        if winner.book["worker_id"] in ids and (best is None or winner.total > highest):
            name, highest = winner.book["worker_name"], winner.total
            more_by = (winner.total - mine.total) / SCORE_UNIT
            words = (
                f"{name} {eligibility.SAYS.get(rule, rule)}. Were that no rule, {name} would "
                f"get it and score {more_by:.3f} more."
            )
            best = Change("rule", rule, None, None, winner.book["worker_id"], words)
    return best, by_count({rule: n for rule, n in bound.items() if n})


def _number(account: Row, found: Sequence[Scored], policy: Policy) -> Change | None:
    """How many accounts less the next CSM would have to have."""
    if len(found) < 2:
        return None
    other = found[1].book
    for less in range(1, int(other["accounts"]) + 1):
        after = int(other["accounts"]) - less
        changed = {**other, "accounts": after}
        books = [changed if one.book is other else one.book for one in found]
        if ranked(account, books, policy)[0].book is changed:
            name = other["worker_name"]
            words = (
                f"If {name} had {less} account{'s' if less > 1 else ''} less ({after} instead of "
                f"{other['accounts']}), {name} would get it."
            )
            what = f"{other['worker_id']}.accounts"
            before = float(other["accounts"])
            return Change("number", what, before, float(after), other["worker_id"], words)
    return None


def _weight(account: Row, found: Sequence[Scored], policy: Policy) -> Change | None:
    """The weight whose smallest change alters the choice, the others shrinking or growing alike."""
    weights = policy.single.model_dump()
    tried: list[tuple[float, str, float]] = []
    for other in found[1:]:
        for name, weight in weights.items():
            own = (found[0].terms[name] - other.terms[name]) / max(weight, 1e-9)
            rest = found[0].total - other.total - weight * own
            # The lead at weight w is w own + (1 - w) / (1 - weight) rest; it is zero at:
            slope = own - rest / (1 - weight) if weight < 1 else 0.0
            if not slope:
                continue
            level = -rest / (1 - weight) / slope
            if 0 <= level <= 1:
                tried.append((abs(level - weight), name, level))
    for _, name, level in sorted(tried):
        step = 1 if level > weights[name] else -1
        for margin in (0.001, 0.01):
            after = round(level + step * margin, 3)
            if not 0 <= after <= 1:
                continue
            winner = ranked(account, [o.book for o in found], _reweighed(policy, name, after))[0]
            if winner.book is not found[0].book:
                who = winner.book["worker_name"]
                words = (
                    f"With the weight single.{name} at {after:g} instead of {weights[name]:g} and "
                    f"the others in proportion, {who} would get it."
                )
                return Change(
                    "weight", f"single.{name}", weights[name], after,
                    winner.book["worker_id"], words,
                )  # fmt: skip
    return None


def _reweighed(policy: Policy, name: str, weight: float) -> Policy:
    """The policy with one weight of the score set and the others scaled so that all sum to 1."""
    weights: dict[str, Any] = policy.single.model_dump()
    scale = (1 - weight) / (1 - weights[name])
    changed = {other: value * scale for other, value in weights.items()} | {name: weight}
    return policy.model_copy(update={"single": Single(**changed)})
