"""Decisions that no lead of customer success would sign; each says whether routing makes it.

Not a figure by itself: the cases of J-routing-03. A case is a small firm and what must not
come out of it.
"""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pandas as pd

from cs_assets.routing import policy
from cs_assets.routing.placing.recommend import recommend
from cs_assets.routing.rehearsal import rebalance, what_if
from tests.routing.frames import AS_OF, account, described, owned, worker

RULES = policy.load()
DAY = AS_OF.date()
Rows = list[dict[str, Any]]

#: A month and a half, as days.
SIX_WEEKS = 42


def hired(days: int) -> dt.date:
    return DAY - dt.timedelta(days=days)


def book(worker_id: str, count: int, red: int = 0, **values: Any) -> Rows:
    """Accounts of a CSM, some of them red."""
    return [
        owned(
            f"{worker_id}-{k}",
            worker_id,
            **{"health_segment": "Red" if k < red else "Green", **values},
        )
        for k in range(count)
    ]


class Routed:
    """What became of the new accounts."""

    def __init__(
        self,
        people: Rows,
        held: Rows,
        fresh: Rows,
        waited: float = 2.0,
        rules: policy.Policy = RULES,
    ) -> None:
        accounts, books = described([*held, *fresh], people, rules)
        self.outcome = recommend(accounts.assign(waiting_days=waited), books, rules)
        rows = self.outcome.recommendations
        self.first = rows[rows["rank"] == 1].set_index("account_id")
        self.books = books.set_index("worker_id")

    def owner(self, account_id: str) -> str | None:
        return self.first.loc[account_id, "worker_id"]

    def status(self, account_id: str) -> str:
        return str(self.first.loc[account_id, "status"])

    def passed(self, account_id: str) -> list[str]:
        return list(json.loads(self.first.loc[account_id, "relaxed_rules"]))

    def counts(self) -> dict[str, int]:
        given = self.first["worker_id"].dropna().value_counts()
        return {w: int(given.get(w, 0)) for w in self.books.index}


def _six_for_books_above_average() -> bool:
    people = [worker(f"W{n}") for n in range(4)]
    held = [row for n, size in enumerate((81, 60, 50, 45)) for row in book(f"W{n}", size)]
    found = Routed(people, held, [account(f"A{k}") for k in range(6)]).counts()
    return found["W0"] > 0 or found["W3"] < 3


def _one_for_books_above_average() -> bool:
    people = [worker(f"W{n}") for n in range(4)]
    held = [row for n, size in enumerate((81, 60, 50, 45)) for row in book(f"W{n}", size)]
    return Routed(people, held, [account("A")]).owner("A") != "W3"


def _other_region_changes_books() -> bool:
    """Whom the other region overfills must not decide who gets an account here."""
    here = [worker("W0"), worker("W1")]
    there = [worker(f"N{n}", region="North America") for n in range(3)]
    held = [*book("W0", 30), *book("W1", 26)]
    far = [row for n in range(3) for row in book(f"N{n}", 80, region="North America")]
    alone = Routed(here, held, [account("A")]).owner("A")
    return Routed([*here, *there], [*held, *far], [account("A")]).owner("A") != alone


def _million_to(days: int, alone: bool, revenue: float = 1_000_000.0) -> bool:
    people = [worker("NEW", hire_date=hired(days)), worker("OLD")]
    fresh = [account("BIG", segment="Enterprise", revenue=revenue)]
    fresh += [] if alone else [account(f"A{k}") for k in range(3)]
    return Routed(people, book("OLD", 60), fresh).owner("BIG") == "NEW"


def _million_without_a_senior() -> bool:
    people = [worker("N0", hire_date=hired(60)), worker("N1", hire_date=hired(80))]
    fresh = [account("BIG", segment="Enterprise", revenue=2_000_000.0), account("A")]
    found = Routed(people, [], fresh)
    return found.status("BIG") != "needs_person" or found.status("A") != "recommended"


def _red_to_the_fullest() -> bool:
    people = [worker(f"W{n}") for n in range(3)]
    held = [*book("W0", 80), *book("W1", 40, red=1), *book("W2", 42, red=1)]
    return Routed(people, held, [account("R", health_segment="Red")]).owner("R") == "W0"


def _red_to_nine_red() -> bool:
    people = [worker("W0"), worker("W1")]
    held = [*book("W0", 40, red=9), *book("W1", 36, red=1)]
    return Routed(people, held, [account("R", health_segment="Red")]).owner("R") == "W0"


def _red_to_a_newcomer() -> bool:
    people = [worker("NEW", hire_date=hired(SIX_WEEKS)), worker("OLD")]
    held = book("OLD", 50, red=4)
    return Routed(people, held, [account("R", health_segment="Red")]).owner("R") == "NEW"


def _language_of_a_large_account() -> bool:
    people = [worker("W0"), worker("W1")]
    found = Routed(people, [], [account("J", language="ja", revenue=3_000_000.0)], waited=9.0)
    return found.status("J") != "needs_person"


