"""Many people who open pages in any order, and rows of others that reach them.

Whose a row is stands in plain dictionaries here, not in the code that is tried; customers move
from one CSM to another meanwhile, and what was kept before must not be shown after.
"""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from cs_assets.desk import session
from cs_assets.desk.guards import NotYours
from cs_assets.desk.reading import customer as pages
from cs_assets.desk.viewer import Viewer
from resources.duckdb.warehouse import DuckDBWarehouse
from tests.answers import tenant
from tests.answers.tenant import NEWEST, made
from tests.desk.rush import at_home
from tests.desk.viewing import viewer

CUSTOMERS = [f"F_{n}" for n in range(24)]
CSMS = [f"S_{n}" for n in range(8)]
REPS = [f"51000000000000000{n:02}" for n in range(6)]
#: Who leads the first and the second half of each.
CSM_LEADS, REP_LEADS = ("W_0", "W_1"), ("5200000000000000001", "5200000000000000002")
_THREADS = 8
#: Customers and calls whose own pages are opened: few, so that most are in memory.
_LOOKED_AT = 4


@dataclass
class Truth:
    """Whose each customer and call is now."""

    csm_of: dict[str, str]
    rep_of_call: dict[str, str]
    customer_of_call: dict[str, str]

    def scope(self, role: str, who: str) -> tuple[set[str], set[str], set[str]]:
        """Customers, reps and workers whose rows somebody may see."""
        csms: set[str] = {who} if role == "csm" else set()
        reps: set[str] = {who} if role == "rep" else set()
        if role == "manager" and who in CSM_LEADS:
            half = len(CSMS) // 2
            csms = {who, *(CSMS[:half] if who == CSM_LEADS[0] else CSMS[half:])}
        if role == "manager" and who in REP_LEADS:
            half = len(REPS) // 2
            reps = {who, *(REPS[:half] if who == REP_LEADS[0] else REPS[half:])}
        return {one for one, csm in self.csm_of.items() if csm in csms}, reps, csms


@dataclass
class Counted:
    """What was looked at."""

    requests: int = 0
    rows: int = 0
    foreign: int = 0
    kept: int = 0
    """Requests whose rows came from memory."""
    where: Counter[str] = field(default_factory=Counter)


def home(root: Path) -> tuple[Path, Truth]:
    """A company of many people."""
    chance = random.Random(3)
    truth = Truth(
        {one: CSMS[n % len(CSMS)] for n, one in enumerate(CUSTOMERS)},
        {f"61{n:017}": chance.choice(REPS) for n in range(len(CUSTOMERS))},
        {f"61{n:017}": one for n, one in enumerate(CUSTOMERS)},
    )
    half, third = len(CSMS) // 2, len(REPS) // 2
    calls = truth.customer_of_call
    rows: dict[str, list[dict[str, Any]]] = {
        "source.customers": [{"customer_id": c, "customer_name": c} for c in CUSTOMERS],
        "source.csms": [{"csm_id": s, "csm_email": f"{s}@x.example"} for s in CSMS],
        "source.csm_assignments": [
            {"customer_id": c, "csm_id": s} for c, s in truth.csm_of.items()
        ],
        "source.workday_workers": [
            {"worker_id": s, "worker_email": f"{s}@x.example", "manager_id": CSM_LEADS[n >= half]}
            for n, s in enumerate(CSMS)
        ] + [{"worker_id": w, "worker_email": f"{w}@x.example"} for w in CSM_LEADS],
        "gong.gong_users": [
            {"user_id": r, "email": f"{r}@x.example", "manager_id": REP_LEADS[n >= third]}
            for n, r in enumerate(REPS)
        ] + [{"user_id": r, "email": f"{r}@x.example"} for r in REP_LEADS],
        "gong.stg_gong_calls": [
            {"call_id": call, "call_date": NEWEST, "customer_id": c} for call, c in calls.items()
        ],
        "gong.stg_gong_call_transcripts": [
            {"call_id": call, "call_date": NEWEST, "sentence_index": 0, "sentence": call}
            for call in calls
        ],
        "analytics.call_analysis": [
            {"call_id": call, "call_date": NEWEST, "rep_user_id": truth.rep_of_call[call],
             "status": "scored", "overall_score": 50.0}
            for call in calls
        ],
        "analytics.call_signals": [
            {"call_id": call, "kind": "churn", "sentence": call, "confidence": 0.9}
            for call in calls
        ],
        "analytics.customer_metrics": [
            {"customer_id": c, "week_start": NEWEST, "health_segment": "Green"} for c in CUSTOMERS
        ],
        "analytics.customer_transitions": [
            {"customer_id": c, "subject": "health", "was": "Red", "has_become": "Green"}
            for c in CUSTOMERS
        ],
        "analytics.weekly_reports": [
            {"customer_id": c, "week_start": NEWEST, "edition": "weekly"} for c in CUSTOMERS
        ],
        "analytics.rep_week_focus": [
            {"rep_user_id": r, "week_start": NEWEST, "focus_id": "discovery.impact",
             "state": "open"}
            for r in REPS
        ],
        "analytics.rep_week_scores": [
            {"rep_user_id": r, "week_start": NEWEST, "dimension": "overall"} for r in REPS
        ],
        "analytics.account_csm_assignments": [
            {"account_id": f"A_{s}", "worker_id": s} for s in CSMS
        ],
    }  # fmt: skip
    root.mkdir(parents=True, exist_ok=True)
    tenant.company(root / "warehouse.duckdb")
    with DuckDBWarehouse(path=str(root / "warehouse.duckdb")).session("foreign") as db:
        for table, given in rows.items():
            db.append(table, made(table, *given))
    return root, truth


