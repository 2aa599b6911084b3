"""The rubric and the taxonomy: what a wrong file says."""

import pytest
import yaml

from cs_assets import config
from cs_assets.calls.scoring.rubric import Rubric, Taxonomy, rules_version

BUILT_IN = config._BUILT_IN


def changed(tmp_path, name, change):
    document = yaml.safe_load((BUILT_IN / name).read_text(encoding="utf-8"))
    change(document)
    (tmp_path / name).write_text(yaml.safe_dump(document), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: d["weights"].update(discovery=0.5), "adding up to 1"),
        (lambda d: d["dimensions"]["discovery"]["criteria"].pop("impact"), "criteria are"),
        (lambda d: d["cues"].pop("check"), "cues: missing or unknown: check"),
        (lambda d: d["cues"].update(check=["("]), "cues.check|check: not a regular expression"),
        (lambda d: d["cues"].update(check=["(?=a)"]), "check: not a regular expression"),
        (lambda d: d["talk_ratio_band"].pop("default"), "'default' is needed"),
        (lambda d: d["dimensions"]["discovery"]["criteria"]["impact"].update(action="Ask 3 times."),
         "pattern"),
        (lambda d: d.update(surprise=1), "Extra inputs"),
    ],
)  # fmt: skip
def test_a_wrong_rubric_is_named_with_its_place(tmp_path, change, says):
    folder = changed(tmp_path, "coaching_rubric.yaml", change)
    with pytest.raises(config.BadConfiguration, match=says):
        config.load("coaching_rubric.yaml", Rubric, folder)


def test_a_taxonomy_without_an_outcome_is_refused(tmp_path):
    folder = changed(tmp_path, "objections.yaml", lambda d: d["outcomes"].pop("lost"))
    with pytest.raises(config.BadConfiguration, match="missing lost"):
        config.load("objections.yaml", Taxonomy, folder)


def test_an_edit_without_a_new_number_is_another_version(tmp_path, rubric, taxonomy):
    folder = changed(tmp_path, "coaching_rubric.yaml", lambda d: d.update(target_score=71))
    other = config.load("coaching_rubric.yaml", Rubric, folder)
    assert other.version == rubric.version
    assert rules_version(other, taxonomy) != rules_version(rubric, taxonomy)
    assert rules_version(rubric, taxonomy) == rules_version(rubric, taxonomy)


def test_a_longer_call_asks_for_more_up_to_a_limit(rubric):
    questions = rubric.criterion("discovery", "open_questions")
    asked = [questions.asked_for(minutes) for minutes in (1, 5, 10, 15, 20, 60)]
    assert asked == [3, 3, 6, 9, 10, 10]
