"""The source tables as assets: materialised, made again, and checked."""

import shutil

import dagster as dg
import duckdb
import pytest

import sql
from cs_assets.errors import UsageError
from cs_assets.sample.roster import CUSTOMERS
from cs_assets.sources.assets import asset_name, assets, refuse_incomplete
from cs_assets.sources.checks import RULES, broken_rules, checks
from resources.home_resource import HomeResource
from resources.sources.files import load_folder
from resources.sources.staging import source_tables
from sql import contract
from tests import materialising


def materialize(home, warehouse, **more):
    return materialising.materialize(
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
    assert broken["is_error"].all()
    assert len(broken) == 3


def test_an_implausible_value_warns(home, warehouse, sources):
    shutil.copytree(sources, home.sources)
    change = "UPDATE source.module_usage SET week_start = week_start + 1 WHERE module_code = 'CR'"
    materialize(home, warehouse)
    with duckdb.connect(warehouse.path) as connection:
        [(changed,)] = connection.execute(change).fetchall()
    result = materialize(home, warehouse, selection=dg.AssetSelection.all_asset_checks())
    failed = [e for e in result.get_asset_check_evaluations() if not e.passed]
    [evaluation] = failed
    assert evaluation.asset_key == dg.AssetKey("source_module_usage")
    assert evaluation.severity == dg.AssetCheckSeverity.WARN
    assert f"| week_start | a week starts on a Monday | {changed} |" in str(
        evaluation.metadata["rows"].value
    )


def test_views_that_are_missing_or_lack_columns_are_all_named(warehouse, sources):
    load_folder(sources, warehouse)
    with duckdb.connect(warehouse.path) as connection:
        connection.execute("DROP TABLE source.svot_signals")
        connection.execute("ALTER TABLE source.csms DROP COLUMN region")
    with duckdb.connect(warehouse.path) as connection:
        present = connection.execute(sql.text("sources/present_columns")).df()
    with pytest.raises(UsageError, match=r"csms lacks region; .*svot_signals does not exist"):
        refuse_incomplete(list(source_tables().values()), present)


def test_the_contract_statements_cover_every_declared_rule(warehouse):
    tables = source_tables().values()

    def columns(applies):
        return {(t.name, c.name) for t in tables for c in t.columns if applies(c)}

    declared = {
        "sources/repeated_keys": {(t.name, ", ".join(t.key)) for t in tables},
        "sources/missing_values": columns(lambda column: column.required),
        "sources/unaccepted_values": columns(lambda column: column.one_of),
        "sources/unknown_references": columns(lambda column: column.joins),
        "sources/no_mail_addresses": columns(lambda column: column.form),
    }
    assert set(declared) == set(contract.names()) - {"sources/row_counts"}
    assert set(RULES) == set(declared) - {"sources/no_mail_addresses"}  # of which is told only
    with warehouse.session("test") as db:
        for statement, expected in declared.items():
            found = db.query(statement)
            assert set(zip(found["table_name"], found["column_name"], strict=True)) == expected
        assert set(db.query("sources/row_counts")["table_name"]) == {t.name for t in tables}
