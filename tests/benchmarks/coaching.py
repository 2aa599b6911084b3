"""How fast coaching is."""

import datetime as dt
import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import dagster as dg
import numpy as np
import pandas as pd

import sql
from cs_assets.ai.writing import RulesWriter
from cs_assets.coaching import assets, policy, trends
from cs_assets.coaching.digest.digests import write_digest
from cs_assets.coaching.inputs import week_inputs
from cs_assets.coaching.rep_week import rep_week, users_of
from resources.duckdb.warehouse import DuckDBSession, DuckDBWarehouse
from resources.home import Home
from resources.home_resource import HomeResource
from resources.models.writer import WriterResource
from resources.settings import Settings
from tests import materialising
from tests.benchmarks.pages import AXE, axe_script
from tests.coaching import pages
from tests.coaching.tenant import CRITERIA, SCORES, evidence_of
from tests.figures import Figure, NotHere
from tests.judge.coaching import MONDAY, team_of_calls
from tests.reviews.browser import CHROMIUM, look

_LINES = (
    ("External", "It takes our clerks two days at the end of every month."),
    ("Internal", "What would it change for your team if that were one day?"),
    ("External", "We would close before the board meets."),
    ("External", "But that is too expensive for a town like ours."),
    ("Internal", "Let me show you how the approval works on the first screen."),
    ("External", "I see, and who would set that up for us?"),
)


def trends_of_a_large_team() -> Figure:
    """P-coaching-11."""
    calls = team_of_calls(np.random.default_rng(9), 200, 26)
    start = time.perf_counter()
    trends.week_trends(calls, MONDAY, policy.load())
    seconds = time.perf_counter() - start
    return Figure(
        "P-coaching-11",
        f"trends of 200 reps over 26 weeks ({len(calls)} calls)",
        f"{seconds:.1f} s",
        "<= 20 s",
        seconds <= 20,
    )


def large_team(reps: int, calls: int, weeks: int = 8) -> dict[str, pd.DataFrame]:
    """Users, calls, words and scores of a company, by table."""
    rng = np.random.default_rng(4)
    staged, analysed, words = [], [], []
    users = [
        {
            "user_id": f"rep{number:04}", "email": f"rep{number}@team.example",
            "full_name": f"Rep {_letters(number)}", "manager_id": f"rep{number // 10 * 10:04}",
            "is_active": True, "fetched_at": dt.datetime(2026, 11, 16),
        }
        for number in range(reps)
    ]  # fmt: skip
    for number in range(calls):
        rep, day = number % reps, MONDAY + dt.timedelta(days=6 - int(number * weeks * 7 / calls))
        call_id, scores = f"c{number}", rng.integers(20, 100, 4).astype(float)
        known = {"call_id": call_id, "call_date": day}
        staged.append(
            {
                **known, "title": "Call with a town", "primary_user_id": f"rep{rep:04}",
                "started": dt.datetime.combine(day, dt.time(9)), "is_private": False,
                "url": f"https://gong.example/call?id={call_id}", "call_type": "discovery",
                "hubspot_company_id": f"account {number % 4000}", "content_hash": "x",
            }
        )  # fmt: skip
        words += [
            {
                **known, "sentence_index": index, "turn_index": index, "affiliation": side,
                "user_id": f"rep{rep:04}" if side == "Internal" else None,
                "start_ms": index * 9_000, "end_ms": index * 9_000 + 8_000, "sentence": said,
            }
            for index, (side, said) in enumerate(_LINES)
        ]  # fmt: skip
        by_dimension = dict(zip(SCORES, scores, strict=True))
        quote = {"sentence_index": 1, "start_ms": 9_000, "speaker": "rep", "text": _LINES[1][1]}
        evidence = {name: evidence_of(name, by_dimension[name], quote) for name in SCORES}
        for name, own in evidence.items():
            for place in ("missed", "shown"):
                if place in own:
                    own[place] = {CRITERIA[name]: [4 if place == "missed" else 1]}
        objection = {
            "type": "price", "outcome": "unresolved", "sentence_index": 3, "reply_index": 4,
            "text": _LINES[3][1],
        }  # fmt: skip
        analysed.append(
            {
                **known, "rep_user_id": f"rep{rep:04}", "status": "scored",
                "overall_score": float(scores.mean()),
                **{f"{name}_score": score for name, score in by_dimension.items()},
                "evidence": json.dumps(evidence),
                "objections": json.dumps([objection] if number % 3 == 0 else []),
                "priority": "Low", "business_impact": "{}", "coaching_insights": "[]",
                "rubric_version": "1", "model": "rules",
            }
        )  # fmt: skip
    return {
        "gong.gong_users": pd.DataFrame(users),
        "gong.stg_gong_calls": pd.DataFrame(staged),
        "gong.stg_gong_call_transcripts": pd.DataFrame(words),
        "analytics.call_analysis": pd.DataFrame(analysed),
    }


