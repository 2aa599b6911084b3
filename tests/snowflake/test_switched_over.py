"""What a home holds of the time before Snowflake is named to who erases somebody."""

import pytest

from cs_assets.commands import erase
from cs_assets.erasure.subject import Subject
from resources.settings import Settings


@pytest.mark.parametrize("warehouse", ["snowflake", "duckdb"])
def test_a_local_warehouse_that_no_erasure_reaches_any_more_is_named(
    warehouse, tmp_path, monkeypatch
):
    monkeypatch.setenv("CS_ASSETS_HOME", str(tmp_path))
    settings = Settings.load().model_copy(update={"cs_assets_warehouse": warehouse})
    meant = Subject("customer", "Harbor Point Utilities", ())
    path = str(settings.home.warehouse)
    assert not any(path in line for line in erase._stays(settings, meant, []))
    settings.home.warehouse.touch()
    told = [line for line in erase._stays(settings, meant, []) if path in line]
    assert len(told) == (warehouse == "snowflake")
