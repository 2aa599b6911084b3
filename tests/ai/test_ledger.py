"""The AI ledger: reservation, ceilings, reuse, crashes, processes."""

import datetime as dt
import multiprocessing
import random
from pathlib import Path
from typing import Any

import pytest

from cs_assets.ai.configuration import Ceiling, Ceilings
from cs_assets.ai.ledger.ledger import AiLedger, Busy, Estimate, Known, Purpose, Refused, Reserved
from cs_assets.ai.requests import Tokens
from tests.waiting import PATIENCE

PURPOSE = Purpose("weekly_reports", "run-1", "customer:c-1", "2026-11-09")
ESTIMATE = Estimate(Tokens(1000, 500), 7000)


class Clock:
    def __init__(self) -> None:
        self.now = dt.datetime(2026, 11, 16, 8, 0)

    def __call__(self) -> dt.datetime:
        return self.now


def ceilings(**month: Any) -> Ceilings:
    wide = Ceiling(calls=10**6, tokens=10**9, dollars=10**6)
    return Ceilings(asset=wide, run=wide, account=wide, month=wide.model_copy(update=month))


def reserve(ledger: AiLedger, key: str, purpose: Purpose = PURPOSE) -> Any:
    return ledger.reserve(
        key,
        purpose,
        provider="claude",
        model="claude-sonnet-5-5",
        prompt_name="reviews/performance",
        prompt_version="1-test",
        estimate=ESTIMATE,
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def books(tmp_path: Path, clock: Clock) -> AiLedger:
    return AiLedger(tmp_path / "ai.sqlite", ceilings(), clock=clock)


def test_a_settled_call_is_known_from_then_on(books: AiLedger) -> None:
    first = reserve(books, "k")
    books.settle(first.call_id, Tokens(900, 100), 2800, text="T", model="m")
    assert reserve(books, "k") == Known("T", "m", "answer", None)
    assert [row["state"] for row in books.rows()] == ["answered", "reused"]
    assert books.spent("run", "run-1") == (1, 1000, 2800)


def test_what_is_asked_now_is_not_asked_twice(books: AiLedger) -> None:
    assert isinstance(reserve(books, "k"), Reserved)
    assert isinstance(reserve(books, "k"), Busy)
    assert isinstance(reserve(books, "other"), Reserved)


def test_a_reservation_counts_at_its_estimate_until_it_is_settled(books: AiLedger) -> None:
    call = reserve(books, "k")
    assert books.spent("month", "2026-11") == (1, 1500, 7000)
    books.fail(call.call_id, "transient: HTTP 529", Tokens(), 0)
    assert books.spent("month", "2026-11") == (1, 0, 0)
    assert isinstance(reserve(books, "k"), Reserved)


def test_a_crash_costs_its_estimate_and_frees_the_key_after_the_lease(
    books: AiLedger, clock: Clock
) -> None:
    reserve(books, "k")
    clock.now += dt.timedelta(minutes=4)
    assert isinstance(reserve(books, "k"), Busy)
    clock.now += dt.timedelta(minutes=2)
    second = reserve(books, "k")
    assert isinstance(second, Reserved)
    books.settle(second.call_id, Tokens(10, 10), 100, text="T", model="m")
    assert [row["state"] for row in books.rows()] == ["lost", "answered"]
    assert books.spent("month", "2026-11") == (2, 1520, 7100)


def test_a_clock_that_was_ahead_when_a_process_died_keeps_no_key(
    books: AiLedger, clock: Clock
) -> None:
    right = clock.now
    clock.now += dt.timedelta(days=400)
    reserve(books, "k")
    clock.now = right
    assert isinstance(reserve(books, "k"), Reserved)


def test_an_answer_after_the_lease_is_still_recorded(books: AiLedger, clock: Clock) -> None:
    late = reserve(books, "k")
    clock.now += dt.timedelta(minutes=10)
    second = reserve(books, "k")
    books.settle(late.call_id, Tokens(1, 1), 10, text="late", model="m")
    books.settle(second.call_id, Tokens(1, 1), 10, text="second", model="m")
    assert reserve(books, "k") == Known("late", "m", "answer", None)


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        ({"calls": 2}, "2 calls"),
        ({"tokens": 3100}, "3100 tokens"),
        ({"dollars": 0.015}, "0.015 dollars"),
    ],
)
def test_a_ceiling_is_never_passed(
    tmp_path: Path, clock: Clock, limit: dict[str, Any], told: str
) -> None:
    books = AiLedger(tmp_path / "tight.sqlite", ceilings(**limit), clock=clock)
    decisions = [reserve(books, f"k{n}") for n in range(3)]
    assert [type(one) for one in decisions] == [Reserved, Reserved, Refused]
    assert told in decisions[2].reason
    clock.now = dt.datetime(2026, 12, 1)
    assert isinstance(reserve(books, "k9"), Reserved), "a new month begins at nothing"


