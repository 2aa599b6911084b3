"""The whole weekly cycle gives the same rows on DuckDB and, by the real connector, on Snowflake."""

import pytest

from tests.figures import Tell
from tests.snowflake import both_engines, told_and_found


@pytest.fixture(scope="module")
def cycles(tmp_path_factory: pytest.TempPathFactory) -> both_engines.Cycles:
    """Without the weeks before, which P-snowflake-01 has at full size."""
    return both_engines.cycles(tmp_path_factory.mktemp("cycles"), history_weeks=0)


def test_the_cycle_succeeds_on_both(cycles):
    assert cycles.left.failed == {}
    assert cycles.right == cycles.left


def test_every_table_has_the_same_rows(cycles, tell: Tell):
    tell(both_engines.figure(cycles))
    found = cycles.differences()
    assert not found, "\n".join(found)
    assert sum(not rows.empty for rows in cycles.left_rows.values()) >= 45
    for name in _OF_THE_DESIGN:
        assert not cycles.left_rows[name].empty, name


def test_no_column_told_as_of_no_person_holds_words_addresses_or_names(cycles):
    assert told_and_found.leaks(cycles.left_rows) == []


#: The tables that the design names.
_OF_THE_DESIGN = (
    "gong.gong_calls_raw",
    "gong.gong_call_transcripts_raw",
    "gong.stg_gong_calls",
    "gong.stg_gong_call_transcripts",
    "gong.stg_gong_call_participants",
    "gong.stg_gong_call_topics",
    "analytics.customer_metrics",
    "analytics.csm_routing_recommendations",
    "analytics.account_csm_assignments",
    "analytics.weekly_reports",
)
