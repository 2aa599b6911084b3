"""The policy: example cases hold, an edit that breaks one is noticed, bad values are refused."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from cs_assets import config
from cs_assets.routing import accounts as describing
from cs_assets.routing import books as shelving
from cs_assets.routing import policy
from cs_assets.routing.recommend import recommend
from tests.routing.frames import AS_OF, account, owned, worker

CASES = yaml.safe_load(
    (Path(config.__file__).parent / "routing_cases.yaml").read_text(encoding="utf-8")
)["cases"]


def chosen(case: dict[str, Any], rules: policy.Policy) -> str | None:
    """Who gets the account of a case, as a single account and as one of a batch of two."""
    people, held = [], []
    for name, csm in case["csms"].items():
        hired = AS_OF.date() - dt.timedelta(days=int(csm["months"] * 30.5))
        people.append(worker(name, hire_date=hired))
        since = AS_OF - dt.timedelta(hours=csm.get("hours_since", 1000))
        for k in range(csm["accounts"]):
            colour = "Red" if k < csm.get("red", 0) else "Green"
            held.append(owned(f"{name}{k}", name, owned_since=since, health_segment=colour))
    mine = pd.DataFrame(held).rename(columns={"owner_worker_id": "worker_id"})
    mine = describing.weigh(mine.assign(churn_signals=0, worst_signal=0), rules)
    books = shelving.books(pd.DataFrame(people), mine, AS_OF, rules)
    fresh = pd.DataFrame([account("NEW", **case["account"])]).assign(
        churn_signals=0,
        worst_signal=0,
        parent_owner_id=None,
        waiting_since=AS_OF,
        batched_at=AS_OF,
    )
    outcome = recommend(describing.describe(fresh, rules), books, rules)
    first = outcome.recommendations.iloc[0]
    return None if first["worker_id"] is None else str(first["worker_id"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_example_case_holds(case: dict[str, Any]) -> None:
    assert chosen(case, policy.load()) == case["expect"]


def test_an_edited_weight_breaks_an_example_case() -> None:
    rules = policy.load()
    weights = {"book_size": 0.0, "neediness": 0.0, "health": 0.0, "tenure": 1.0, "recency": 0.0}
    blind = rules.model_copy(update={"single": policy.Single(**weights)})
    broken = [case["name"] for case in CASES if chosen(case, blind) != case["expect"]]
    assert broken


def edited(tmp_path: Path, old: str, new: str) -> Path:
    text = (Path(config.__file__).parent / "routing.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "routing.yaml").write_text(text.replace(old, new), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("book_size: 0.30", "book_size: 0.40", "sum to 1"),
        ("max_accounts: 85", "max_accounts: 0", "capacity.max_accounts"),
        ("cooling_hours: 4 ", "cooling_ours: 4 ", "eligibility"),
        ("Junior: 3\n", "Junior: 13\n", "rise"),
        ("relaxation: [cooling", "relaxation: [cap", "relaxation"),
    ],
)
def test_a_bad_value_is_refused_with_its_place(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    with pytest.raises(config.BadConfiguration, match=says):
        policy.load(edited(tmp_path, old, new))


def test_the_version_changes_with_any_value(tmp_path: Path) -> None:
    other = policy.load(edited(tmp_path, "cooling_hours: 4 ", "cooling_hours: 5 "))
    assert other.version != policy.load().version
    assert policy.load().version == policy.load().version


def test_a_limits_file_of_the_old_form_is_accepted(tmp_path: Path) -> None:
    old = {
        "max_accounts_per_csm": 70,
        "cooling_period_hours": 6,
        "segment_limits": {"Residential": 60},
    }
    (tmp_path / policy.LIMITS_FILE).write_text(json.dumps(old))
    rules = policy.load(tmp_path)
    assert rules.capacity.max_accounts == 70
    assert rules.capacity.max_accounts_by_segment["Residential"] == 60
    assert rules.eligibility.cooling_hours == 6
    (tmp_path / policy.LIMITS_FILE).write_text('{"max_accounts_per_csm": -1}')
    with pytest.raises(config.BadConfiguration, match="limits"):
        policy.load(tmp_path)
