"""Snowflake goes away in the middle of a run, and comes back: nothing is lost, and nothing twice.

An hour of it, and each step in which it may begin, are figure R-snowflake-01 (``make faults``).
"""

import datetime as dt

import pytest

from tests.snowflake import away_hour


# The connector gives up cancelling a statement in a thread of its own.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_reads_while_snowflake_is_away_end_with_the_tables_of_undisturbed_ones(server, tmp_path):
    began = dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0) - dt.timedelta(hours=2)
    expected = away_hour.undisturbed(tmp_path / "quiet", began, away_hour.MINUTES)
    step = away_hour.STEPS["gong_calls_raw at ^COMMIT"]
    hour, tables = away_hour.disturbed(tmp_path / "away", server, began, away_hour.MINUTES, step)
    assert hour.succeeded == [True, False, False, True]
    assert away_hour.differences(expected, tables) == []
    raw = tables["gong.gong_calls_raw"].set_index("call_id")
    assert raw.loc["13", "is_deleted"], "it was met only while the server was away"
    assert sum("kept in the home" in told for told in hour.failures) == 2
    kept = hour.home.gong_kept
    assert hour.most_kept > 0
    assert not any(words in kept.read_bytes() for words in (b"before you", b"Late words", b"Acme"))
    assert kept.stat().st_mode & 0o077 == 0
