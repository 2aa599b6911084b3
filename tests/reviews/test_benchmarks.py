"""The performance figures of reviews that hold on a busy machine too: CPU, size, memory."""

from tests.benchmarks import reviews as benchmarks


def test_printing_costs_a_quarter_of_the_usual_way_or_less(reports):
    figure = benchmarks.against_the_usual_way(list(reports.values())[:3], rounds=1)
    print(figure.line())
    assert figure.passed, figure.line()


def test_memory_stays_flat_and_pdfs_small(reports):
    some = list(reports.values())
    memory = benchmarks.memory(some, 60)
    _, size = benchmarks.two_cores(some, 10)
    print(memory.line(), size.line(), sep="\n")
    assert memory.passed, memory.line()
    assert size.passed, size.line()
