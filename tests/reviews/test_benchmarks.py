"""The performance figures of reviews that hold on a busy machine too: CPU, size, memory."""

from tests.benchmarks import reviews as benchmarks
from tests.figures import Tell


def test_printing_costs_a_sixth_of_the_usual_way_or_less(reports, tell: Tell):
    figure = benchmarks.against_the_usual_way(list(reports.values())[:3], rounds=1, wanted=6)
    tell(figure)
    assert figure.passed, figure.line()


def test_memory_stays_flat_and_pdfs_small(reports, tell: Tell):
    some = list(reports.values())
    memory = benchmarks.memory(some, 60)
    _, size = benchmarks.two_cores(some, 10)
    tell(memory)
    tell(size)
    assert memory.passed, memory.line()
    assert size.passed, size.line()
