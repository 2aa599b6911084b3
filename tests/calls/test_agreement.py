"""The scorer against a reader's labels, and the measure itself."""

import pytest

from cs_assets.calls.judging.comparing import level, weighted_kappa
from resources.settings import Settings
from tests.benchmarks import calls as benchmark
from tests.figures import Tell


def test_every_dimension_agrees_with_the_reader_well_enough_for_digests(tell: Tell):
    found = [*benchmark.agreement_figures(), benchmark.objections()]
    for figure in found:
        tell(figure)
    assert all(figure.passed for figure in found), [f.line() for f in found if not f.passed]


def test_the_scorer_is_faster_than_trying_cue_by_cue_and_says_the_same(tell: Tell):
    rubric, _ = benchmark.assets.load_rules(Settings.load())
    naive, _ = benchmark._with_naive_cues()
    for call in benchmark.labelled_calls()[:6]:
        for text in call.transcript.lowered:
            assert rubric.cues_in(text) == naive.cues_in(text), text
    found = list(benchmark.speed(rounds=1))
    for figure in found:
        tell(figure)
    assert found[1].passed, found[1].line()


def test_kappa_of_equal_labels_is_one_and_of_opposite_ones_is_negative():
    assert weighted_kappa([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]).kappa == 1
    assert weighted_kappa([1, 1, 5, 5], [5, 5, 1, 1]).kappa == -1


def test_kappa_follows_cohens_formula():
    """By hand: observed (0+1+0+4)/16/4, expected over all sixteen pairs."""
    first, second = [1, 2, 4, 5], [1, 3, 4, 3]
    expected = sum((a - b) ** 2 for a in first for b in second) / 16 / 16
    found = weighted_kappa(first, second)
    assert found.kappa == pytest.approx(1 - (5 / 16 / 4) / expected)
    assert found.bias == pytest.approx(-0.25)
    assert found.n == 4


def test_no_pairs_and_no_spread_have_no_kappa():
    assert weighted_kappa([], []).kappa is None
    assert weighted_kappa([3, 3], [3, 3]).kappa is None
    assert not weighted_kappa([3, 3], [3, 3]).is_trusted


def test_pairs_must_match():
    with pytest.raises(ValueError, match=r"shorter|longer"):
        weighted_kappa([1], [1, 2])


@pytest.mark.parametrize(
    ("score", "anchor"), [(0, 1), (19.9, 1), (20, 2), (59, 3), (80, 5), (100, 5)]
)
def test_a_score_stands_for_one_of_five_anchors(score, anchor):
    assert level(score) == anchor
