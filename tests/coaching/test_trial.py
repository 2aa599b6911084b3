"""Forms on trial: drawn once a rep, and told apart only where reps show it."""

import datetime as dt

import pytest
from pydantic import ValidationError

from cs_assets.coaching.digest.proof import loose_digits, visible_text
from cs_assets.coaching.policy import Trial
from cs_assets.coaching.trial import form_of, outcomes
from tests.coaching import pages
from tests.coaching.tenant import MONDAY

TRIAL = Trial(name="short-one", forms=("full", "short"), since=MONDAY, until=MONDAY)


def test_a_rep_keeps_one_form_and_both_are_drawn_about_as_often(rules):
    long = TRIAL.model_copy(update={"until": MONDAY + dt.timedelta(weeks=9)})
    policy = rules.model_copy(update={"trial": long})
    drawn = {
        f"r{n}": {form_of(policy, f"r{n}", MONDAY + dt.timedelta(weeks=w)) for w in range(10)}
        for n in range(400)
    }
    assert all(len(forms) == 1 for forms in drawn.values())
    short = sum(forms == {("short", "short-one")} for forms in drawn.values())
    assert 160 < short < 240
    other = rules.model_copy(update={"trial": long.model_copy(update={"name": "another"})})
    assert any(form_of(other, rep, MONDAY)[0] != next(iter(f))[0] for rep, f in drawn.items())


def test_outside_of_the_trials_weeks_everybody_has_the_full_form(rules):
    policy = rules.model_copy(update={"trial": TRIAL})
    later = MONDAY + dt.timedelta(weeks=1)
    assert {form_of(policy, f"r{n}", later) for n in range(50)} == {("full", None)}


def test_the_short_form_ends_after_the_focus_and_says_what_every_digest_must(rules):
    week = pages.bobs_week(rules)
    names = (f"short-{n}" for n in range(50))
    drawn = (
        rules.model_copy(update={"trial": TRIAL.model_copy(update={"name": n})}) for n in names
    )
    policy = next(one for one in drawn if form_of(one, "bob", MONDAY)[0] == "short")
    short, full = pages.digest_of(week, policy), pages.digest_of(week, rules)
    assert (short.form, full.form) == ("short", "full")
    assert len(short.html) < 0.6 * len(full.html)
    keys = {passage["key"] for passage in short.passages}
    assert {"headline", "win", "focus.1.action", "left_out", "dispute", "cutoff"} <= keys
    assert not any(key.startswith(("call.", "objection.", "theme.", "focus.2")) for key in keys)
    assert "Calls of the week" not in short.html + short.text
    assert loose_digits(visible_text(short.html), short.passages) == ""


def _digests(reps, form=lambda n: ("full", "short")[n % 2]):
    return [{"rep_user_id": f"r{n}", "week_start": MONDAY, "form": form(n)} for n in range(reps)]


@pytest.mark.parametrize(
    ("reps", "reads", "says"),
    [
        (80, lambda n: n % 2 == 1 or n % 8 == 0, "short does better"),
        (80, lambda n: n % 3 == 0, "cannot be told apart"),
        (18, lambda n: n % 2 == 1, "too few to say: 10 reps with each form are needed"),
        (0, lambda n: False, "too few to say: 10 reps with each form are needed"),
    ],
)
def test_forms_are_told_apart_only_where_reps_show_it(reps, reads, says):
    opened = {(f"r{n}", MONDAY): reads(n) for n in range(reps)}
    main, improved = outcomes(_digests(reps), opened, [], TRIAL)
    assert main.says == says
    assert improved.says.startswith("too few")
    assert (main.low is None) == says.startswith("too few")


def test_many_mails_to_one_rep_are_one_answer():
    weeks = [MONDAY + dt.timedelta(weeks=w) for w in range(20)]
    digests = [{"rep_user_id": rep, "week_start": week, "form": form}
               for rep, form in (("a", "full"), ("b", "short")) for week in weeks]  # fmt: skip
    opened = {("b", week): True for week in weeks} | {("a", week): False for week in weeks}
    main, _ = outcomes(digests, opened, [], TRIAL)
    assert main.says.startswith("too few")
    assert [(arm.reps, arm.digests, arm.mean) for arm in main.arms] == [
        (1, 20, 0.0),
        (1, 20, 100.0),
    ]


def test_a_focus_counts_once_however_many_weeks_it_stood():
    focus = [{"rep_user_id": "r1", "focus_id": "discovery.impact", "since_week": MONDAY, "state": s}
             for s in ("open", "open", "improved")]  # fmt: skip
    _, improved = outcomes(_digests(2), {}, focus, TRIAL)
    assert [(arm.digests, arm.mean) for arm in improved.arms] == [(0, None), (1, 100.0)]


@pytest.mark.parametrize("wrong", [{"forms": ("full", "full")}, {"until": dt.date(2020, 1, 6)}])
def test_a_trial_of_one_form_or_of_no_week_is_refused(wrong):
    with pytest.raises(ValidationError, match="two forms"):
        Trial.model_validate(TRIAL.model_dump() | wrong)


def test_the_form_is_noted_with_the_digest(team, materialize):
    materialize()
    with team.session("test") as db:
        rows = db.query("coaching/rep_digests", [MONDAY, MONDAY])
    assert set(rows["form"]) == {"full"}
    assert rows["trial"].isna().all()
