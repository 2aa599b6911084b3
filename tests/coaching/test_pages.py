"""Digest and summary pages: hostile text, sizes, same facts in every form."""

import json
import random
import textwrap
from dataclasses import replace
from html import unescape

import pytest

from cs_assets.coaching.digest.digests import file_stem
from cs_assets.coaching.digest.proof import loose_digits, visible_text
from cs_assets.coaching.digest.rendering import TooLarge, quoted, wrapped
from cs_assets.coaching.digest.team import audiences, reached
from cs_assets.coaching.digest.team_view import write_summary
from cs_assets.coaching.digest.view import safe_url
from cs_assets.coaching.planning.prediction import Prediction
from cs_assets.coaching.policy import Pause
from cs_assets.coaching.windows import WEEK
from tests.coaching import pages
from tests.coaching.tenant import MONDAY
from tests.faults import coaching as faults
from tests.figures import Tell


@pytest.fixture(scope="module")
def digest(rules):
    return pages.digest_of(pages.bobs_week(rules), rules)


def test_hostile_text_changes_no_page_and_no_payload(tell: Tell):
    figures = list(faults.pages_hold(count=100, runs=3))
    for figure in figures:
        tell(figure)
    assert all(figure.passed for figure in figures), faults.hostile_pages(100)[1][:3]


def test_html_and_text_tell_the_same_facts(digest):
    html = "".join(visible_text(digest.html).split())
    text = "".join(digest.text.replace(">", "").split())
    for passage in digest.passages:
        if passage["key"] == "subject" or passage["key"].endswith("url"):
            continue
        told = "".join(passage["filled"].split())
        assert told in text, passage["key"]
        assert told in html, passage["key"]


def test_every_address_in_the_text_is_the_one_linked(digest):
    for passage in digest.passages:
        if passage["key"].endswith("url"):
            assert f'href="{passage["filled"]}"' in unescape(digest.html)
            assert passage["filled"] in digest.text


def test_the_first_phone_screen_has_headline_win_and_focus(digest):
    screen = visible_text(digest.html).replace("\n", " ")
    filled = {passage["key"]: passage["filled"] for passage in digest.passages}
    assert filled["focus.1.title"] in screen[: 600 + 2 * len(filled["headline"])]


def test_the_page_is_one_column_of_600_with_dark_mode_and_no_image(digest):
    assert 'width="600"' in digest.html
    assert "prefers-color-scheme: dark" in digest.html
    assert "max-width: 600px" in digest.html
    assert "<img" not in digest.html
    assert "base64" not in digest.html
    assert '<html lang="en">' in digest.html


def test_text_is_narrow_except_for_addresses(digest):
    assert all(len(line) <= 78 or "https://" in line for line in digest.text.splitlines())


def test_no_score_and_no_name_stands_in_the_subject(digest):
    assert digest.subject == "Week of 9 November 2026: Ask two open questions before you explain"


def test_a_page_that_mail_programs_would_cut_is_refused(rules):
    week = pages.bobs_week(rules)
    small = rules.model_copy(update={"html_limit_bytes": 10_001})
    with pytest.raises(TooLarge, match="10001 are allowed"):
        pages.digest_of(week, small)


def test_the_largest_digest_fits(rules):
    week = pages.with_text(pages.bobs_week(rules), "long words " * 30, "https://gong.example/1")
    assert len(pages.digest_of(week, rules).html.encode()) < rules.html_limit_bytes


def test_a_number_without_a_fact_is_found(digest):
    assert loose_digits(visible_text(digest.html), digest.passages) == ""
    forged = digest.html.replace("One win", "One win of 37")
    assert loose_digits(visible_text(forged), digest.passages) == "37"


@pytest.mark.parametrize(("clear", "says"), [(True, "more than chance"), (False, "as a hint")])
def test_what_may_be_chance_is_called_a_hint(rules, clear, says):
    week = pages.bobs_week(rules)
    week = replace(week, focus=tuple(replace(f, is_clear=clear) for f in week.focus))
    text = " ".join(pages.digest_of(week, rules).text.split())
    assert says in text.partition("## Next")[0]


