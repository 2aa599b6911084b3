"""The focus: chosen by evidence, kept in order until improved or no longer seen."""

import datetime as dt
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cs_assets import config
from cs_assets.coaching.planning.evidence import DimensionEvidence
from cs_assets.coaching.planning.focus import advance
from cs_assets.coaching.planning.standings import Standing, chances, standings, targets
from cs_assets.coaching.windows import week
from tests.coaching.tenant import MONDAY
from tests.figures import Tell
from tests.judge import focus as judge

CONFIG = Path(config.__file__).parent
DISCOVERY, ENGAGEMENT = "discovery.open_questions", "engagement.checks_interest"
PRODUCT = "product_knowledge.answers_questions"


def at(focus_id=DISCOVERY, level=40.0, chances=10, scored=10, weight=1.0, week=1):
    """A behaviour done in that percent of the calls that gave a chance."""
    missing = round(chances * (1 - level / 100))
    return Standing(focus_id, chances, missing, week, scored, weight, 70.0)


def shown(found):
    """Each of them can be shown."""
    return [one.focus_id for one in found]


def weekly(standings_by_week, rules):
    """The focus after each week."""
    focus, told = [], []
    for number, own in enumerate(standings_by_week):
        focus = advance(focus, own, MONDAY + dt.timedelta(weeks=number), rules, shown(own))
        told.append(focus)
    return told


def ids(focus):
    ordered = sorted((f for f in focus if f.state == "open"), key=lambda f: f.place)
    return [f.focus_id for f in ordered]


def test_focus_is_what_is_planted_and_plan_and_digest_agree(tell: Tell):
    for figure in judge.the_focus_is_what_is_lacking(40):
        tell(figure)
        assert figure.passed, figure.line()


def test_the_largest_gap_comes_first(rules):
    found = [at(ENGAGEMENT, 50), at(DISCOVERY, 30), at(PRODUCT, 80)]
    assert ids(weekly([found], rules)[0]) == [DISCOVERY, ENGAGEMENT]


def test_what_one_call_more_would_bring_to_the_target_is_no_focus(rules):
    assert ids(weekly([[at(level=60)]], rules)[0]) == []
    assert ids(weekly([[at(level=50)]], rules)[0]) == [DISCOVERY]


@pytest.mark.parametrize(
    "less",
    [{"chances": 3, "level": 34}, {"weight": 0.2}, {"scored": 60}],
    ids=["few calls", "little weight", "seldom a chance"],
)
def test_a_gap_weighs_less_with(rules, less):
    found = [at(DISCOVERY, **{"level": 30, **less}), at(ENGAGEMENT, 40)]
    assert ids(weekly([found], rules)[0]) == [ENGAGEMENT, DISCOVERY]


@pytest.mark.parametrize("few", [at(chances=2, level=0), at(chances=9, level=89)])
def test_an_anecdote_opens_nothing(rules, few):
    assert weekly([[few]], rules) == [[]]


def test_this_weeks_focus_stays_although_another_gap_grew(rules):
    first = [at(DISCOVERY, 40), at(ENGAGEMENT, 50)]
    then = [at(DISCOVERY, 60), at(ENGAGEMENT, 10)]
    told = weekly([first, then], rules)
    assert ids(told[0]) == ids(told[1]) == [DISCOVERY, ENGAGEMENT]
    assert told[1][0].since_week == MONDAY
    assert (told[1][0].level_then, told[1][0].level) == (40, 60)


def test_one_good_week_does_not_close_a_focus_but_two_do(rules):
    told = weekly([[at(level=level)] for level in (40, 80, 80, 80)], rules)
    assert [[f.state for f in focus] for focus in told] == [["open"], ["open"], ["improved"], []]
    assert told[2][0].place is None


def test_a_week_without_a_chance_neither_proves_nor_spoils_it(rules):
    weeks = [at(level=40), at(level=80), at(level=80, week=0), at(level=80)]
    told = weekly([[one] for one in weeks], rules)
    assert [f.state for focus in told for f in focus] == ["open"] * 3 + ["improved"]


def test_a_relapse_starts_the_count_again(rules):
    told = weekly([[at(level=level)] for level in (40, 80, 60, 80, 80)], rules)
    assert [f.state for focus in told for f in focus] == ["open"] * 4 + ["improved"]


