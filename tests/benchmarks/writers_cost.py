"""What reports written by Claude cost: what is sent, and what of it Claude had kept."""

import tempfile
from dataclasses import replace
from pathlib import Path

from cs_assets.ai.configuration import load
from cs_assets.ai.ledger.ledger import AiLedger
from cs_assets.ai.writing import Assignment
from cs_assets.facts.model import Fact, FactSheet
from tests.ai.caching_claude import CachingClaude
from tests.ai.loopback import serving
from tests.ai.sheets import GOOD, assignment, sheet
from tests.ai.writers import claude_writer
from tests.figures import Figure

SECTIONS = ("performance", "value", "next_steps")
#: Facts of a review of the sample company, about.
_FACTS = 180


def report(customer: int) -> list[Assignment]:
    """The sections of one customer's review, with as many facts as a real one has."""
    plain = sheet(f"c-{customer}", customer)
    more = [
        Fact(
            f"usage.module_{n}", f"Active users of module {n} in the window", 10.0 * n, "count", n=5
        )
        for n in range(_FACTS)
    ]
    facts: FactSheet = replace(plain, facts=(*plain.facts, *more))
    return [assignment(facts, name) for name in SECTIONS]


def sent_uncached(reports: int = 100) -> Figure:
    """P-snowflake-09: three sections a report; the first version's requests in the same run."""
    found = {}
    for before in (True, False):
        claude = CachingClaude(GOOD, before=before)
        with tempfile.TemporaryDirectory() as folder, serving(claude) as server:
            written = claude_writer(server.url, Path(folder)).write_reports(
                [report(n) for n in range(reports)]
            )
            rows = AiLedger(Path(folder) / "ai.sqlite", load().ceilings).rows()
        assert all(draft.writer == "claude" for drafts in written for draft in drafts)
        found[before] = (claude, sum(row["micro_dollars"] for row in rows) / 1e6)
    (old, dear), (new, cheap) = found[True], found[False]
    share = new.uncached / old.uncached
    return Figure(
        "P-snowflake-09",
        f"tokens_sent_uncached_for_{len(SECTIONS)}_sections_of_{reports}_reports",
        f"{new.uncached:,} against {old.uncached:,} = {share:.0%}; "
        f"{cheap:.2f} USD against {dear:.2f}",
        "at most 45 %",
        share <= 0.45 and cheap < dear,
    )
