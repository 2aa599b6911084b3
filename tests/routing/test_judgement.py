"""The figures of judgement of routing at the size that runs with every test run."""

import pytest

from tests.figures import Tell
from tests.judge import routing, stupid_routing


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