def test_what_is_no_longer_seen_is_dropped(rules):
    told = weekly([[at()], *[[] for _ in range(rules.weeks_to_drop)]], rules)
    assert told[-1][0].state == "dropped"
    assert told[-2][0].state == "open"


def test_one_behaviour_of_a_dimension_at_a_time(rules):
    found = [at(DISCOVERY, 10), at("discovery.impact", 20), at(ENGAGEMENT, 50)]
    assert ids(weekly([found], rules)[0]) == [DISCOVERY, ENGAGEMENT]
    told = weekly([found[1:], found], rules)
    assert ids(told[1]) == ["discovery.impact", ENGAGEMENT]


def test_a_behaviour_that_left_the_policy_leaves_the_list(rules):
    (old,) = weekly([[at()]], rules)[0]
    gone = [type(old)(**{**old.__dict__, "focus_id": "dimension.discovery"})]
    found = [at(ENGAGEMENT)]
    assert advance(gone, found, MONDAY, rules, shown(found))[0].focus_id == ENGAGEMENT


def call(share, *, quotable=True, missed=True, day=MONDAY):
    own = DimensionEvidence(
        criteria={"open_questions": share},
        statistics_only=() if quotable else ("open_questions",),
        missed={"open_questions": (3,)} if missed else {},
    )
    return {"call_id": "1", "call_date": day, "evidence": {"discovery": own}}


def stand(calls, rules, reachable=None):
    return standings(chances(calls, rules), len(calls), week(MONDAY), reachable or {}, rules)


@pytest.mark.parametrize(
    ("calls", "counts"),
    [
        ([call(0.0), call(1.0, missed=False)], (2, 1)),
        ([call(0.8), call(0.2)], (2, 1)),  # one of five left open is no habit
        ([call(0.2, missed=False)], (1, 0)),  # thin, not missing
        ([call(0.0, missed=False)], (1, 1)),  # scored before places were kept
        ([call(None), call(0.0)], (1, 1)),
    ],
)
def test_missing_is_what_was_really_missed(rules, calls, counts):
    (found,) = stand(calls, rules)
    assert (found.chances, found.missing) == counts


def test_what_may_not_be_quoted_is_in_nobodys_focus(rules):
    assert stand([call(0.0, quotable=False)] * 9, rules) == []


def test_clear_is_what_chance_over_all_behaviours_does_not_explain(rules):
    def clear(*shares):
        return stand([call(s) for s in shares], rules)[0].is_clear

    assert clear(*[0.0] * 8, 1.0, 1.0)
    assert not clear(*[0.0] * 5, *[1.0] * 5)
    assert not clear(0.0, 0.0)


def test_what_hardly_anybody_does_is_for_the_team_and_no_ones_gap(rules):
    team = [[call(float(n < done)) for n in range(10)] for done in (0, 1, 2, 3, 6)]
    reachable = targets([chances(calls, rules) for calls in team], rules)
    assert reachable == {DISCOVERY: 30.0}
    assert targets([chances(calls, rules) for calls in team[:3]], rules) == {}
    gaps = [stand(calls, rules, reachable)[0].priority(rules) > 0 for calls in team]
    assert gaps == [True, True, True, False, False]


def test_every_criterion_of_the_rubric_has_its_one_behaviour(rules):
    rubric = yaml.safe_load((CONFIG / "coaching_rubric.yaml").read_text(encoding="utf-8"))
    for name, dimension in rubric["dimensions"].items():
        assert sorted(rules.dimensions[name].behaviours) == sorted(dimension["criteria"])


found = st.lists(
    st.builds(
        at,
        st.sampled_from([DISCOVERY, ENGAGEMENT, PRODUCT, "discovery.impact",
                         "objection_handling.clarifies", "objection_handling.confirms"]),
        st.floats(0, 100),
        st.integers(1, 20),
        st.just(20),
    ),
    max_size=6,
    unique_by=lambda item: item.focus_id,
)  # fmt: skip


@given(st.lists(found, max_size=8))
def test_never_more_than_three_and_places_without_gaps(rules, weeks):
    for focus in weekly(weeks, rules):
        places = sorted(f.place for f in focus if f.state == "open")
        assert places == list(range(1, len(places) + 1))
        assert len(places) <= rules.focus_areas
        assert all(f.place is None for f in focus if f.state != "open")
        assert all(0 <= f.priority <= 1 for f in focus)
