"""The policy: example cases hold, an edit that breaks one is noticed, bad values are refused."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cs_assets import config
from cs_assets.commands.route import app
from cs_assets.routing import policy, policy_cases

CASES = policy_cases.load()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_example_case_holds(case: policy_cases.Case) -> None:
    assert policy_cases.chosen(case, policy.load()) == case.expect


def test_an_edited_weight_breaks_an_example_case() -> None:
    rules = policy.load()
    weights = dict.fromkeys(policy.Weights.model_fields, 0.0) | {"tenure": 1.0}
    goal = rules.objective.model_copy(update={"weights": policy.Weights(**weights)})
    blind = rules.model_copy(update={"objective": goal})
    broken = [case.name for case in CASES if policy_cases.chosen(case, blind) != case.expect]
    assert broken


@pytest.mark.parametrize(
    ("old", "new", "breaks"),
    [
        ("max_accounts: 85", "max_accounts: 500", "a full book gets nothing"),
        ("cooling_hours: 4 ", "cooling_hours: 0 ", "nobody who cools down"),
        ("    tenure: 0.01 ", "    tenure: 0.0 ", "a needy account goes to experience"),
        ("    health: 0.06 ", "    health: 0.0 ", "a red account goes where"),
        ("    recency: 0.005", "    recency: 0.0", "in a batch who has just"),
        ("at_risk_at_least: 0.15", "at_risk_at_least: 5.0", "a red account goes where"),
        ("discouraged: 0.30", "discouraged: 0.0", "a red account goes to no newcomer"),
        ("never_below: 12", "never_below: 0", "a million does not go"),
    ],
)
def test_each_part_of_the_policy_has_a_case_that_its_edit_breaks(
    tmp_path: Path, old: str, new: str, breaks: str
) -> None:
    """A weight that is taken away goes to neediness, so that all sum to 1."""
    folder = edited(tmp_path, old, new)
    if (lost := re.search(r"0\.\d+$", old.strip())) and old.startswith("    "):
        path = folder / "routing.yaml"
        more = 0.005 + float(lost[0])
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("    neediness: 0.005", f"    neediness: {more:.3f}"))
    rules = policy.load(folder)
    broken = [c.name for c in CASES if policy_cases.chosen(c, rules) != c.expect]
    assert any(name.startswith(breaks) for name in broken), broken


def test_the_command_tells_which_case_an_edit_breaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CS_ASSETS_HOME", str(tmp_path / "home"))
    assert "12 of 12 cases hold" in _checked(0)
    monkeypatch.setenv("CS_ASSETS_CONFIG_DIR", str(tmp_path))
    edited(tmp_path, "cooling_hours: 4 ", "cooling_hours: 0 ")
    told = _checked(1)
    assert "nobody who cools down gets an account: heavy expected, cooling chosen" in told
    (tmp_path / "routing_cases.yaml").write_text("cases: []\n", encoding="utf-8")
    assert "0 of 0 cases hold" in _checked(0)


def _checked(status: int) -> str:
    answer = CliRunner().invoke(app, ["route-policy"], catch_exceptions=False)
    assert answer.exit_code == status, answer.output
    return " ".join(answer.output.split())


def edited(tmp_path: Path, old: str, new: str) -> Path:
    text = (Path(config.__file__).parent / "routing.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "routing.yaml").write_text(text.replace(old, new), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("book_size: 0.32", "book_size: 0.42", "sum to 1"),
        ("max_accounts: 85", "max_accounts: 0", "capacity.max_accounts"),
        ("cooling_hours: 4 ", "cooling_ours: 4 ", "eligibility"),
        ("Junior: 3\n", "Junior: 13\n", "rise"),
        ("{rule: cooling, a", "{rule: cap, a", "passing"),
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