def _language_passed_at_once() -> bool:
    people = [worker("W0"), worker("W1")]
    found = Routed(people, [], [account("J", language="ja")], waited=0.2)
    return found.status("J") != "waiting"


def _region_of_an_enterprise() -> bool:
    people = [worker("W0", region="North America")]
    found = Routed(people, [], [account("E", segment="Enterprise")], waited=9.0)
    return found.status("E") != "needs_person"


def _cooling_passed_at_once() -> bool:
    since = AS_OF - dt.timedelta(minutes=5)
    held = [owned("O0", "W0", owned_since=since), owned("O1", "W1", owned_since=since)]
    found = Routed([worker("W0"), worker("W1")], held, [account("A")])
    return found.status("A") != "waiting"


def _language_passed_while_one_cools() -> bool:
    """The only one who speaks it cools down for some hours more."""
    since = AS_OF - dt.timedelta(hours=2)
    people = [worker("W0", languages="ja"), worker("W1")]
    held = [owned("O0", "W0", owned_since=since)]
    return Routed(people, held, [account("J", language="ja")]).status("J") != "waiting"


def _leaver(days: int) -> bool:
    people = [worker("W0", termination_date=DAY + dt.timedelta(days=days)), worker("W1")]
    found = Routed(people, book("W1", 40), [account(f"A{k}") for k in range(8)])
    return found.counts()["W0"] > 0


def _leave_next_week() -> bool:
    away = {"leave_start": DAY + dt.timedelta(days=5), "leave_end": DAY + dt.timedelta(days=90)}
    found = Routed([worker("W0", **away), worker("W1")], book("W1", 40), [account("A")])
    return found.owner("A") == "W0"


def _moves_to_a_newcomer(**scenario: Any) -> bool:
    people = pd.DataFrame([worker("NEW", hire_date=hired(SIX_WEEKS)), worker("OLD")])
    held = [*book("NEW", 2), *book("OLD", 50)]
    points = proposals(people, held, **scenario)
    return any(sum(to == "NEW" for _, _, to in point.moves) > 3 for point in points)


def _leaver_to_a_newcomer() -> bool:
    people = pd.DataFrame(
        [worker("NEW", hire_date=hired(SIX_WEEKS)), worker("GONE"), worker("OLD")]
    )
    held = [*book("GONE", 20), *book("OLD", 30)]
    points = proposals(people, held, leavers=["GONE"])
    return any(sum(to == "NEW" for _, _, to in point.moves) > 3 for point in points)


def proposals(people: pd.DataFrame, held: Rows, **scenario: Any) -> list[rebalance.Point]:
    wanted = what_if.Scenario(**scenario)
    return what_if.play(wanted, people, weighed(held), RULES, AS_OF, seconds=10).points


def weighed(held: Rows) -> pd.DataFrame:
    """Owned accounts as `situation.owned` gives them."""
    from cs_assets.routing import accounts as describing

    frame = pd.DataFrame(held).rename(columns={"owner_worker_id": "worker_id"})
    return describing.weigh(frame.assign(churn_signals=0, worst_signal=0), RULES)


def _even_firm_is_moved() -> bool:
    people = pd.DataFrame([worker(f"W{n}") for n in range(3)])
    held = [row for n in range(3) for row in book(f"W{n}", 40)]
    return any(point.moves for point in proposals(people, held))


def _renewal_is_moved() -> bool:
    people = pd.DataFrame([worker("W0"), worker("W1")])
    held = [*book("W0", 60, lifecycle_stage="renewal"), *book("W1", 5)]
    return any(point.moves for point in proposals(people, held))


def _everything_to_the_newcomer() -> bool:
    """A hire of ten weeks with an empty book is not flooded."""
    people = [worker("NEW", hire_date=hired(70)), worker("W1"), worker("W2")]
    held = [*book("W1", 60), *book("W2", 60)]
    return Routed(people, held, [account(f"A{k}") for k in range(12)]).counts()["NEW"] > 3


def _second_wave_in_a_week() -> bool:
    since = AS_OF - dt.timedelta(days=2)
    people = [worker("NEW", hire_date=hired(70)), worker("W1")]
    held = [*book("NEW", 3, owned_since=since), *book("W1", 60)]
    return Routed(people, held, [account(f"A{k}") for k in range(3)]).counts()["NEW"] > 0


def _families_though_they_fit() -> bool:
    fresh = [
        account(f"{parent}{k}", parent_account_id=parent)
        for parent, size in (("P", 3), ("Q", 2), ("R", 2))
        for k in range(size)
    ]
    people = [worker("W0", max_accounts=4), worker("W1", max_accounts=3)]
    found = Routed(people, [], fresh)
    owners = {
        parent: {found.owner(name) for name in found.first.index if name[0] == parent}
        for parent in "PQR"
    }
    return any(len(who) > 1 or None in who for who in owners.values())


