"""Digests and team pages in the languages of their readers."""

import json
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from cs_assets import config
from cs_assets.coaching.digest.language import language_of, told_in
from cs_assets.coaching.digest.proof import loose_digits, visible_text
from cs_assets.coaching.digest.team import audiences
from cs_assets.coaching.digest.team_view import write_summary
from cs_assets.coaching.digest.writing import told_to_reader
from cs_assets.facts.localised import written_in
from cs_assets.facts.model import Fact
from tests.coaching import pages
from tests.coaching.tenant import MONDAY
from tests.faults import coaching as faults

FOLDER = Path(config.__file__).parent / "languages"
CODES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
OTHERS = [code for code in CODES if code != "en"]
#: What only an English sentence of ours has.
ENGLISH = re.compile(r"\b(the|of|your|calls?|week|with|missing|and)\b", re.IGNORECASE)


def speaking(rules, code):
    return rules.model_copy(update={"language": code})


@pytest.fixture(scope="module")
def week(rules):
    return pages.bobs_week(rules)


def _slots(text):
    return set(re.findall(r"\{[^}]+\}|\$\w+", text))


def _forms(message):
    return {"other": message} if isinstance(message, str) else message


@pytest.mark.parametrize("code", OTHERS)
def test_a_catalogue_has_every_message_with_no_slot_that_english_has_not(code):
    english, own = (yaml.safe_load((FOLDER / f"{c}.yaml").read_text()) for c in ("en", code))
    assert own["messages"].keys() == english["messages"].keys()
    for key, message in english["messages"].items():
        forms = _forms(message)
        known = set().union(*map(_slots, forms.values()))
        for form, text in _forms(own["messages"][key]).items():
            assert _slots(text) <= known, key
            meant = _slots(forms.get(form, forms["other"]))
            lost = {slot for slot in meant - _slots(text) if "data.calls" not in slot}
            assert not lost, (key, lost)


@pytest.mark.parametrize("code", OTHERS)
def test_a_catalogue_has_the_texts_of_every_behaviour_dimension_and_objection(rules, code):
    own = language_of(speaking(rules, code)).catalogue
    for name, dimension in rules.dimensions.items():
        assert own.dimensions[name].keys() == {"label", "praise"}
        for key in dimension.behaviours:
            texts = own.behaviours[f"{name}.{key}"]
            assert texts.keys() == {"label", "title", "action", "praise", "missed"}
    assert own.objections.keys() == {*rules.objections, "another"}
    type(rules).model_validate(told_in(rules, code).model_dump())


@pytest.mark.parametrize("code", OTHERS)
def test_a_digest_is_wholly_in_its_language_but_for_quotes_and_titles(rules, week, code):
    digest = pages.digest_of(week, speaking(rules, code))
    assert f'<html lang="{code}">' in digest.html
    assert digest.reasons == []
    scored_by = language_of(speaking(rules, code)).say("scored_by.rules")
    cutoff = next(one["filled"] for one in digest.passages if one["key"] == "cutoff")
    assert f" {scored_by} " in cutoff
    assert " rules " not in cutoff
    assert loose_digits(visible_text(digest.html), digest.passages) == ""
    prose = _without_what_was_said(digest)
    assert not ENGLISH.findall(prose), ENGLISH.findall(prose)
    said = {quote.text for quote in digest.sheet.quotes}
    assert said
    assert all(words in " ".join(visible_text(digest.html).split()) for words in said)


@pytest.mark.parametrize(("code", "many"), [("en", "weeks"), ("de", "Wochen"), ("es", "semanas")])
def test_a_window_of_one_week_is_not_told_of_as_weeks(rules, week, code, many):
    rules = speaking(rules, code)
    told = visible_text(pages.digest_of(week, rules).html)
    assert re.search(rf"\b{rules.window_weeks} {many}", told)
    of_one = rules.model_copy(update={"window_weeks": 1})
    told = visible_text(pages.digest_of(week, of_one).html)
    assert not re.search(rf"\b1 {many}", told), told


@pytest.mark.parametrize("code", OTHERS)
def test_a_team_page_is_wholly_in_its_language(rules, week, code):
    team = audiences(MONDAY, [week], [week.rep], [week.rep], {"boss": pages.BOSS}, rules)
    for one in team:
        summary = write_summary(one, speaking(rules, code))
        shown = summary.text + json.dumps(json.loads(summary.payload or "{}"), ensure_ascii=False)
        for fact in summary.sheet:
            if fact.unit == "text" and fact.fact_id.endswith((".call", ".url")):
                shown = " ".join(shown.split()).replace(str(fact.value), " ")
        for quote in summary.sheet.quotes:
            shown = " ".join(shown.replace(">", " ").split()).replace(quote.text, " ")
        assert not ENGLISH.findall(shown), ENGLISH.findall(shown)


