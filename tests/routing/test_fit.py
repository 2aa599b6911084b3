"""What CSMs know and when they work, shared books, and what the sources may say of them."""

import itertools

import pandas as pd
import pytest

from cs_assets.routing import accounts as describing
from cs_assets.routing import border, policy
from cs_assets.routing.placing import certificate, fit
from cs_assets.routing.placing.recommend import recommend
from cs_assets.routing.rows import rows_of
from tests.routing.frames import AS_OF, account, described, owned, worker

RULES = policy.load()
ZONES = (None, "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney")
HOURS = (None, "09:00-17:00", "22:00-06:00", "07:30 – 15:30", "00:00-24:00")


@pytest.mark.parametrize(
    ("theirs", "hours", "share"),
    [
        ("Europe/Berlin", None, 0.0),
        ("Europe/London", None, 0.125),
        ("America/New_York", None, 0.75),
        ("Australia/Sydney", None, 1.0),
        ("Australia/Sydney", "19:00-03:00", 0.0),
        (None, None, 0.0),
    ],
)
def test_the_hours_that_a_csm_shares_with_an_account_in_berlin(
    theirs: str | None, hours: str | None, share: float
) -> None:
    book = {"time_zone": theirs, "working_hours": hours, "batched_at": AS_OF}
    assert fit.apart({"time_zone": "Europe/Berlin"}, book) == pytest.approx(share)


@pytest.mark.parametrize(
    ("industries", "modules", "share"),
    [
        ("construction; Banking", None, 0.0),
        ("Banking", None, 1.0),
        (None, None, 0.0),
        ("Banking", "Mail;Texts", 0.75),
        (None, "Mail;Texts", 0.5),
    ],
)
def test_what_is_unknown_of_a_csm_costs_nothing(
    industries: str | None, modules: str | None, share: float
) -> None:
    row = {"industry": "Construction", "modules": "mail;Social"}
    assert fit.unfamiliar(row, {"industries": industries, "modules": modules}) == share


def test_the_independent_checker_reads_hours_and_knowledge_alike() -> None:
    told = (None, "Banking", "Banking;Retail", " retail ")
    for there, here, hours, ours, theirs in itertools.product(ZONES, ZONES, HOURS, told, told):
        row = {"time_zone": there, "industry": ours, "modules": theirs}
        book = {"time_zone": here, "working_hours": hours, "batched_at": pd.Timestamp(AS_OF)}
        book |= {"industries": theirs, "modules": ours}
        assert fit.apart(row, book) == pytest.approx(certificate._not_at_work(row, book))
        assert fit.unfamiliar(row, book) == pytest.approx(certificate._unknown_to(row, book))


def test_words_of_time_and_coverage_are_checked_where_they_come_in() -> None:
    people = [
        worker("FINE", time_zone="europe/berlin", working_hours=" 9:00-17:30 ", coverage=" Pooled"),
        worker("ODD", time_zone="Middle Earth", working_hours="nine to five"),
        worker("WRONG", coverage="poold"),
    ]
    rows = border.workers(pd.DataFrame(people), RULES).set_index("worker_id")
    assert rows.loc["FINE", ["time_zone", "coverage"]].tolist() == ["Europe/Berlin", "pooled"]
    assert rows.loc["ODD", ["time_zone", "working_hours"]].isna().all()
    assert "'Middle Earth' is unknown" in rows.loc["ODD", "problems"]
    assert "'nine to five' are not like" in rows.loc["ODD", "problems"]
    assert pd.isna(rows.loc["ODD", "unusable"])
    assert rows.loc["WRONG", "unusable"] == "coverage is 'poold'"


def test_the_policy_says_whose_accounts_a_shared_book_takes() -> None:
    lines = (
        policy.Shared(kind="tech_touch", segments=("Residential",), revenue_below=2_000),
        policy.Shared(kind="pooled", revenue_below=6_000, health_not=("Red",)),
    )
    rules = RULES.model_copy(update={"coverage": lines})
    wanted = {
        "tech_touch": account("A", revenue=1_000.0),
        "pooled": account("B", revenue=1_000.0, segment="Mid-Market"),
        None: account("C", revenue=None),
        "": account("D", revenue=5_000.0, health_segment="Red"),
    }
    frame = pd.DataFrame(wanted.values()).assign(churn_signals=0, worst_signal=0)
    assert list(describing.weigh(frame, rules)["coverage"]) == ["tech_touch", "pooled", None, None]


def test_a_shared_book_has_neither_ramp_nor_cooling_nor_the_cap_of_a_csm() -> None:
    people = pd.DataFrame([worker("P", coverage="pooled", hire_date=AS_OF.date())])
    _, books = described(
        [owned("O", "P", owned_since=AS_OF), account("A")], people.to_dict("records")
    )
    (book,) = rows_of(books)
    assert (book["is_available"], book["max_accounts"], book["ramp"]) == (True, 500, 1.0)
    assert pd.isna(book["intake_left"])


def test_when_no_shared_book_has_room_a_csm_takes_it_after_the_hours_of_the_policy() -> None:
    line = policy.Shared(kind="pooled", segments=("Residential",))
    rules = RULES.model_copy(update={"coverage": (line,)})
    people = [worker("P", coverage="pooled", max_accounts=1), worker("W")]
    accounts, books = described([owned("O", "P"), account("A")], people, rules)
    for days, owner in ((1.0, None), (3.0, "W")):
        rows = recommend(accounts.assign(waiting_days=days), books, rules).recommendations
        first = rows[rows["rank"] == 1].iloc[0]
        assert first["worker_id"] == owner, first["explanation"]
    assert "shared book for such accounts" in first["explanation"]
