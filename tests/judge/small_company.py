"""The short form of J-change-07 and 08: a small company whose feeds are all late by a week."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from cs_assets.customers.policy import SEGMENT_WINDOW
from tests.figures import Figure
from tests.judge.absence import (
    SAYS_SO,
    absences,
    as_stored,
    company_of,
    false_texts,
    names_of,
    told_without,
)
from tests.judge.contradictions import contradictions
from tests.judge.random_company import random_company


def small_company_without_a_week(customers: int = 12, seed: int = 1) -> Iterator[Figure]:
    """The short form of J-change-07a and 08: a random company, all feeds a week late."""
    windows = (SEGMENT_WINDOW,)  # what the weekly review and segments look at
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        company = company_of(
            path / "company.duckdb", random_company(seed, customers).tables, windows
        )
        with company.session("absences") as db:
            before, names = as_stored(db), names_of(db)
            late = [one for one in absences(db) if one.name == f"{one.feed} late by a week"]
            touched = {one.name: one.touched(db) for one in late}
        base = told_without(company, path / "whole.duckdb", windows=windows)
        seen = told_without(company, path / "cut.duckdb", *late, windows=windows)
    found = [
        w for one in late for w in false_texts(base, seen, one, before, touched[one.name], names)
    ]
    disagree = [*contradictions(base), *contradictions(seen)]
    for words in (*found, *disagree):
        print(words)
    silent = [c for c in names if not SAYS_SO.search(seen.texts.get(f"insight/{c}", ""))]
    yield Figure(
        "J-change-07a", f"{len(late)} feeds of {customers} customers a week late, "
        f"told as a change, or not told at all", f"{len(found)} and {len(silent)}", "0 and 0",
        not found and not silent,
    )  # fmt: skip
    yield Figure(
        "J-change-08", "contradictions over these customers, with all there and without",
        str(len(disagree)), "0", not disagree,
    )  # fmt: skip
