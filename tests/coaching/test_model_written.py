"""Digests that a model writes, over a loopback provider and through the real assets."""

import pytest

from resources.settings import Settings
from tests.ai import fake_claude
from tests.ai.loopback import serving
from tests.coaching.test_assets import table

TEXT = "A steady week of calls."
ADVICE = "In the next call: {focus.1.action}"


def steady(request):
    """A text for each passage; the advice takes up the focus."""
    return fake_claude.written(ADVICE if "advice" in fake_claude.last_ask(request) else TEXT)


@pytest.fixture
def written_by(home, monkeypatch, materialize):
    """Runs the assets with a Claude that answers by ``script``; returns how often it was asked."""
    from resources.models.writer import WriterResource

    def run(script) -> int:
        with serving(script) as server:
            monkeypatch.setenv("ANTHROPIC_API_KEY", "test-key")
            monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
            assert materialize(
                writer=WriterResource(settings=Settings.load(cs_assets_home=home.root))
            ).success
            return len(server.requests)

    return run


def digest_texts(home) -> list[str]:
    return [p.read_text() for p in sorted(home.root.rglob("*.md")) if not p.name.startswith("_")]


def test_a_second_run_asks_nothing_and_the_foot_says_who_wrote(team, home, written_by):
    assert written_by(steady) > 0
    first = digest_texts(home)
    assert first
    assert written_by(steady) == 0
    assert digest_texts(home) == first
    for text in first:
        assert "Written by Claude, with all figures put in" in " ".join(text.split())
    rows = table(team, "rep_digests")
    rows = rows[rows["status"] == "written"]
    assert set(rows["writer"]) == {"claude"}
    assert set(rows["model"]) == {"claude-sonnet-5-5"}


def test_without_an_answer_rules_write_and_the_foot_says_why(team, home, written_by):
    written_by(lambda _: fake_claude.error(401, "authentication_error"))
    for text in digest_texts(home):
        flat = " ".join(text.split())
        assert "Written by rules, because the model gave no answer: the headline" in flat
    rows = table(team, "rep_digests")
    assert set(rows[rows["status"] == "written"]["writer"]) == {"rules"}


def test_digests_by_rules_say_nothing_of_models(team, home, materialize):
    materialize()
    assert digest_texts(home)
    assert not any("Written by" in text for text in digest_texts(home))


def test_advice_of_a_model_is_of_the_focus_or_the_rules(team, home, written_by):
    written_by(steady)
    assert any(
        "In the next call: Open the next call" in " ".join(t.split()) for t in digest_texts(home)
    )


def test_advice_on_something_else_gives_way_to_the_rules(team, home, written_by):
    written_by(lambda _: fake_claude.written(TEXT))
    rows = table(team, "rep_digests")
    assert "mixed" in set(rows["writer"])
    assert any(
        "Open the next call with two questions" in " ".join(t.split()) for t in digest_texts(home)
    )
