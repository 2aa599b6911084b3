"""Focus areas: chosen by evidence, kept in order until improved or no longer seen."""

import datetime as dt
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cs_assets import config
from cs_assets.coaching.focus import Level, advance, fitting_behaviour
from tests.coaching.tenant import MONDAY

CONFIG = Path(config.__file__).parent


def level(focus_id="dimension.discovery", at=40.0, calls=10, scored=10, may_open=True, weight=1.0):
    return Level(focus_id, at, 70.0, calls, scored, weight, may_open)


def weekly(levels_by_week, rules):
    """The focus areas after each week."""
    focus, told = [], []
    for number, levels in enumerate(levels_by_week):
        keys = {item.focus_id: "x" for item in levels}
        monday = MONDAY + dt.timedelta(weeks=number)
        focus = advance(focus, levels, keys, monday, rules)
        told.append(focus)
    return told


def ids(focus):
    ordered = sorted((f for f in focus if f.state == "open"), key=lambda f: f.place)
    return [f.focus_id.partition(".")[2] for f in ordered]


def test_the_largest_gap_comes_first(rules):
    levels = [
        level("dimension.engagement", 60),
        level("dimension.discovery", 30),
        level("dimension.product_knowledge", 80),
    ]
    assert ids(weekly([levels], rules)[0]) == ["discovery", "engagement"]


def test_a_gap_in_one_call_weighs_less_than_one_in_many(rules):
    levels = [level("dimension.discovery", 20, calls=1), level("dimension.engagement", 50)]
    assert ids(weekly([levels], rules)[0]) == ["engagement", "discovery"]


def test_this_weeks_focus_stays_although_another_gap_grew(rules):
    first = [level("dimension.discovery", 40), level("dimension.engagement", 50)]
    then = [level("dimension.discovery", 60), level("dimension.engagement", 10)]
    told = weekly([first, then], rules)
    assert ids(told[0]) == ids(told[1]) == ["discovery", "engagement"]
    assert told[1][0].since_week == MONDAY


def test_one_good_week_does_not_close_a_focus_but_two_do(rules):
    told = weekly([[level(at=40)], [level(at=75)], [level(at=75)], [level(at=75)]], rules)
    assert [[f.state for f in focus] for focus in told] == [["open"], ["open"], ["improved"], []]
    assert told[2][0].place is None


def test_a_relapse_starts_the_count_again(rules):
    told = weekly([[level(at=a)] for a in (40, 75, 60, 75, 75)], rules)
    assert [f.state for focus in told for f in focus] == ["open"] * 4 + ["improved"]


def test_what_is_no_longer_seen_is_dropped(rules):
    told = weekly([[level()], *[[] for _ in range(rules.weeks_to_drop)]], rules)
    assert told[-1][0].state == "dropped"
    assert told[-2][0].state == "open"


def test_one_advice_at_a_time_on_objections(rules):
    levels = [
        level("dimension.objection_handling", 45),
        level("objection.price", 10),
        level("objection.timing", 30),
        level("dimension.discovery", 60),
    ]
    assert ids(weekly([levels], rules)[0]) == ["price", "discovery"]
    told = weekly([levels[:1], levels], rules)
    assert ids(told[1]) == ["objection_handling", "discovery"]


def test_evidence_below_the_minimum_opens_nothing(rules):
    assert weekly([[level("objection.price", 0, may_open=False)]], rules) == [[]]


@pytest.mark.parametrize(
    ("lost", "key"),
    [
        ({"monologue": 8.0, "talk_balance": 2.0}, "break_monologue"),
        ({"monologue": 8.0, "talk_balance": 5.0, "interplay": 4.0}, "give_room"),
        ({"next_step": 30.0, "talk_balance": 9.0}, "own_next_step"),
        ({}, "break_monologue"),
    ],
)
def test_the_behaviour_is_the_one_that_would_win_back_most(rules, lost, key):
    assert fitting_behaviour(rules.dimensions["engagement"], lost) == key


def test_every_criterion_of_the_rubric_has_its_advice_once(rules):
    rubric = yaml.safe_load((CONFIG / "coaching_rubric.yaml").read_text(encoding="utf-8"))
    for name, dimension in rubric["dimensions"].items():
        advised = [c for b in rules.dimensions[name].behaviours.values() for c in b.criteria]
        assert sorted(advised) == sorted(dimension["criteria"])


levels = st.lists(
    st.builds(
        level,
        st.sampled_from(
            ["dimension.discovery", "dimension.engagement", "objection.price", "objection.need",
             "dimension.objection_handling", "dimension.product_knowledge"]
        ),
        st.floats(0, 100),
        st.integers(0, 20),
        st.just(20),
        st.booleans(),
    ),
    max_size=6,
    unique_by=lambda item: item.focus_id,
)  # fmt: skip


@given(st.lists(levels, max_size=8))
def test_never_more_than_three_and_places_without_gaps(rules, weeks):
    for focus in weekly(weeks, rules):
        places = sorted(f.place for f in focus if f.state == "open")
        assert places == list(range(1, len(places) + 1))
        assert len(places) <= rules.focus_areas
        assert all(f.place is None for f in focus if f.state != "open")
        assert all(0 <= f.priority <= 1 for f in focus)