def test_the_channel_sees_no_names_and_the_manager_no_scores(rules):
    channel, manager = pages.summaries_of(pages.bobs_week(rules), rules)
    assert "Bob Ray" not in channel.text + (channel.payload or "")
    assert "Bob Ray" in manager.text
    people = [p for p in manager.passages if p["key"].startswith("people.")]
    assert not any(f"{name}.mean" in p["slotted"] for p in people for name in rules.dimensions)


def test_a_small_teams_distribution_is_suppressed(rules):
    channel, _ = pages.summaries_of(pages.bobs_week(rules), rules)
    stands = [p["filled"] for p in channel.passages if p["key"] == "dimensions.1.text"]
    assert stands == ["suppressed (1 rep scored)"]


def test_the_payload_has_blocks_and_a_fallback(rules):
    channel, manager = pages.summaries_of(pages.bobs_week(rules), rules)
    payload = json.loads(channel.payload or "")
    assert payload["blocks"][0]["type"] == "header"
    assert payload["text"].startswith("Team coaching summary")
    assert manager.payload is None


@pytest.mark.parametrize("url", [*faults.URLS[1:12], None, "https://", "https://a b/"])
def test_addresses_that_are_no_https_links_are_left_out(url):
    assert safe_url(url) is None


@pytest.mark.parametrize("url", faults.URLS[12:])
def test_odd_https_addresses_stay_inside_their_attribute(rules, url):
    week = pages.bobs_week(rules)
    html = pages.digest_of(pages.with_text(week, "word", url), rules).html
    benign = pages.digest_of(week, rules).html
    assert faults.page_faults(html, faults.skeleton(benign), linked=True) == []


def test_the_search_for_faults_finds_one(digest):
    benign = faults.skeleton(digest.html)
    broken = digest.html.replace("One win", '<b onclick="x()">One</b> <a href="javascript:x">w</a>')
    assert len(faults.page_faults(broken, benign, linked=True)) == 3
    assert faults.slack_faults('{"text": "<!channel>", "blocks": []}') != []


def test_no_name_bends_a_file_name():
    assert file_stem("../../etc/passwd", "1").startswith("etc-passwd-")
    assert file_stem("みなと", "1").startswith("rep-")
    assert file_stem("Tomás Ibarra", "1").startswith("tomas-ibarra-")
    assert file_stem("Ann", "1") != file_stem("Ann", "2")


@pytest.mark.parametrize(
    ("pause", "held"),
    [
        ({"reason": "opted_out"}, True),
        ({"reason": "on_leave", "until": "2026-11-16"}, True),
        ({"reason": "on_leave", "until": "2026-11-15"}, False),
        ({"reason": "paused", "since": "2026-11-17"}, False),
    ],
)
@pytest.mark.parametrize("who", ["bob", "bob@team.example"])
def test_who_is_on_leave_or_wants_none_gets_none(rules, who, pause, held):
    paused = rules.model_copy(update={"pauses": {who: Pause.model_validate(pause)}})
    reasons = pages.digest_of(pages.bobs_week(rules), paused).reasons
    assert [reason.rule for reason in reasons] == ([pause["reason"]] if held else [])


def test_the_follow_up_is_a_calendar_file_of_the_focus(rules):
    digest = pages.digest_of(pages.bobs_week(rules), rules)
    text = digest.files["calendar"][1]
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    lines = text.replace("\r\n ", "").split("\r\n")
    assert "DTSTART:20261130T090000" in lines  # a Monday, two weeks after the digest
    assert f"SUMMARY:Look back: {rules.behaviour('discovery.open_questions').title}" in lines
    assert any(
        line.startswith("DESCRIPTION:Open the next call") and "\\," in line for line in lines
    )
    none = rules.model_copy(update={"follow_up_weeks": 0})
    assert "calendar" not in pages.digest_of(pages.bobs_week(rules), none).files


