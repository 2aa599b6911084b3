"""What calls of won deals share: deals are counted, false findings are few, little says nothing."""

import json

import duckdb
import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from cs_assets.calls.patterns import LEAST_DEALS, Pattern, outcomes, patterns
from cs_assets.commands import calls, calls_heard  # noqa: F401  # adds its commands

SHARE = "discovery.impact"


def calls_of(rng, deals: int, lift: float = 0.0, calls_each: int = 3) -> pd.DataFrame:
    """Calls of as many won as lost deals, those of a deal alike; ``lift``: of won, in one share."""
    rows = []
    for number in range(2 * deals):
        own = rng.normal(0.5, 0.15)
        for _ in range(calls_each):
            shares = rng.uniform(size=4)
            heard = float(np.clip(own + (lift if number < deals else 0.0), 0, 1))
            rows.append({
                "hubspot_deal_id": f"deal-{number}", "status": "scored", "next_step": "We meet.",
                "evidence": json.dumps({"discovery": {"criteria": {
                    "impact": heard, "decision": shares[0], "open_questions": None}}}),
                "talk_ratio": shares[1], "question_count": 20 * shares[2],
                "longest_monologue_seconds": 100 * shares[3],
            })  # fmt: skip
    return pd.DataFrame(rows)


def ended(deals: int) -> dict[str, str]:
    return {f"deal-{n}": "won" if n < deals else "lost" for n in range(2 * deals)}


def by_name(found: list[Pattern]) -> dict[str, Pattern]:
    return {one.behaviour: one for one in found}


def test_a_difference_is_found_with_its_n_and_interval(rubric) -> None:
    rows = calls_of(np.random.default_rng(5), 40, lift=0.2)
    found = patterns(rows, ended(40), rubric)
    first = found[0]
    assert (first.behaviour, first.verdict, first.won, first.lost) == (
        SHARE, "more in won", 40, 40,
    )  # fmt: skip
    assert first.low < first.difference < first.high
    assert first.low > 0
    assert first.difference == pytest.approx(first.mean_won - first.mean_lost)
    assert by_name(found)["discovery.open_questions"].verdict == "too few deals"
    assert by_name(found)["next_step"].verdict == "no spread to judge by"  # all have one


def test_calls_of_one_deal_are_one_observation(rubric) -> None:
    """Many calls of the same few deals are no evidence: false findings stay as few as they may."""
    rng = np.random.default_rng(11)
    false = 0
    for _ in range(60):
        rows = calls_of(rng, 12, calls_each=8)
        false += any(p.verdict.startswith("more") for p in patterns(rows, ended(12), rubric))
    assert false <= 8  # of 60 at a rate of .05: more than 8 in one of 300 times


def test_too_few_deals_say_nothing(rubric) -> None:
    rows = calls_of(np.random.default_rng(3), LEAST_DEALS - 1, lift=0.4)
    found = patterns(rows, ended(LEAST_DEALS - 1), rubric)
    assert {one.verdict for one in found} == {"too few deals"}
    assert all(one.difference is None and one.q_value is None for one in found)
    assert by_name(found)[SHARE].won == LEAST_DEALS - 1


def test_open_deals_and_calls_without_one_do_not_count(rubric) -> None:
    rows = calls_of(np.random.default_rng(3), 12)
    rows.loc[0, "hubspot_deal_id"] = None
    rows.loc[1, "status"] = "too_short"
    known = outcomes(pd.DataFrame({
        "deal_id": ["deal-0", "deal-1", "deal-2"],
        "deal_stage": ["Closed won", "closedlost", "Negotiation"],
    }))  # fmt: skip
    assert known == {"deal-0": "won", "deal-1": "lost"}
    found = by_name(patterns(rows, known, rubric))
    assert (found[SHARE].won, found[SHARE].lost) == (1, 1)


def test_the_command_says_that_there_is_too_little(
    labelled_warehouse, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("CS_ASSETS_HOME", str(tmp_path))
    with duckdb.connect(labelled_warehouse.path) as db:
        db.execute(
            "INSERT INTO source.hubspot_deals (deal_id, deal_name, deal_stage) "
            "SELECT DISTINCT hubspot_deal_id, 'x', IF(hubspot_deal_id < 'deal-2', 'Closed won', "
            "'Closed lost') FROM gong.stg_gong_calls"
        )
    said = CliRunner().invoke(calls.app, ["patterns"], catch_exceptions=False).stdout
    assert "need not be its cause" in said
    rows = json.loads(CliRunner().invoke(calls.app, ["patterns", "--json"]).stdout)
    assert {row["verdict"] for row in rows} <= {
        "no difference found", "too few deals", "no spread to judge by", "more in won",
        "more in lost",
    }  # fmt: skip
    assert any(row["won"] and row["lost"] for row in rows)