def people() -> list[tuple[str, str]]:
    """Everybody who looks: role and id."""
    return [
        *(("csm", one) for one in CSMS),
        *(("manager", one) for one in (*CSM_LEADS, *REP_LEADS)),
        *(("rep", one) for one in REPS),
    ]


def browsed(root: Path, truth: Truth, count: int, moves: int, seed: int = 11) -> Counted:
    """``count`` requests in eight threads; after every ``count / moves`` a customer moves."""
    chance, counted = random.Random(seed), Counted()
    everybody, part = people(), max(1, count // moves)
    calls = list(truth.rep_of_call)[:_LOOKED_AT]
    with at_home(root), ThreadPoolExecutor(_THREADS) as pool:
        for _ in range(moves):
            asked = [
                (*chance.choice(everybody), chance.choice(list(_PAGES)),
                 chance.choice(CUSTOMERS[:_LOOKED_AT]), chance.choice(calls))
                for _ in range(part)
            ]  # fmt: skip
            for name, rows, is_kept, foreign in pool.map(lambda one: _asked(truth, *one), asked):
                counted.requests += 1
                counted.rows += rows
                counted.kept += is_kept
                counted.foreign += foreign
                if foreign:
                    counted.where[name] += foreign
            _move(root, truth, chance)
    return counted


def _move(root: Path, truth: Truth, chance: random.Random) -> None:
    moved, to = chance.choice(CUSTOMERS), chance.choice(CSMS)
    truth.csm_of[moved] = to
    with DuckDBWarehouse(path=str(root / "warehouse.duckdb")).session("foreign") as db:
        row = made("source.csm_assignments", {"customer_id": moved, "csm_id": to})
        db.merge("source.csm_assignments", row)


#: What pages read: of everything, of a customer, of a call.
_PAGES: dict[str, Callable[[Any, str, str], Any]] = {
    "overview": lambda db, c, k: db.query("customers/overview", [NEWEST, None]),
    "transitions": lambda db, c, k: db.query(
        "customers/transitions_of", [None, None, NEWEST, NEWEST]
    ),
    "calls": lambda db, c, k: db.query("calls/list_calls", [NEWEST, NEWEST, *[None] * 6]),
    "call": lambda db, c, k: db.query("calls/one_call", [k]),
    "said": lambda db, c, k: db.query("calls/sentences_of_call", [k]),
    "signals": lambda db, c, k: db.query("calls/signals", [NEWEST, NEWEST, None, None, None]),
    "focus": lambda db, c, k: db.query("coaching/rep_week_focus", [NEWEST, NEWEST]),
    "scores": lambda db, c, k: db.query("coaching/rep_week_scores", [NEWEST, NEWEST]),
    "reps": lambda db, c, k: db.query("coaching/reps").rename(columns={"user_id": "rep_user_id"}),
    "owners": lambda db, c, k: db.query("routing/assignments"),
    "workers": lambda db, c, k: db.query("routing/workers"),
    "reports": lambda db, c, k: db.query("reports/weeks_of_customer", [c]).assign(customer_id=c),
    "page: calls": lambda db, c, k: pd.DataFrame(pages.calls_of(db, c)).assign(customer_id=c),
    "page: signals": lambda db, c, k: pd.DataFrame(pages.signals_of(db, c)).assign(customer_id=c),
    "page: history": lambda db, c, k: pd.DataFrame(pages.history_of(db, c)).assign(customer_id=c),
}
_OF_CUSTOMER = ("reports", "page: calls", "page: signals", "page: history")
_OF_CALL = ("call", "said")


def _asked(
    truth: Truth, role: str, who: str, name: str, customer: str, call: str
) -> tuple[str, int, bool, int]:
    """Rows that reach somebody, whether from memory, and how many of them are others'."""
    somebody: Viewer = viewer(f"{role}:{who}", f"{who}@x.example")
    looked: list[int] = []

    def read(db: Any) -> Any:
        looked.append(1)
        return _PAGES[name](db, customer, call)

    try:
        rows = session.Visit(somebody, session.now()).remembered(name, customer, call, read=read)
    except NotYours:
        return name, 0, False, 0
    foreign = sum(_is_foreign(truth, role, who, row) for row in rows.to_dict("records"))
    return name, len(rows), not looked, foreign


def _is_foreign(truth: Truth, role: str, who: str, row: dict[str, Any]) -> bool:
    customers, reps, workers = truth.scope(role, who)
    call = row.get("call_id")
    owners = {
        "customer": row.get("customer_id") or truth.customer_of_call.get(str(call)),
        "rep": row.get("rep_user_id") or truth.rep_of_call.get(str(call)),
        "worker": row.get("worker_id"),
    }
    is_theirs = (
        owners["customer"] in customers or owners["rep"] in reps or owners["worker"] in workers
    )
    score = row.get("overall_score")
    shows_score = score is not None and not pd.isna(score)
    return not is_theirs or (shows_score and owners["rep"] not in reps)