def _waits_though_another_could_pass() -> bool:
    """One place is free by the rules; the other account alone may pass one for another place."""
    people = [worker("W0", languages="fr", max_accounts=1), worker("W1", languages="de")]
    fresh = [
        account("OLD", language="fr"),
        account("BIG", language="fr", revenue=900_000.0),
    ]
    found = Routed(people, [], fresh, waited=5.0)
    return found.owner("BIG") != "W0" or found.owner("OLD") != "W1"


def _rules_passed_without_need() -> bool:
    people = [worker("W0", max_accounts=4), worker("W1", max_accounts=4)]
    found = Routed(people, [], [account(f"A{k}") for k in range(8)], waited=30.0)
    return any(found.passed(name) for name in found.first.index)


def _written_otherwise(**values: str) -> bool:
    people = [worker("W0", region="North America"), worker("W1", region="Europe")]
    found = Routed(people, [], [account("A", **values)], waited=9.0)
    return found.owner("A") != "W0" or bool(found.passed("A"))


def _cell_that_says_nothing(text: str) -> bool:
    found = Routed([worker("W0")], [], [account("A", region=text, language=text)], waited=9.0)
    return found.owner("A") != "W0" or bool(found.passed("A"))


def _above_the_cap() -> bool:
    people = [worker("W0", max_accounts=20), worker("W1", max_accounts=20)]
    held = [*book("W0", 20), *book("W1", 20)]
    return Routed(people, held, [account("A")], waited=90.0).status("A") == "recommended"


def _enterprise_specialist_starves() -> bool:
    """Who may own thirty large accounts has a full book with thirty, not with eighty-five."""
    people = [worker("SPEC", segments="Enterprise"), worker("W1", segments="Residential")]
    people.append(worker("W2"))
    held = [
        *book("SPEC", 12, segment="Enterprise", revenue=200_000.0),
        *book("W1", 50),
        *book("W2", 60),
    ]
    fresh = [account("E", segment="Enterprise", revenue=200_000.0)]
    return Routed(people, held, fresh).owner("E") != "SPEC"


def _part_time_fills_up_first() -> bool:
    people = [worker("HALF", max_accounts=30), worker("FULL", max_accounts=80)]
    held = [*book("HALF", 24), *book("FULL", 40)]
    return Routed(people, held, [account("A")]).owner("A") == "HALF"


def _revenue_piles_up() -> bool:
    people = [worker("RICH"), worker("POOR")]
    held = [*book("RICH", 30, revenue=100_000.0), *book("POOR", 31, revenue=10_000.0)]
    return Routed(people, held, [account("A", revenue=150_000.0)]).owner("A") == "RICH"


CASES: dict[str, Callable[[], bool]] = {
    "books above any average get alike": _six_for_books_above_average,
    "a single account ignores books above average": _one_for_books_above_average,
    "another region decides": _other_region_changes_books,
    "a calm million alone to six weeks": lambda: _million_to(SIX_WEEKS, True),
    "two millions in a batch to six weeks": lambda: _million_to(SIX_WEEKS, False, 2_000_000.0),
    "a million to five months": lambda: _million_to(150, True),
    "a million without a senior goes to somebody": _million_without_a_senior,
    "a red account to the fullest book": _red_to_the_fullest,
    "a red account to nine red ones": _red_to_nine_red,
    "a red account to a newcomer": _red_to_a_newcomer,
    "a large account in a language nobody speaks": _language_of_a_large_account,
    "a language passed in the first hours": _language_passed_at_once,
    "a region passed for an enterprise": _region_of_an_enterprise,
    "cooling passed at once": _cooling_passed_at_once,
    "a language passed while its speaker cools": _language_passed_while_one_cools,
    "accounts to who leaves tomorrow": lambda: _leaver(1),
    "accounts to who leaves in two months": lambda: _leaver(60),
    "an account to who goes on leave next week": _leave_next_week,
    "many moves to six weeks": _moves_to_a_newcomer,
    "a leaver's book to six weeks": _leaver_to_a_newcomer,
    "an even firm is moved": _even_firm_is_moved,
    "renewals are moved": _renewal_is_moved,
    "a batch floods a newcomer": _everything_to_the_newcomer,
    "a second wave in one week": _second_wave_in_a_week,
    "families split though they fit": _families_though_they_fit,
    "one waits though the other could pass": _waits_though_another_could_pass,
    "rules passed without need": _rules_passed_without_need,
    "a region written otherwise": lambda: _written_otherwise(region="north america"),
    "a language written otherwise": lambda: _written_otherwise(region="NA", language="en-US"),
    "a cell that says NULL": lambda: _cell_that_says_nothing("NULL"),
    "a cell that says backslash N": lambda: _cell_that_says_nothing("\\N"),
    "above the cap after a long wait": _above_the_cap,
    "a specialist starves": _enterprise_specialist_starves,
    "a small cap fills up first": _part_time_fills_up_first,
    "revenue piles up": _revenue_piles_up,
}


def come_out() -> list[str]:
    """The cases whose decision routing makes."""
    return [name for name, stupid in all_cases().items() if stupid()]


def all_cases() -> dict[str, Callable[[], bool]]:
    from tests.judge import stupid_again

    return CASES | stupid_again.CASES