def test_a_prediction_is_told_with_its_range_or_withheld_with_the_reason(rules):
    week = pages.bobs_week(rules)
    said = "your overall mean will likely lie between 41 and 59"
    foretold = replace(week, prediction=Prediction(50.0, 41.2, 58.8, 90))
    assert said in " ".join(pages.digest_of(foretold, rules).text.split())
    withheld = pages.digest_of(replace(week, unforetold="too few weeks"), rules)
    assert "will likely lie" not in " ".join(withheld.text.split())
    fact = withheld.sheet["prediction.mean"]
    assert (fact.status, fact.reason) == ("withheld", "too few weeks")


def test_lines_for_each_rep_are_a_setting_and_only_where_everybody_was_told(rules):
    bob = pages.bobs_week(rules)
    ann = replace(bob, rep=replace(bob.rep, user_id="ann", name="Ann Lee"))
    named = rules.model_copy(update={"slack_rep_lines": True})

    def payload(policy, *, failed=(), weeks=(bob, ann)):
        team = audiences(MONDAY, weeks, [], failed, {}, policy)[0]
        return write_summary(team, policy).payload or ""

    told = payload(named)
    assert told.index("Ann Lee: 47, no clear change, 14 calls") < told.index("Bob Ray: 47")
    assert "Ann Lee" not in payload(rules)
    assert "Ann Lee" not in payload(named, failed=[replace(bob.rep, name="Cyd Fox")])
    unreached = replace(ann, rep=replace(ann.rep, email=None))
    assert "Ann Lee" not in payload(named, weeks=(bob, unreached))


def test_what_is_worth_hearing_together_is_a_click_away_in_the_channel_too(rules):
    shown = pages.bobs_week(rules).objection_moments["price"]
    week = replace(pages.bobs_week(rules), settled_moments={"price": shown})
    bobs = [_rep_of(week, name, name, "boss") for name in ("a", "b", "c", "d")]
    payload = json.loads(
        write_summary(audiences(MONDAY, bobs, [], [], {}, rules)[0], rules).payload
    )
    links = [one["elements"][0]["text"] for one in payload["blocks"] if one["type"] == "context"]
    assert links == [f"<{shown.url}|listen>"]


def _rep_of(week, user_id, name, lead):
    return replace(week, rep=replace(week.rep, user_id=user_id, name=name, manager_id=lead))


def test_who_leads_managers_is_told_of_their_teams_as_a_whole(rules):
    bob = pages.bobs_week(rules)
    users = {
        one: replace(pages.BOSS, user_id=one, name=name, manager_id=lead)
        for one, name, lead in (
            ("vp", "Vera Pohl", None), ("dir", "Dana Irr", "vp"), ("boss", "Olga Boss", "dir"),
        )
    }  # fmt: skip
    ann = _rep_of(bob, "ann", "Ann Lee", "dir")
    made = {t.audience_id: t for t in audiences(MONDAY, [bob, ann], [], [], users, rules)}
    assert set(made) == {"team", "vp", "dir", "boss"}
    told = {who: " ".join(write_summary(team, rules).text.split()) for who, team in made.items()}
    # The director: own rep by name, the team below as a whole.
    assert "Ann Lee" in told["dir"]
    assert "Team of Olga Boss: 1 rep, 3 scored calls this week: " in told["dir"]
    assert "Bob Ray" not in told["dir"]
    # Above: all calls of both, teams, and no rep by name.
    assert "Team of Dana Irr: 2 reps, 6 scored calls this week: " in told["vp"]
    assert "Bob Ray" not in told["vp"] + told["team"]
    assert "Ann Lee" not in told["vp"]
    assert made["vp"].scored_calls == len(bob.calls) + len(ann.calls)
    assert "Team of" not in told["boss"] + told["team"]
    assert write_summary(made["vp"], rules).html.count("Team of Dana Irr") == 1