def _without_what_was_said(digest):
    text = " ".join(visible_text(digest.html).split())
    outside = [quote.text for quote in digest.sheet.quotes]
    outside += [
        str(fact.value)
        for fact in digest.sheet
        if fact.unit == "text"
        and fact.fact_id.endswith((".call", ".title", ".name", "rubric.model", "rubric.version"))
        and not fact.fact_id.startswith(("focus", "improved", "dropped"))
    ]
    for words in sorted(filter(None, outside), key=len, reverse=True):
        text = text.replace(words, " ")
    return text


@pytest.mark.parametrize(
    ("writer", "degraded", "rejections", "told"),
    [
        ("rules", ("ceiling of the week",), (), "weil eine Grenze"),
        ("rules", ("no answer in time",), (), "weil das Modell keine Antwort gab"),
        ("rules", (), ("digit outside a slot",), "gegen die Regeln des Schreibens"),
        ("cortex", (), (), "von dem Agenten RETAIL in Cortex, alle Zahlen"),
        (
            "claude",
            ("ceiling of the week",),
            (),
            "Claude, alle Zahlen aus den Fakten eingesetzt, von",
        ),
    ],
)
def test_why_it_was_not_the_model_asked_for_is_told_as_it_was(
    rules, writer, degraded, rejections, told
):
    agent = "A.B.RETAIL" if writer == "cortex" else ""
    draft = SimpleNamespace(
        key="win", writer=writer, agent=agent, degraded=degraded, rejections=rejections
    )
    (said,) = told_to_reader([draft], language_of(speaking(rules, "de")))
    assert told in said
    assert said.endswith(": der Erfolg.")


def test_somebody_reads_their_own_language_and_the_others_everybodys(rules, week):
    mixed = rules.model_copy(update={"language": "de", "languages": {"bob@team.example": "es"}})
    assert '<html lang="es">' in pages.digest_of(week, mixed).html
    ann = replace(week, rep=replace(week.rep, user_id="ann", email="ann@team.example"))
    assert '<html lang="de">' in pages.digest_of(ann, mixed).html


def test_a_language_without_a_catalogue_is_refused_by_name(rules, week):
    with pytest.raises(config.BadConfiguration, match=r"languages/fr\.yaml"):
        pages.digest_of(week, speaking(rules, "fr"))


def test_a_catalogue_of_ones_own_takes_part_and_its_plurals_are_its_locales(rules, week, tmp_path):
    words = yaml.safe_load((FOLDER / "en.yaml").read_text())
    words["messages"]["calls.of"] = {"one": "$n jedna", "few": "$n dwie", "other": "$n wiele"}
    (tmp_path / "languages").mkdir()
    (tmp_path / "languages" / "pl.yaml").write_text(yaml.safe_dump(words))
    polish = speaking(rules, "pl").model_copy(update={"folder": tmp_path})
    t = language_of(polish)
    assert [t.some("calls.of", "x", n) for n in (1, 3, 5)] == ["{x} jedna", "{x} dwie", "{x} wiele"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("en", ["9 November 2026", "1,234", "−1.5", "no data", "3 days"]),
        ("de", ["9. November 2026", "1.234", "−1,5", "keine Daten", "3 Tage"]),
        ("es", ["9 de noviembre de 2026", "1.234", "−1,5", "sin datos", "3 días"]),
    ],
)
def test_dates_numbers_and_absence_are_by_locale(rules, code, expected):
    absent = language_of(speaking(rules, code)).catalogue.absent
    write = written_in(code, absent)
    facts = [
        Fact("a", "a", "2026-11-09", "date"),
        Fact("b", "b", 1234.0, "count"),
        Fact("c", "c", -1.5, "points"),
        Fact("d", "d", None, "count", status="no_data"),
        Fact("e", "e", 3.0, "days"),
    ]
    assert [write(fact, "") for fact in facts] == expected


@pytest.mark.parametrize("code", OTHERS)
def test_hostile_text_changes_no_page_in_any_language(rules, week, code):
    benign = faults.skeleton(pages.digest_of(week, speaking(rules, code)).html)
    hostile = pages.with_text(week, '"><script>$n {calls.week}</script>', "javascript:x")
    html = pages.digest_of(hostile, speaking(rules, code)).html
    assert faults.page_faults(html, benign, linked=False) == []