def _letters(number: int) -> str:
    return "".join(chr(65 + int(digit)) for digit in f"{number:04}")


class _Team:
    """A warehouse with a large team, in which coaching assets run and statements are counted."""

    def __init__(self, folder: Path, reps: int, calls: int) -> None:
        self.home = Home(folder).ensure()
        self.warehouse = DuckDBWarehouse(path=str(self.home.warehouse))
        with self.warehouse.session("bench") as db:
            for table, rows in large_team(reps, calls).items():
                db.replace(table, rows, {})

    def run(self, *names: str) -> float:
        """Seconds of the assets, for the reported week."""
        chosen = [a for a in assets.assets if a.key.to_user_string() in names]
        start = time.perf_counter()
        materialising.materialize(
            chosen,
            partition_key=MONDAY.isoformat(),
            resources={
                "settings": Settings.load(cs_assets_home=self.home.root),
                "warehouse": self.warehouse,
                "home": HomeResource(root=str(self.home.root)),
                "writer": WriterResource(settings=Settings.load(cs_assets_writer="rules")),
            },
            instance=dg.DagsterInstance.ephemeral(),
        )
        return time.perf_counter() - start

    def prepared(self) -> "_Team":
        self.run("rep_week_scores", "rep_week_objections", "rep_week_trends")
        return self

    def reading(self) -> float:
        """Seconds in which all that a week's digests are made from is read."""
        start = time.perf_counter()
        with self.warehouse.reading("bench") as db:
            assets.read_frames(db, [MONDAY], policy.load())
            assets.read_told(db, MONDAY, policy.load())
        return time.perf_counter() - start

    def one_query_set_per_rep(self, reps: int, sample: int) -> tuple[float, float]:
        """Seconds of digests made one rep after the other, each from queries of its own, and of
        these queries alone.

        The same statements, cut to the rep in the warehouse, and the same making, for a sample of
        reps; scaled to all of them. Nothing is written, which is left out in its favour.
        """
        reading = 0.0
        rules, writer = policy.load(), RulesWriter()
        with self.warehouse.reading("naive") as db:
            users = users_of(db.query("coaching/reps"))
            start = time.perf_counter()
            for number in range(sample):
                own = f"rep{number * reps // sample:04}"
                asked: Any = _OfOneRep(db, own)
                begun = time.perf_counter()
                frames = assets.read_frames(asked, [MONDAY], rules)
                told = assets.read_told(asked, MONDAY, rules)
                reading += time.perf_counter() - begun
                inputs, _ = week_inputs(frames, told, MONDAY, rules)
                digest = write_digest(
                    rep_week(users[own], inputs, rules), writer, pages.PROMPT, rules
                )
                assert digest.week.calls
        whole = time.perf_counter() - start
        return whole / sample * reps, reading / sample * reps


class _OfOneRep:
    """A session whose statements give the rows of one rep."""

    #: Statements whose rows do not name a rep.
    _OF_ALL = ("topics_of_window", "read_days")

    def __init__(self, db: Any, rep: str) -> None:
        self._db, self._rep = db, rep

    def query(self, name: str, parameters: Sequence[Any]) -> pd.DataFrame:
        if name.endswith("sentences_of_window"):
            return self._db.query("coaching/sentences_of_rep", [*parameters, self._rep])
        if name.endswith(self._OF_ALL):
            return self._db.query(name, parameters)
        own = f"SELECT * FROM ({sql.text(name, 'duckdb')}) WHERE rep_user_id = ?"
        return self._db._run(own, [*parameters, self._rep]).df()


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that sessions run meanwhile."""
    run, seen = DuckDBSession._run, []

    def noted(self: Any, *arguments: Any, **more: Any) -> Any:
        seen.append(str(arguments[0]))
        return run(self, *arguments, **more)

    with patch.object(DuckDBSession, "_run", noted):
        yield seen


def statements_of(reps: int, calls: int) -> int:
    """Statements of a week's digests and team page."""
    with TemporaryDirectory() as folder:
        team = _Team(Path(folder), reps, calls).prepared()
        with counted() as seen:
            team.run("rep_digests", "team_summary")
    return len(seen)


