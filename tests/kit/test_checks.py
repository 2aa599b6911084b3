"""Checks by kind: each passes on good rows, and a seeded defect trips it with what to do."""

import dagster as dg
import pandas as pd

from cs_assets.kit import previews
from cs_assets.kit.checks import WARN, no_rows, unique_grain
from resources.warehouse import Warehouse
from sql import catalog, contract


@dg.asset
def module_adoption() -> None: ...


def judged(check: dg.AssetChecksDefinition, warehouse: Warehouse) -> dg.AssetCheckEvaluation:
    ran = dg.materialize([module_adoption, check], resources={"warehouse": warehouse})
    [evaluation] = ran.get_asset_check_evaluations()
    return evaluation


def rows(customers: list[str]) -> pd.DataFrame:
    columns = catalog.table("analytics.module_adoption").columns
    some = {"DATE": "2026-11-09", "BIGINT": 1, "DOUBLE": 0.5, "BOOLEAN": True}
    base = {c.name: some.get(c.type, 0 if c.type.startswith("DECIMAL") else "x") for c in columns}
    return pd.DataFrame([{**base, "customer_id": customer} for customer in customers])


def test_a_grain_that_is_broken_is_told_with_its_keys(warehouse):
    check = unique_grain(module_adoption, "analytics.module_adoption")
    with warehouse.session("t") as db:
        db.append("analytics.module_adoption", rows(["C1", "C2"]))
    assert judged(check, warehouse).passed
    with warehouse.session("t") as db:
        db.append("analytics.module_adoption", rows(["C2"]))
    found = judged(check, warehouse)
    assert not found.passed
    assert found.metadata["found"].value == 1
    assert "C2" in found.metadata["rows"].value
    assert "materialise" in found.metadata["mend"].value


def test_no_rows_has_severity_and_a_way_to_mend_it(warehouse):
    check = no_rows(
        "none", module_adoption, contract.grain("analytics.module_adoption"),
        holds="None.", mend="do this", severity=WARN,
    )  # fmt: skip
    with warehouse.session("t") as db:
        db.append("analytics.module_adoption", rows(["C1", "C1"]))
    found = judged(check, warehouse)
    assert (found.passed, found.severity, found.description) == (False, WARN, "1: do this")


def test_every_table_can_be_asked_for_broken_grains(warehouse):
    with warehouse.session("t") as db:
        broken = [t for t in catalog.tables() if not db.query(contract.grain(t)).empty]
    assert broken == []


def test_a_preview_says_what_is_missing_what_is_more_and_breaks_at_nothing():
    frame = pd.DataFrame({"name": ["a|b", "c\nd", None], "n": [1.0, 2.5, float("nan")]})
    text = previews.table(frame, {"name": "who", "n": "count"}, most=2).value
    assert text.splitlines() == [
        "| who | count |", "| --- | ---: |", "| a\\|b | 1 |", "| c d | 2.5 |", "", "1 more",
    ]  # fmt: skip
    assert previews.table(frame.head(0)).value == "none"