@pytest.mark.parametrize(
    ("scope", "elsewhere"),
    [
        ("run", Purpose("weekly_reports", "run-2", "customer:c-1", "2026-11-09")),
        ("asset", Purpose("rep_digests", "run-1", "customer:c-1", "2026-11-09")),
        ("account", Purpose("weekly_reports", "run-1", "customer:c-2", "2026-11-09")),
    ],
)
def test_each_scope_counts_its_own(
    tmp_path: Path, clock: Clock, scope: str, elsewhere: Purpose
) -> None:
    one = Ceiling(calls=1, tokens=10**9, dollars=10**6)
    limits = ceilings().model_copy(update={scope: one})
    books = AiLedger(tmp_path / "scoped.sqlite", limits, clock=clock)
    assert isinstance(reserve(books, "a"), Reserved)
    assert isinstance(reserve(books, "b"), Refused)
    assert isinstance(reserve(books, "b", elsewhere), Reserved)


def test_forgetting_takes_answers_and_keeps_what_they_cost(books: AiLedger, clock: Clock) -> None:
    for key in ("old", "new"):
        call = reserve(books, key)
        books.settle(call.call_id, Tokens(10, 10), 100, text="T", model="m")
        clock.now += dt.timedelta(days=2)
    assert books.forget(dt.datetime(2026, 11, 18)) == (1, 1)
    assert [row["call_key"] for row in books.rows()] == ["new"]
    assert books.spent("month", "2026-11") == (2, 40, 200)
    assert isinstance(reserve(books, "old"), Reserved)
    assert isinstance(reserve(books, "new"), Known)


def test_a_closed_call_is_not_closed_again(books: AiLedger) -> None:
    call = reserve(books, "k")
    books.settle(call.call_id, Tokens(1, 1), 1, text="T", model="m")
    with pytest.raises(ValueError, match="not open"):
        books.fail(call.call_id, "again", Tokens(), 0)


def _ask_for_all(path: Path, keys: int, ceiling: int, seed: int, log: Path) -> None:
    """One process: ask for every key in its own order; the log file is the provider."""
    books = AiLedger(path, ceilings(calls=ceiling))
    order = list(range(keys))
    random.Random(seed).shuffle(order)
    with open(log, "ab", buffering=0) as provider:
        for number in order:
            decision = reserve(books, f"key-{number}")
            if isinstance(decision, Reserved):
                provider.write(f"{number}\n".encode())
                books.settle(decision.call_id, Tokens(10, 10), 100, text="T", model="m")


def test_processes_together_keep_the_ceiling_and_ask_each_key_once(tmp_path: Path) -> None:
    keys, ceiling = 60, 45
    log = tmp_path / "provider.log"
    context = multiprocessing.get_context("spawn")
    workers = [
        context.Process(
            target=_ask_for_all, args=(tmp_path / "ai.sqlite", keys, ceiling, seed, log)
        )
        for seed in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(PATIENCE)
    assert [worker.exitcode for worker in workers] == [0] * 4
    asked = log.read_text().split()
    assert len(asked) == ceiling
    assert len(set(asked)) == ceiling
    books = AiLedger(tmp_path / "ai.sqlite", ceilings())
    assert sum(row["state"] == "answered" for row in books.rows()) == len(asked)


def test_answers_are_forgotten_with_what_they_were_made_from(books: AiLedger) -> None:
    def ask(key: str, *sources: str) -> Any:
        return books.reserve(
            key, PURPOSE, provider="claude", model="m", prompt_name="p", prompt_version="1",
            estimate=ESTIMATE, sources=sources,
        )  # fmt: skip

    for key, sources in (("both", ("call-1", "call-2")), ("other", ("call-2",)), ("none", ())):
        books.settle(ask(key, *sources).call_id, Tokens(1, 1), 1, text=key, model="m")
    under_way = ask("late", "call-1")
    assert books.forget_sources(lambda source: source == "call-1") == 1
    books.settle(under_way.call_id, Tokens(1, 1), 1, text="late", model="m")
    assert books.forget_sources(lambda source: source == "call-1") == 1
    assert isinstance(ask("both", "call-1"), Reserved)
    assert isinstance(ask("other", "call-2"), Known)
    assert isinstance(ask("none"), Known)
