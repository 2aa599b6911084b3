"""A large tenant for the figures of reviews, generated inside DuckDB, always the same."""

from pathlib import Path

import duckdb

from cs_assets.customers import changes
from resources.duckdb.warehouse import DuckDBWarehouse
from sql import catalog
from tests.reviews import tenant

_CUSTOMERS = """
INSERT INTO source.customers (customer_id, customer_name, industry, segment, region, arr,
    renewal_date, lifecycle_stage, goal)
SELECT printf('CUST_%05d', i), printf('Customer %d', i),
    ['Manufacturing', 'Retail', 'Aerospace', 'Energy'][1 + i % 4], 'Mid-Market', 'Europe',
    50000 + i, DATE '2027-03-01', 'steady', NULL
FROM range(?) t(i)
"""
_ENGAGEMENT = """
INSERT INTO source.historical_engagement
SELECT printf('E%d', i), printf('CUST_%05d', i % $customers),
    $last - CAST((i // $customers) % 420 AS INTEGER),
    ['email', 'web', 'social', 'sms'][1 + i % 4],
    100 + hash(i) % 900, 20 + hash(i) % 60, hash(i) % 15, 40 + hash(i) % 40
FROM range($rows) t(i)
"""
_CONVERSIONS = """
INSERT INTO source.conversions
SELECT printf('C%d', i), printf('CUST_%05d', i % $customers),
    $last - CAST(hash(i) % 420 AS INTEGER),
    ['email', 'web', 'social', 'sms'][CAST(1 + hash(i) % 4 AS BIGINT)],
    50 + hash(i) % 900, ['North', 'South'][1 + i % 2], 'Retail'
FROM range($rows) t(i)
"""
_ATTRIBUTIONS = """
INSERT INTO source.attributions
SELECT printf('A%d', i), printf('CUST_%05d', i % $customers),
    $last - CAST(hash(i) % 420 AS INTEGER),
    ['email', 'web', 'social', 'search'][CAST(1 + hash(i) % 4 AS BIGINT)],
    0.5, 20 + hash(i) % 500
FROM range($rows) t(i)
"""


def load(path: Path, customers: int, engagement: int) -> DuckDBWarehouse:
    """A warehouse at ``path``: engagement rows as asked, a fifth as many of the others."""
    warehouse = DuckDBWarehouse(path=str(path))
    with warehouse.session("large tenant") as db:
        db.replace("source.industry_benchmarks", tenant.benchmarks(), {})
    with duckdb.connect(str(path)) as connection:
        connection.execute(_CUSTOMERS, [customers])
        for statement, rows in (
            (_ENGAGEMENT, engagement),
            (_CONVERSIONS, engagement // 5),
            (_ATTRIBUTIONS, engagement // 5),
        ):
            connection.execute(
                statement, {"customers": customers, "rows": rows, "last": tenant.END}
            )
    return warehouse


def judge(warehouse: DuckDBWarehouse, window: int = 4) -> int:
    """Verdicts on all changes of the reviews' week, as the weekly asset stores them; how many."""
    with warehouse.session("changes") as db:
        readings = changes.read(db.query, tenant.WEEK, window)
        rows = changes.change_rows(readings, tenant.WEEK, window)
        known = catalog.table("analytics.customer_changes").column_names
        db.replace("analytics.customer_changes", rows[known], {"week_start": tenant.WEEK})
    return len(rows)
