"""One contract check per source table: keys, required and accepted values, references.

Files were checked before they were loaded; views that other teams own were
not. A check shows which column breaks which rule in how many rows. Values that
are merely implausible warn.
"""

from collections.abc import Iterator

import dagster as dg
import pandas as pd

from cs_assets.kit import previews
from cs_assets.sources.assets import asset_name
from resources.sources.staging import source_tables
from resources.warehouse import Warehouse

#: Statement under ``sql/sources`` and the rule that its rows break.
RULES = {
    "sources/repeated_keys": "the key is unique",
    "sources/missing_values": "a value is required",
    "sources/unaccepted_values": "only the declared values occur",
    "sources/unknown_references": "the value exists in its parent table",
}

#: Broken rules told in a line; the table beside it has all.
_TOLD = 4


def broken_rules(warehouse: Warehouse) -> pd.DataFrame:
    """Broken rules, one a row: table_name, column_name, rule, bad_rows, first_key, is_error.

    ``bad_rows`` counts rows; for repeated keys it counts keys. ``first_key`` is one to look for.
    """
    with warehouse.session("source contract") as db:
        found = [
            db.query(statement).assign(rule=rule, is_error=True)
            for statement, rule in RULES.items()
        ]
        found.append(
            db.query("sources/no_mail_addresses").assign(
                rule="an address is a mail address", is_error=False
            )
        )
        found.append(db.query("sources/implausible_values").assign(is_error=False))
    every = pd.concat(found, ignore_index=True)
    columns = ["table_name", "column_name", "rule", "bad_rows", "first_key", "is_error"]
    return every.loc[every["bad_rows"] > 0, columns]


@dg.multi_asset_check(
    name="source_contract",
    specs=[
        dg.AssetCheckSpec(
            name="contract",
            asset=asset_name(name),
            description="Keys are unique; values are there, accepted, known and plausible.",
        )
        for name in source_tables()
    ],
    can_subset=True,
)
def source_contract(
    context: dg.AssetCheckExecutionContext, warehouse: Warehouse
) -> Iterator[dg.AssetCheckResult]:
    """Compare every source table with its declaration."""
    broken = broken_rules(warehouse)
    selected = context.selected_asset_check_keys
    for name in source_tables():
        key = dg.AssetCheckKey(dg.AssetKey(asset_name(name)), "contract")
        if key not in selected:
            continue
        mine = broken[broken["table_name"] == name]
        yield dg.AssetCheckResult(
            asset_key=key.asset_key,
            check_name=key.name,
            passed=mine.empty,
            severity=_severity(mine),
            description=_told(mine),
            metadata={
                "broken rules": len(mine),
                "rows": previews.table(
                    mine,
                    {
                        "column_name": "column",
                        "rule": "rule",
                        "bad_rows": "bad rows",
                        "first_key": "first",
                    },
                ),
            },
        )


def _told(broken: pd.DataFrame) -> str:
    """The broken rules of one table, each with its column, its rows, and one to look for."""
    if broken.empty:
        return "every rule holds"
    rules = [
        f"{row.column_name}: {row.rule}, not in {row.bad_rows:,} "
        f"row{'s' * (row.bad_rows != 1)} (first {row.first_key})"
        for row in broken.head(_TOLD).itertuples()
    ]
    more = [f"and {len(broken) - _TOLD} more rules"] if len(broken) > _TOLD else []
    return "; ".join(rules + more) + "; mend the file or view it comes from"


def _severity(broken: pd.DataFrame) -> dg.AssetCheckSeverity:
    if broken.empty or broken["is_error"].any():
        return dg.AssetCheckSeverity.ERROR
    return dg.AssetCheckSeverity.WARN


checks = [source_contract]
