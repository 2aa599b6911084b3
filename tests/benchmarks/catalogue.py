"""What is known of every asset, counted in the definitions."""

from collections import Counter

from cs_assets.definitions import build_defs
from cs_assets.kit.column_lineage import MADE_OF_NO_TABLE
from resources.settings import Settings
from tests.figures import Figure


def lacking() -> tuple[int, dict[str, list[str]]]:
    """How many assets there are, and by what is lacking (schema, lineage, check, ...) which."""
    graph = build_defs(Settings()).resolve_asset_graph()
    checked = {key.asset_key for key in graph.asset_check_keys}
    gone: dict[str, list[str]] = {}
    keys = graph.get_all_asset_keys()
    for key in keys:
        node = graph.get(key)
        has = {
            "description": node.description,
            "owner": node.owners,
            "kind": node.kinds,
            "schema": node.metadata.get("dagster/column_schema"),
            # What other teams own is made of nothing of ours; others may say why they have none.
            "lineage": node.group_name == "source"
            or node.metadata.get("dagster/column_lineage")
            or node.metadata.get(MADE_OF_NO_TABLE),
            "check": key in checked,
        }
        for what, there in has.items():
            if not there:
                gone.setdefault(what, []).append(key.to_user_string())
    return len(keys), {what: sorted(names) for what, names in gone.items()}


def complete_assets() -> Figure:
    """P-ops-01: assets with description, owner, kind, column schema, lineage and a check."""
    count, gone = lacking()
    without = {name for names in gone.values() for name in names}
    told = Counter({what: len(names) for what, names in gone.items()})
    lacks = ", ".join(f"{number} lack {what}" for what, number in told.most_common())
    value = f"{count - len(without)}/{count} ({lacks or 'none lacks anything'})"
    return Figure("P-ops-01", "assets-complete", value, "all", not without)


BY_ID = {"P-ops-01": complete_assets}
