"""The source tables as assets: materialised, made again, and checked."""

import shutil

import dagster as dg
import duckdb

from cs_assets.sample.roster import CUSTOMERS
from cs_assets.sources.assets import asset_name, assets
from cs_assets.sources.checks import broken_rules, checks
from resources.home import HomeResource
from resources.source_files import source_tables


def materialize(home, warehouse, **more):
    return dg.materialize(
        [*assets, *checks],
        resources={"warehouse": warehouse, "home": HomeResource(root=str(home.root))},
        raise_on_error=False,
        **more,
    )


def rows(warehouse, *tables):
    with duckdb.connect(warehouse.path) as connection:
        return [
            connection.execute(f"SELECT * FROM source.{table} ORDER BY ALL").fetchall()
            for table in tables
        ]


def test_materialising_twice_gives_the_same_rows(home, warehouse, sources):
    shutil.copytree(sources, home.sources)
    assert materialize(home, warehouse).success
    first = rows(warehouse, *source_tables())
    assert all(first)
    assert materialize(home, warehouse).success
    assert rows(warehouse, *source_tables()) == first


def test_every_contract_check_passes_on_the_sample(home, warehouse, sources):
    shutil.copytree(sources, home.sources)
    evaluations = materialize(home, warehouse).get_asset_check_evaluations()
    assert len(evaluations) == len(source_tables())
    assert all(evaluation.passed for evaluation in evaluations)


def test_a_subset_loads_only_what_was_selected(home, warehouse, sources):
    shutil.copytree(sources, home.sources)
    result = materialize(home, warehouse, selection=[asset_name("csms")])
    assert result.success
    csms, customers = rows(warehouse, "csms", "customers")
    assert len(csms) == 4
    assert customers == []


def test_a_bad_file_fails_the_run_and_leaves_the_old_rows(home, warehouse, sources):
    shutil.copytree(sources, home.sources)
    materialize(home, warehouse)
    with (home.sources / "products.csv").open("a") as file:
        file.write("CUST_NOBODY,GL,2020-01-01,active,5,100,\n")
    (home.sources / "csms.csv").write_text("csm_id,csm_name,csm_email,region\n")
    assert not materialize(home, warehouse).success
    assert len(rows(warehouse, "csms")[0]) == 4


def test_a_check_names_column_rule_and_rows_that_break_the_contract(home, warehouse, sources):
    shutil.copytree(sources, home.sources)
    materialize(home, warehouse)
    with duckdb.connect(warehouse.path) as connection:
        connection.execute("INSERT INTO source.products SELECT * FROM source.products LIMIT 2")
        connection.execute(
            "UPDATE source.svot_signals SET severity = 'huge' WHERE severity = 'low'"
        )
        connection.execute("DELETE FROM source.csms WHERE csm_id = 'CSM002'")
    served = sum(customer.csm_id == "CSM002" for customer in CUSTOMERS)
    broken = broken_rules(warehouse).set_index(["table_name", "column_name"])
    assert broken.loc[("products", "customer_id, module_code"), "bad_rows"] == 2
    assert broken.loc[("svot_signals", "severity"), "rule"] == "only the declared values occur"
    assert broken.loc[("csm_assignments", "csm_id"), "bad_rows"] == served
    assert len(broken) == 3