def digests_of_a_large_team(reps: int = 1000, calls: int = 40_000) -> Iterable[Figure]:
    """P-coaching-01: all digests of a week on this machine's cores, and one rep after the other."""
    few = statements_of(10, 400)
    with TemporaryDirectory() as folder:
        team = _Team(Path(folder), reps, calls).prepared()
        with counted() as seen:
            seconds = team.run("rep_digests")
            team.run("team_summary")
        sample = 12
        naive, asked = team.one_query_set_per_rep(reps, sample)
        reading = team.reading()
    yield Figure(
        "P-coaching-01",
        f"digests of {reps} reps, {calls} calls over 8 weeks, {os.cpu_count()} cores",
        f"{seconds:.1f} s",
        "<= 10 s",
        seconds <= 10,
    )
    yield Figure(
        "P-coaching-01a",
        f"one query set per rep, one after the other ({sample} reps, scaled), in digests as above",
        f"{naive / seconds:.0f} x",
        ">= 50 x",
        naive >= 50 * seconds,
    )
    yield Figure(
        "P-coaching-01c",
        f"reading alone of a query set per rep ({asked:.0f} s), in readings of all at once",
        f"{asked / reading:.0f} x ({reading:.1f} s)",
        ">= 50 x",
        asked >= 50 * reading,
    )
    yield Figure(
        "P-coaching-01b",
        f"statements of a week, 10 reps and {reps}",
        f"{few} and {len(seen)}",
        "the same",
        few == len(seen),
    )


def rendering(runs: int = 60) -> Figure:
    """P-coaching-02: pages a second, of those of the bare template with the same view."""
    from cs_assets.coaching.digest import rendering as page
    from cs_assets.coaching.digest.sheet import digest_sheet
    from cs_assets.coaching.digest.view import digest_view

    rules = policy.load()
    week = pages.bobs_week(rules)
    sheet = digest_sheet(week, rules)
    view = digest_view(week, sheet, {"headline": "x", "win": "x", "why": "x"}, rules)
    fills = page.filled_once(sheet)
    template = page._template("digest.html.j2")
    template.render(view=view, fills=fills)
    start = time.process_time()
    for _ in range(runs):
        template.render(view=view, fills=fills)
    bare = time.process_time() - start
    start = time.process_time()
    for _ in range(runs):
        page.as_html("digest.html.j2", view, fills, 90_000, "bob")
    ours = time.process_time() - start
    return Figure(
        "P-coaching-02",
        "rendering of a page against the bare template loop",
        f"{100 * bare / ours:.0f} % ({1000 * ours / runs:.1f} ms a page)",
        ">= 70 %",
        bare >= 0.7 * ours,
    )


_READABLE = """
const parsed = text => (text.match(/[0-9.]+/g) || []).map(Number);
const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
  .map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const behind = node => {
  for (let one = node; one; one = one.parentElement) {
    const colour = parsed(page.getComputedStyle(one).backgroundColor);
    if (colour.length < 4 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
};
let least = 21;
for (const node of doc.querySelectorAll("body *")) {
  const said = [...node.childNodes].some(c => c.nodeType === 3 && c.textContent.trim());
  if (!said || node.getClientRects().length === 0 || node.offsetHeight < 2) continue;
  const [a, b] = [light(parsed(page.getComputedStyle(node).color)), light(behind(node))];
  least = Math.min(least, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
}
return {scrolls: doc.documentElement.scrollWidth > page.innerWidth, least};
"""


def readable_pages() -> Figure:
    """P-coaching-03: a digest and a manager's page in Chromium, light and dark, 360 and 600 px."""
    axe = axe_script()
    if not CHROMIUM or axe is None:
        raise NotHere("no Chromium is installed, or AXE_CORE names no axe.min.js")
    rules = policy.load()
    week = pages.bobs_week(rules)
    made = {"digest": pages.digest_of(week, rules).html}
    made["team"] = pages.summaries_of(week, rules)[1].html or ""
    scrolls, least, seen = 0, 21.0, 0
    violations: set[str] = set()
    with TemporaryDirectory() as folder:
        rule_book = Path(folder) / "axe.js"
        shutil.copy(axe, rule_book)
        for name, html in made.items():
            for mode in ("light", "dark"):
                dark = html.replace("(prefers-color-scheme: dark)", "all")
                page = Path(folder) / f"{name}-{mode}.html"
                page.write_text(dark if mode == "dark" else html, encoding="utf-8")
                for width in (360, 600):
                    told = look(page, _READABLE, Path(folder), width=width)
                    scrolls += told["scrolls"]
                    least = min(least, told["least"])
                    seen += 1
                    checked = look(page, AXE % rule_book.as_uri(), Path(folder), width=width)
                    violations |= {f"{name}:{one}" for one in checked["violations"]}
    told = f" ({', '.join(sorted(violations))})" if violations else ""
    return Figure(
        "P-coaching-03",
        "pages that scroll sideways at 360 and 600 px, least contrast, violations (axe-core)",
        f"{scrolls} of {seen}, {least:.1f}:1, {len(violations)}{told}",
        "0, >= 4.5:1, 0",
        not scrolls and least >= 4.5 and not violations,
    )


BY_ID = {
    "P-coaching-03": readable_pages,
    "P-coaching-01": digests_of_a_large_team,
    "P-coaching-01a": digests_of_a_large_team,
    "P-coaching-01b": digests_of_a_large_team,
    "P-coaching-01c": digests_of_a_large_team,
    "P-coaching-02": rendering,
    "P-coaching-11": trends_of_a_large_team,
}
