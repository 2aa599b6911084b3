"""The figures of judgement of routing at the size that runs with every test run."""

import numpy as np
import numpy.typing as npt
import pytest

from cs_assets.routing import policy
from cs_assets.routing.placing import ways
from cs_assets.routing.placing.recommend import recommend
from cs_assets.routing.solver import highs
from cs_assets.routing.solver.work import Work
from tests.figures import Tell
from tests.judge import counted_routing, routing, stupid_routing
from tests.routing.frames import account, described, worker


@pytest.mark.parametrize("name", stupid_routing.all_cases())
def test_a_decision_that_nobody_would_sign_does_not_come_out(name: str) -> None:
    assert not stupid_routing.all_cases()[name]()


def test_nobody_waits_and_no_family_is_split_without_need(tell: Tell) -> None:
    for figure in (
        routing.alone_and_batch_of_one(4),
        routing.needless_waiting(8),
        routing.split_families(8),
    ):
        tell(figure)
        assert figure.passed, figure.line()


def test_a_programme_of_a_few_ways_finds_what_that_of_all_finds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Large batches take in ways as they are asked for: nobody waits, or is apart, for that."""
    monkeypatch.setattr(ways, "_AT_ONCE", 0)
    monkeypatch.setattr(ways, "_FIRST", 1)
    monkeypatch.setattr(ways, "_MORE", 1)
    seeds = [*range(23), 342, 364]  # in the last two a day less of waiting takes a rule passed
    assert [counted_routing.needless_waiting(seed) for seed in seeds] == [None] * len(seeds)
    assert not any(counted_routing.split_though_they_fit(seed) for seed in range(25))


def test_without_time_accounts_go_where_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the solver begins with is an answer: nobody waits only because the clock is over."""

    def over(_: highs.ZeroOne, work: Work, start: npt.NDArray[np.float64]) -> highs.Answer:
        return highs.Answer(start, -np.inf, False, False, True, None)

    monkeypatch.setattr(ways, "_AT_ONCE", 0)
    monkeypatch.setattr(highs, "solve_zero_one", over)
    fresh = [account(f"A{k}") for k in range(4)]
    people = [worker("W0", max_accounts=1), worker("W1", max_accounts=2)]
    accounts, books = described(fresh, people)
    rows = recommend(accounts, books, policy.load()).recommendations
    first = rows[rows["rank"] == 1]
    assert sorted(first["status"]) == ["recommended"] * 3 + ["waiting"]
