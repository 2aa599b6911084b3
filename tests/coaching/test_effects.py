"""What coaching changed: a planted effect is found, a return to the mean is none."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cs_assets import config
from cs_assets.coaching import effects
from cs_assets.coaching.digest.team import audiences
from cs_assets.coaching.digest.team_view import write_summary
from cs_assets.coaching.planning.standings import Chance
from cs_assets.coaching.windows import WEEK
from cs_assets.config.deals import DealRules
from tests.coaching import pages
from tests.coaching.tenant import MONDAY, small_team

LAST = dt.date(2026, 9, 21)  # the week that ends on 27 September; the next ends in October
BEHAVIOURS = [f"discovery.b{n}" for n in range(8)]


def planted(draw, uplift, reps=40, weeks=26):
    """Reps whose worst-looking behaviour of six weeks came into focus in the middle of the span."""
    seen, came = {}, {}
    turn = LAST - (weeks // 2) * WEEK
    for number in range(reps):
        rep, own = f"r{number}", {}
        levels = draw.uniform(0.35, 0.65, len(BEHAVIOURS))
        days = [LAST - back * WEEK + dt.timedelta(days=d) for back in range(weeks) for d in (0, 2)]
        for behaviour, level in zip(BEHAVIOURS, levels, strict=True):
            own[behaviour] = [(day, draw.random() < level) for day in days]
        known = {b: [v for day, v in calls if turn - 5 * WEEK <= day < turn + WEEK]
                 for b, calls in own.items()}  # fmt: skip
        worst = min(known, key=lambda b: (sum(known[b]), b))
        after = [
            (day, v or (day >= turn + WEEK and draw.random() < uplift)) for day, v in own[worst]
        ]
        own[worst] = after
        came[rep, worst] = [(turn, turn + 5 * WEEK)]
        seen[rep] = {
            b: [Chance({"call_id": f"{rep}{b}{i}", "call_date": day}, not done, ())
                for i, (day, done) in enumerate(calls)]
            for b, calls in own.items()
        }  # fmt: skip
    return seen, came


def told(rules, draw, uplift):
    seen, came = planted(draw, uplift)
    rows = effects.effect_rows(seen, came, {}, LAST, 26, rules.effects)
    return rows.set_index("measure").loc["behaviour"]


def test_a_planted_effect_is_found_with_its_interval(rules):
    row = told(rules, np.random.default_rng(1), 0.6)
    assert row["verdict"] == "works"
    assert row["effect_low"] < 30 < row["effect_high"]  # 0.6 of the half that was missing
    assert (row["treated"], row["reps"]) == (40, 40)


def test_what_gets_better_by_itself_is_not_said_to_be_coaching(rules):
    found = [told(rules, np.random.default_rng(seed), 0.0) for seed in range(12)]
    assert sum(row["verdict"] == "works" for row in found) <= 1
    # The bare change would say so every time: the worst of eight comes back to its mean.
    assert all(row["after"] - row["before"] > 5 for row in found)


def test_of_few_nothing_is_said(rules):
    seen, came = planted(np.random.default_rng(2), 0.9)
    few = {rep: seen[rep] for rep in list(seen)[:10]}
    row = effects.effect_rows(few, came, {}, LAST, 26, rules.effects).iloc[0]
    assert row["verdict"] == "too few"
    assert row[["before", "after", "effect"]].isna().all()


@pytest.mark.parametrize(
    ("stages", "moved"),
    [
        (["Demo", "Negotiation"], 1.0),
        (["Demo", "Demo"], 0.0),
        (["Negotiation", "Closed Won"], 1.0),
        (["Negotiation", "Closed Lost"], 0.0),
        (["Closed Won", "Closed Won"], None),
        (["Demo", "Something else"], None),
        (["Demo"], None),
        ([None, "Demo"], None),
    ],
)
def test_a_deal_moved_on_where_its_next_call_says_so(stages, moved):
    rows = pd.DataFrame(
        {"call_id": [f"c{i}" for i in range(len(stages))], "deal_stage": stages,
         "started": [pd.Timestamp(2026, 9, 1 + 7 * i) for i in range(len(stages))],
         "deal_id": "d", "sentiment": None}
    )  # fmt: skip
    found = effects.outcomes(rows, config.load("deals.yaml", DealRules))
    assert found["c0"]["deals"] == moved


def test_a_deal_heard_of_months_later_says_nothing():
    rows = pd.DataFrame(
        {"call_id": ["a", "b"], "deal_stage": ["Demo", "Proposal"], "deal_id": "d",
         "started": [pd.Timestamp(2026, 3, 1), pd.Timestamp(2026, 9, 1)], "sentiment": [0.5, None]}
    )  # fmt: skip
    found = effects.outcomes(rows, config.load("deals.yaml", DealRules))
    assert found["a"] == {"sentiment": 0.5, "deals": None}


def test_what_was_in_focus_lately_or_comes_into_it_is_no_comparison(rules):
    calls = [Chance({"call_id": str(i), "call_date": LAST - i * dt.timedelta(days=3)}, False, ())
             for i in range(80)]  # fmt: skip
    seen = {"ann": {"discovery.b0": calls}}
    turn = LAST - 12 * WEEK
    for since, taken in ((turn + 3 * WEEK, 0), (turn - 3 * WEEK, 0), (turn - 20 * WEEK, 1)):
        came = {("ann", "discovery.b0"): [(since, since + WEEK)]}
        found = effects.cases(seen, came, {}, "behaviour", [turn], rules.effects)
        assert len(found) == taken, since


def test_a_quarter_ends_once():
    mondays = [dt.date(2025, 12, 29) + n * WEEK for n in range(53)]
    last = [monday for monday in mondays if effects.is_quarters_last(monday)]
    assert last == [dt.date(2026, 3, 23), dt.date(2026, 6, 22), LAST, dt.date(2026, 12, 21)]


@pytest.mark.parametrize(("monday", "rows"), [(LAST, 3), (MONDAY, 0)])
def test_the_table_has_a_quarters_rows_and_other_weeks_none(warehouse, materialize, monday, rows):
    small_team().store(warehouse)
    materialize("coaching_effects", last=monday.isoformat())
    with warehouse.session("test") as db:
        found = db.query("coaching/coaching_effects", [monday, monday])
    assert len(found) == rows
    assert set(found["verdict"]) <= {"too few"}


@pytest.mark.parametrize(
    ("verdict", "says"),
    [
        ("works", "41.0 before, 62.0 after: better by +12.0 than where nobody had them in focus"),
        ("not clear", "Whether that is the coaching cannot be told: +12.0 (likely"),
        ("too few", "Too few to say: 30 focus areas of 9 reps, set beside 80 like them"),
    ],
)
def test_the_team_page_says_it_with_its_interval_and_n(rules, verdict, says):
    known = verdict != "too few"
    row = {"measure": "behaviour", "treated": 30, "reps": 9, "untreated": 80, "verdict": verdict,
           "before": 41.0 if known else None, "after": 62.0 if known else None,
           "effect": 12.0 if known else None, "effect_low": 3.0 if known else None,
           "effect_high": 21.0 if known else None}  # fmt: skip
    week = pages.bobs_week(rules)
    team = replace(audiences(MONDAY, [week], [], [], {}, rules)[0], effects=(row,))
    summary = write_summary(team, rules)
    assert says in " ".join(summary.text.split())
    assert says in " ".join(summary.html.split())
    assert "better by" not in write_summary(replace(team, effects=()), rules).text