def test_managers_in_a_circle_are_each_told_once(rules):
    bob = pages.bobs_week(rules)
    two = replace(pages.BOSS, user_id="two", name="Tom Wo", manager_id="boss")
    users = {"boss": replace(pages.BOSS, manager_id="two"), "two": two}
    made = [team.audience_id for team in audiences(MONDAY, [bob], [], [], users, rules)]
    assert made == ["team", "boss", "two"]


def test_a_leaderboard_is_a_setting_and_shows_who_reached_something_alone(rules):
    bob = pages.bobs_week(rules)
    weeks = [
        _rep_of(bob, one, name, "boss") for one, name in (("a", "Ann"), ("b", "Bo"), ("c", "Cy"))
    ]
    wished = rules.model_copy(update={"leaderboard": True})

    def told(policy, failed=(), manager=False):
        made = audiences(MONDAY, weeks, [], failed, {"boss": pages.BOSS}, policy)[manager]
        return write_summary(replace(made, reached={"b": 2, "c": 7}), policy)

    text = told(wished).text
    assert text.index("Cy: ★★★★★ 7 focus areas in 13 weeks") < text.index("Bo: ★★ 2 focus areas")
    assert "Ann" not in text
    assert "★" in told(wished).html
    assert "★" in told(wished).payload
    for without in (told(rules), told(wished, failed=[bob.rep]), told(wished, manager=True)):
        assert "★" not in without.text


def test_a_focus_that_was_reached_counts_once_and_of_late():
    def row(rep, state, weeks, since="2026-08-03"):
        return {"rep_user_id": rep, "focus_id": "discovery.impact", "since_week": since,
                "state": state, "week_start": MONDAY - weeks * WEEK}  # fmt: skip

    rows = [row("a", "improved", 0), row("a", "improved", 1), row("a", "improved", 5, "2026-06-01"),
            row("b", "open", 0), row("c", "improved", 13), row("d", "improved", -1)]  # fmt: skip
    assert reached(rows, MONDAY) == {"a": 2}


def test_lines_break_as_the_standard_library_breaks_them():
    draw = random.Random(5)
    for _ in range(300):
        words = ["x" * draw.choice((1, 2, 5, 9, 30, 75, 76, 80)) for _ in range(draw.randrange(30))]
        text, indent = " ".join(words), draw.choice(("", "  "))
        by_library = {"break_long_words": False, "break_on_hyphens": False}
        wanted = textwrap.fill(text, 76, subsequent_indent=indent, **by_library)
        assert wrapped(text, indent) == wanted
        marks = {"initial_indent": "> ", "subsequent_indent": "> "}
        if words:
            assert quoted(text) == textwrap.fill(text, 76, **marks, **by_library)
    assert wrapped("  a note", "  ") == "  a note"


def test_the_channel_s_picture_shows_what_its_text_says_and_only_there(rules):
    bob = pages.bobs_week(rules)
    weeks = [replace(bob, rep=replace(pages.REP, user_id=f"r{i}")) for i in range(5)]
    channel, manager = (
        write_summary(team, rules)
        for team in audiences(MONDAY, weeks, [], [], {"boss": pages.BOSS}, rules)
    )
    assert channel.picture is not None
    assert channel.picture.startswith(b"\x89PNG")
    alt = json.loads(channel.payload or "")["picture_alt"]
    for name in rules.dimensions.values():
        assert f"{name.label}: " in alt
    assert alt.count("n = 5") == len(rules.dimensions)
    assert manager.picture is None
    again = write_summary(channel.team, rules)
    assert again.picture == channel.picture
    without = write_summary(channel.team, rules.model_copy(update={"slack_picture": False}))
    assert (without.picture, "picture_alt" in (without.payload or "")) == (None, False)
    few, _ = pages.summaries_of(pages.bobs_week(rules), rules)
    assert few.picture is None  # a team too small to be spoken of is not shown either
