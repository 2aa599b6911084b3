"""How quickly a question is answered in process: names, scope, parser, statements and text."""

import time
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from cs_assets.answers.answering import Answers
from cs_assets.answers.scope import asker
from resources.duckdb.warehouse import DuckDBWarehouse
from tests.answers import tenant
from tests.figures import Figure
from tests.judge.ask import Judged, golden
from tests.judge.finished_home import finished_home

_MANY = (
    "INSERT INTO source.customers (customer_id, customer_name, industry, segment, region, "
    "lifecycle_stage) SELECT 'BIG_' || i, 'Company ' || i || ' of ' || (i % 97), 'x', "
    "'Enterprise', 'Europe', 'steady' FROM range({n}) t(i)",
    "INSERT INTO source.csm_assignments SELECT 'BIG_' || i, 'CSM' || (1 + i % 2), DATE "
    "'2026-01-01' FROM range({n}) t(i)",
    "INSERT INTO analytics.customer_metrics (customer_id, week_start, health_segment, "
    "health_score, health_coverage, arr, days_to_renewal, conversions_4w) "
    "SELECT 'BIG_' || i, "
    "DATE '2026-11-09' - CAST(7 * w AS INT), 'Green', i % 100, 1, i, i % 400, i "
    "FROM range({n}) t(i), range(6) s(w)",
    "INSERT INTO analytics.customer_segments (customer_id, week_start, value_tier, "
    "behaviour_segment, reason, segment_since) SELECT 'BIG_' || i, DATE '2026-11-09', 'High', "
    "'Steady', 'x', DATE '2026-11-09' FROM range({n}) t(i)",
)
_ASKED = (
    ("operations", "which customers are at risk"),
    ("operations", "which customers have the highest ARR"),
    ("operations", "renewals in the next 90 days"),
    ("operations", "what is the ARR of Company 77 of 77"),
    ("csm:CSM1", "conversions of BIG_4242"),
    ("csm:CSM2", "which customers have the lowest health score"),
    ("csm:CSM1", "what changed for Northgate Council"),
    ("operations", "who owns ACC_2 and why"),
)


def _p95(warehouse: DuckDBWarehouse, asked: Iterable[tuple[str, str]]) -> tuple[float, int]:
    """Seconds of CPU that 95 of 100 questions need at most, each asked anew; how many had facts."""
    taken: list[float] = []
    given = 0
    with warehouse.reading("bench") as db:
        for who, question in asked:
            start = time.process_time()
            answer = Answers(db, asker(who)).ask(question)
            taken.append(time.process_time() - start)
            given += bool(answer.facts)
    taken.sort()
    return taken[max(0, -(-len(taken) * 95 // 100) - 1)], given


def of_the_sample(step: int = 1) -> Figure:
    """P-ask-01 on the sample company."""
    with finished_home() as home:
        warehouse = DuckDBWarehouse(path=str(home / "warehouse.duckdb"))
        with warehouse.reading("bench") as db:
            judged = Judged(db._connection)
            items = golden("answerable")[::step]
            asked = [(item.get("as", "operations"), judged.worded(item)) for item in items]
        p95, given = _p95(warehouse, asked)
    assert given > len(asked) / 2
    return Figure(
        "P-ask-01", f"answer in process, p95 of {len(asked)}, sample, CPU", f"{1000 * p95:.0f} ms",
        "<= 500 ms", p95 <= 0.5,
    )  # fmt: skip


def of_many(customers: int = 10_000) -> Figure:
    """P-ask-01b with ten thousand customers."""
    with TemporaryDirectory() as folder:
        warehouse = tenant.company(Path(folder, "warehouse.duckdb"))
        with warehouse.session("bench") as db:
            for text in _MANY:
                db._connection.execute(text.format(n=customers))
        p95, given = _p95(warehouse, [*_ASKED] * 3)
    assert given == 3 * len(_ASKED)
    return Figure(
        "P-ask-01b", f"answer in process, p95, {customers} customers, CPU", f"{1000 * p95:.0f} ms",
        "<= 1500 ms", p95 <= 1.5,
    )  # fmt: skip


BY_ID = {"P-ask-01": of_the_sample, "P-ask-01b": of_many}
