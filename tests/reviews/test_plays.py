"""Advice is data: each play says what it said, in each case; words that cannot be are refused."""

import datetime as dt
import re
from pathlib import Path

import pytest
import yaml

from cs_assets import config
from cs_assets.config import BadConfiguration
from cs_assets.facts.model import Fact, FactSheet
from cs_assets.reviews.configuration import review_settings
from cs_assets.reviews.playbook import FACTS, RULES, RuledPlay
from cs_assets.reviews.writing.plays.choosing import BY_NAME
from cs_assets.reviews.writing.plays.wording import play_of
from tests.reviews import making

BOOK = review_settings().plays
CASES = yaml.safe_load(Path(__file__).with_name("golden_plays.yaml").read_text(encoding="utf-8"))
WORDS = ("title", "observation", "why", "action", "effect", "weight", "about", "topic", "must")


def sheet_of(facts: dict[str, tuple[object, str]]) -> FactSheet:
    day = dt.date(2026, 11, 2)
    made = tuple(Fact(name, name, value, unit) for name, (value, unit) in facts.items())
    return FactSheet("customer", "C1", day, day, dt.datetime(2026, 11, 3), made)


def named(case: dict[str, object]) -> RuledPlay:
    return next(w for w in (*BOOK.triggered, *BOOK.standing) if w.when == case["rule"])


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case['rule']}-{case['case'] or 'usual'}"
)
def test_a_play_says_what_it_said(case):
    words, sheet = named(case), sheet_of(case["facts"])
    seen = BY_NAME[words.when](sheet)
    assert seen is not None
    assert seen.case == case["case"]
    play = play_of(words, words.cases.get(seen.case), seen, sheet)
    assert {name: getattr(play, name) for name in WORDS} == {name: case[name] for name in WORDS}
    cited = re.findall(r"\{([^}:]*)", play.observation)
    assert play.evidence == tuple(dict.fromkeys(cited))


def test_no_key_comes_from_two_that_are_merged():
    """Which of them wins differs between versions of the parser; what is written itself always."""
    tree = yaml.compose(Path(config.__file__).with_name("plays.yaml").read_text(encoding="utf-8"))
    merges, nodes = 0, [tree]
    while nodes:
        node = nodes.pop()
        if isinstance(node, yaml.MappingNode):
            own = {key.value for key, _ in node.value}
            for key, value in node.value:
                if key.tag.endswith(":merge") and isinstance(value, yaml.SequenceNode):
                    merges += 1
                    given = [name.value for one in value.value for name, _ in one.value]
                    assert {name for name in given if given.count(name) > 1} <= own
            nodes += [value for _, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            nodes += node.value
    assert merges


def test_no_key_of_the_playbook_stands_twice():
    """A second one would take the place of the first without a word."""
    tree = yaml.compose(Path(config.__file__).with_name("plays.yaml").read_text(encoding="utf-8"))
    nodes = [tree]
    while nodes:
        node = nodes.pop()
        if isinstance(node, yaml.MappingNode):
            keys = [key.value for key, _ in node.value]
            assert len(keys) == len(set(keys)), (node.start_mark.line + 1, keys)
            nodes += [value for _, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            nodes += node.value


def test_every_rule_has_its_code_its_play_and_its_golden_cases():
    assert set(BY_NAME) == set(RULES)
    assert {w.when for w in (*BOOK.triggered, *BOOK.standing)} == set(RULES)
    told = {(case["rule"], case["case"]) for case in CASES}
    assert told == {(rule, case) for rule, shape in RULES.items() for case in ("", *shape.cases)}


def test_what_words_may_quote_is_in_the_sheets(reports):
    found = {fact.fact_id for report in reports.values() for fact in report.sheet}
    spans = {"<span>": ("prior", "year_ago"), "<change>": ("change", "year_change")}
    for name in FACTS:
        word = next((word for word in spans if word in name), "")
        assert {name.replace(word, part) for part in spans.get(word, ("",))} <= found, name


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("when: calls_went_badly", "when: moon_is_full", "'moon_is_full' is no rule"),
        ("{calls.negative} of", "{calls.angry} of", "{calls.angry} is no fact that may be quoted"),
        ("No goal is on record for", "No 4 goals of", "the digit 4 stands outside a slot"),
        ("{it.name} leads with", "{it.seats} leads with", "{it.seats} is no fact"),
        ("clearly grew on <window>", "clearly grew on <month>", "<month> is no word of this rule"),
        ("      in_value:", "      in_other:", "'in_other' is no case of"),
        ("[; health is {health.segment}]", "[; health is {health.segment}", "brackets do not pair"),
        (
            "    topic: leaving\n",
            "    topic: leaving\n    needs: [calls.all]\n",
            "which is no fact",
        ),
        ("    topic: leaving\n", "    topic: leaving\n    unless: [rain]\n", "'rain' is no rule"),
    ],
)
def test_a_playbook_that_cannot_be_said_is_one_clear_error(tmp_path, old, new, said):
    text = (making.CONFIG / "plays.yaml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    (tmp_path / "plays.yaml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(BadConfiguration) as refused:
        review_settings(tmp_path)
    assert said in str(refused.value)
    assert "plays.yaml" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_plays_of_ones_own_are_the_ones_said_and_vetoed(tmp_path, reports):
    from cs_assets.reviews.writing.plays.choosing import plays

    text = (making.CONFIG / "plays.yaml").read_text(encoding="utf-8")
    own = text.replace("title: Prepare the next review together", "title: Meet again")
    own = own.replace("    topic: goal\n\n", "    topic: goal\n    unless: [always]\n\n", 1)
    (tmp_path / "plays.yaml").write_text(own, encoding="utf-8")
    settings = review_settings(tmp_path)
    most = settings.recommendations.model_copy(update={"minimum": 30, "maximum": 30, "fill": True})
    for book, is_own in ((settings, True), (review_settings(), False)):
        used = book.model_copy(update={"recommendations": most})
        sheets = [report.sheet for report in reports.values()]
        found = [play for sheet in sheets for play in plays(sheet, used)]
        assert ("Meet again" in {play.title for play in found}) == is_own
        assert ("agree_goal" in {play.code for play in found}) != is_own
