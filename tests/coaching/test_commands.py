"""``cs-assets digest`` on the small team."""

import pytest
from typer.testing import CliRunner

from cs_assets.coaching.rep_week import Rep
from cs_assets.commands.digest import app, find_rep
from cs_assets.errors import CsAssetsError, UsageError
from tests.coaching.tenant import MONDAY, small_team

WEEK = MONDAY.isoformat()


@pytest.fixture
def run(home, warehouse, materialize, monkeypatch):
    tenant = small_team()
    tenant.rep("cyd", "Cyd Fox")
    tenant.call("cyd", MONDAY, status="too_short")
    tenant.store(warehouse)
    materialize()
    monkeypatch.setenv("CS_ASSETS_HOME", str(home.root))
    return lambda *words: CliRunner().invoke(app, list(words))


def test_a_digest_is_shown_written_and_refused_with_reasons(run, tmp_path):
    shown = run("ann", "--week", WEEK)
    assert shown.exit_code == 0
    assert "This week's focus" in shown.output
    by_mail = run("bob@team.example", "--text")
    assert by_mail.output.startswith("Bob Ray, week of 9 November 2026\n\n3 scored calls this week")
    page = tmp_path / "digest.html"
    assert run("Bob Ray", "--html", str(page)).exit_code == 0
    assert page.read_text().startswith("<!DOCTYPE html>")
    for words, error, message in (
        (("nobody",), UsageError, "no rep 'nobody'"),
        (("ann", "--week", "2026-11-10"), UsageError, "did you mean 2026-11-09"),
        (("ann", "--week", "soon"), UsageError, "is no date"),
        (("ann", "--week", "2026-10-05"), UsageError, "has no digest for week 2026-10-05"),
        (("cyd", "--week", WEEK), CsAssetsError, "no scored call in the window"),
    ):
        failed = run(*words)
        assert isinstance(failed.exception, error), words
        assert message in str(failed.exception)


def test_a_name_that_means_two_reps_is_not_guessed():
    reps = [Rep(str(i), f"Ann {name}", None, None, True) for i, name in enumerate(("Lee", "Ray"))]
    with pytest.raises(UsageError, match="Ann Lee, Ann Ray"):
        find_rep("ann", reps)
    assert find_rep("lee", reps).user_id == "0"
