"""The doctor on a Snowflake account: a line for each thing, and what to do about it."""

import pytest

from cs_assets.doctor_snowflake import examine
from resources.settings import Settings
from tests.snowflake.local_server import local_server, prepare, warehouse_on


@pytest.fixture(scope="module")
def arguments():
    with local_server() as found:
        yield found


def findings(arguments, **settings):
    warehouse = warehouse_on(arguments)
    given = Settings.load(
        snowflake_account="fakesnow", snowflake_user="X", cortex_base_url="http://127.0.0.1:9",
        **settings,
    )  # fmt: skip
    return {found.check: found for found in examine(given, warehouse)}


def test_it_tells_missing_tables_and_then_that_they_are_there(arguments):
    before = findings(arguments)["tables"]
    assert before.verdict == "failed"
    assert "cs-assets setup snowflake --only tables" in before.mend
    prepare(arguments)
    found = findings(arguments)
    assert found["connection"].verdict == "ok"
    assert found["tables"].verdict == "ok"
    assert found["AI functions"].verdict == "ok"


def test_what_is_not_set_or_does_not_answer_says_how_to_mend_it(arguments):
    unset = findings(arguments)["agent"]
    assert (unset.verdict, "CORTEX_AGENT" in unset.mend) == ("warning", True)
    away = findings(arguments, cortex_agent="CS_ASSETS.ANALYTICS.EXECUTIVE_REVIEW_ASSISTANT")
    assert away["agent"].verdict == "failed"
    assert "--only agents" in away["agent"].mend
    assert "\n" not in away["agent"].detail


def test_a_server_that_is_away_is_one_line(arguments):
    found = findings({**arguments, "port": 9, "login_timeout": 1})
    assert list(found) == ["connection"]
    assert found["connection"].verdict == "failed"
