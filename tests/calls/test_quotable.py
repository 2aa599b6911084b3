"""What may be said to a rep as a failure rests on labelled calls."""

from cs_assets.calls.scoring.rubric import CriterionRules, Measured
from tests.figures import Tell
from tests.judge import calls as judge
from tests.judge import second_reading


def test_the_committed_measure_is_what_the_labelled_calls_give(rubric):
    found = judge.misses(only=False)
    told = {
        key: one.measured
        for rules in rubric.dimensions.values()
        for key, one in rules.criteria.items()
        if one.measured is not None
    }
    assert told == {
        key: Measured(labelled=t.labelled, called=t.called, right=t.right)
        for key, t in found.items()
    }


def test_advice_is_for_what_was_missed(tell: Tell):
    figure = judge.advice_already_followed()
    tell(figure)
    assert figure.passed, figure.line()


def test_without_a_measure_or_below_nine_in_ten_nothing_is_said():
    def criterion(measured):
        return CriterionRules(
            label="x", points=1, action="Ask one question.", measured=measured
        ).is_quotable

    assert not criterion(None)
    assert not criterion(Measured(labelled=4, called=4, right=4))
    assert not criterion(Measured(labelled=50, called=20, right=17))
    assert not criterion(Measured(labelled=17, called=16, right=16))
    assert criterion(Measured(labelled=50, called=20, right=18))


def test_an_edit_that_brings_a_criterion_below_its_floor_is_refused_by_name(rubric):
    harsh = rubric.model_copy(update={"cues": rubric.cues | {"dissatisfied": ["."]}})
    edited = type(rubric).model_validate(harsh.model_dump())
    refused = judge.below_floor(edited)
    assert [line.split(":")[0] for line in refused] == ["answers_questions"]
    assert judge.below_floor(rubric) == []


def test_a_second_reader_who_saw_no_label_agrees_with_the_first():
    found = second_reading.agreement()
    assert min(n for n, _, _, _ in found.values()) > 200
    frequent = {label: kappa for label, (_, first, _, kappa) in found.items() if first >= 10}
    assert len(frequent) >= 5
    assert all(kappa >= 0.6 for kappa in frequent.values()), found
