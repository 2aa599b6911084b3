"""J-reviews-02: whether the advice gets the case study that a reader would give, or none."""

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from cs_assets.facts.model import Fact, FactSheet
from cs_assets.reviews.configuration import ReviewSettings, review_settings
from cs_assets.reviews.playbook import PlayWords
from cs_assets.reviews.writing.case_matching import CaseMatcher
from cs_assets.reviews.writing.plays.play import Play
from cs_assets.sample.handwritten import case_studies
from cs_assets.search.case_studies import LocalCaseStudySearch
from tests.figures import Figure

LABELLED = Path(__file__).parent / "labelled" / "advice_cases.yaml"
_MODULES = ("General Ledger", "Accounts Payable", "Accounts Receivable", "Cash Receipting")
_CODES = ("gl", "ap", "ar", "cr")


@cache
def labelled() -> dict[str, Any]:
    """The pairs and the other company's case studies."""
    document: dict[str, Any] = yaml.safe_load(LABELLED.read_text(encoding="utf-8"))
    return document


def given(pair: dict[str, Any], settings: ReviewSettings) -> str | None:
    """The id of the case study that one pair's advice gets."""
    rows = case_studies() if pair["of"] == "ours" else labelled()["theirs"]
    studies = pd.DataFrame(rows)
    matcher = CaseMatcher(studies, LocalCaseStudySearch(studies), settings.case_studies)
    about, topic = _about(pair, settings)
    sheet = _sheet(pair)
    found = matcher.match(sheet, [Play("x", "", "", "", "", "", 1.0, about=about, topic=topic)])
    return found.case_study_id if found else None


def _about(pair: dict[str, Any], settings: ReviewSettings) -> tuple[str, str]:
    """What a pair's advice is about, and its topic, as the play says it."""
    if "about" in pair:
        return pair["about"], "x"
    book = settings.plays
    plays: list[PlayWords] = [*book.triggered, book.unserved_goal, *book.standing]
    words = next(one for one in plays if one.code == pair["play"])
    case = getattr(words, "cases", {}).get(pair.get("case"))
    assert case is not None or "case" not in pair, pair
    about = (case and case.about) or words.about
    said = {"{it.name}": pair.get("module", ""), "{customer.goal}": pair.get("goal", "")}
    for slot, value in said.items():
        about = about.replace(slot, value)
    return about, words.topic.replace("{it.name}", pair.get("module", ""))


def _sheet(pair: dict[str, Any]) -> FactSheet:
    told = {
        "customer.industry": pair.get("industry"),
        "customer.segment": pair.get("segment"),
        "customer.goal": pair.get("goal"),
        **{f"adoption.module.{code}.name": name
           for code, name in zip(_CODES, _MODULES, strict=True)},
    }  # fmt: skip
    facts = tuple(Fact(key, key, value, "text") for key, value in told.items() if value)
    day = dt.date(2026, 11, 2)
    return FactSheet("customer", "C1", day, day, dt.datetime(2026, 11, 3), facts)


def right_cases() -> list[Figure]:
    """J-reviews-02: right case first where one fits, none where none does."""
    settings, pairs = review_settings(), labelled()["pairs"]
    got = [(pair, given(pair, settings)) for pair in pairs]
    for pair, case in got:
        if case != pair["wanted"]:
            print(f"  {pair.get('play') or pair.get('about')}: {case}, not {pair['wanted']}")
    figures = []
    for name, target, of in (
        ("right-case-first", 0.85, [g for g in got if g[0]["wanted"]]),
        ("no-case-where-none-fits", 0.9, [g for g in got if not g[0]["wanted"]]),
    ):
        right = sum(case == pair["wanted"] for pair, case in of)
        share = right / len(of)
        figures.append(
            Figure("J-reviews-02", name, f"{100 * share:.0f}% ({right} of {len(of)})",
                   f">={100 * target:.0f}%", share >= target)
        )  # fmt: skip
    return figures
