"""No code of the platform is there for tests alone, but what is named here with its reason."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_PACKAGES = ("cs_assets", "resources", "sensors", "schedules", "sql")
#: A function, class or value of a module; what is decorated is a command, an asset, a chart, a
#: setting up.
_MADE = re.compile(r"(?:^|\n\n)(?:def|class) (\w+)|(?<=\n)(\w+)(?:: [^=\n]+)? = ")

KEPT = {
    "weighted_kappa": "agreement of scorers, for figures and for labels that come later",
    "breaches_of_prompt": "a prompt keeps its phrases: checked when prompts are edited",
    "verified_queries": "Cortex Analyst's examples, run by the tests of the semantic model",
    "physical_query": "likewise",
    "NO_CALL": "tables whose words are of no call, so that a test can ask about all others",
    "snowflake_resource": "for assets that users write beside the platform's (docs/snowflake.md)",
}


def test_nothing_is_reached_by_tests_alone():
    texts = [
        path.read_text(encoding="utf-8")
        for package in _PACKAGES
        for ending in ("*.py", "*.yaml")
        for path in (ROOT / package).rglob(ending)
        if "__pycache__" not in path.parts
    ]
    named = Counter(word for text in texts for word in re.findall(r"\w+", text))
    made = {name for text in texts for pair in _MADE.findall(text) for name in pair if name}
    assert len(made) > 1000
    alone = {name for name in made if named[name] == 1} - set(KEPT)
    assert not alone
    assert set(KEPT) <= made, "what is kept for later is there"
