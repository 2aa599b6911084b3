"""Many people who decide at once, and what of it stands in the ledgers afterwards."""

import contextlib
import datetime as dt
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from cs_assets.customers.follow_up.actions import BadAction
from cs_assets.decided import DecidedAlready
from cs_assets.desk import decisions, session
from cs_assets.desk.drafts import Form
from cs_assets.desk.viewer import Viewer
from resources.duckdb.warehouse import DuckDBWarehouse
from tests.answers import tenant
from tests.answers.tenant import NEWEST, made
from tests.desk.viewing import viewer

_PEOPLE = 12


@dataclass
class Tally:
    """What was told to whom, and what stands where."""

    told: dict[str, int] = field(default_factory=Counter)
    """By form: how often it was told that it is done."""
    second: int = 0
    """Forms whose sender was told who was first."""
    misnamed: int = 0
    """... and that named somebody who had not decided."""
    lost: int = 0
    doubled: int = 0
    seen_after: list[float] = field(default_factory=list)
    """Seconds until others saw it."""


@dataclass(frozen=True)
class _Order:
    who: Viewer
    form: Form
    kind: str
    subject: str
    send: Callable[[], decisions.Outcome]


def rush_home(root: Path, subjects: int) -> Path:
    """A home with ``subjects`` customers of one CSM with advice, and as many accounts."""
    root.mkdir(parents=True, exist_ok=True)
    tenant.company(root / "warehouse.duckdb")
    names = [f"RUSH_{n}" for n in range(subjects)]
    rows = {
        "source.customers": [{"customer_id": one, "customer_name": one} for one in names],
        "source.csm_assignments": [{"customer_id": one, "csm_id": "CSM1"} for one in names],
        "analytics.customer_insights": [
            {"customer_id": one, "week_start": NEWEST, "next_action_code": "call",
             "action_id": f"{one}/call", "action_owner": "CSM1", "due_on": NEWEST}
            for one in names
        ],
        "analytics.weekly_reports": [
            # Not written: no sheet is made up for it, and none is read.
            {"customer_id": one, "week_start": NEWEST, "edition": "weekly", "status": "failed"}
            for one in names
        ],
        "analytics.account_csm_assignments": [
            {"account_id": one, "worker_id": "CSM1", "worker_name": "Csm 1"} for one in names
        ],
        "analytics.csm_routing_recommendations": [
            {"batch_id": "r", "account_id": one, "rank": 1, "worker_id": "CSM1"} for one in names
        ],
    }  # fmt: skip
    with DuckDBWarehouse(path=str(root / "warehouse.duckdb")).session("rush") as db:
        for table, given in rows.items():
            db.append(table, made(table, *given))
    return root


@contextlib.contextmanager
def at_home(home: Path) -> Iterator[None]:
    """The settings of this process mean ``home``."""
    before = os.environ.get("CS_ASSETS_HOME")
    os.environ["CS_ASSETS_HOME"] = str(home)
    try:
        yield
    finally:
        if before is None:
            del os.environ["CS_ASSETS_HOME"]
        else:
            os.environ["CS_ASSETS_HOME"] = before


def rush(home: Path, count: int, subjects: int, threads: int = 8, seed: int = 7) -> Tally:
    """Send ``count`` forms, every third one twice at once, and count what became of them."""
    chance, tally, lock = random.Random(seed), Tally(), threading.Lock()
    with at_home(home):
        orders = [_order(chance, subjects, number) for number in range(count)]
        sent = [one for one in orders for _ in range(1 + (chance.random() < 1 / 3))]
        first_by: dict[tuple[str, str], set[str]] = {}
        refused: list[tuple[_Order, str]] = []

        def send(order: _Order) -> None:
            try:
                order.send()
            except DecidedAlready as error:
                with lock:
                    refused.append((order, error.who))
                return
            except BadAction:  # the same person has taken it by another form
                with lock:
                    refused.append((order, order.who.address))
                return
            told = time.monotonic()
            _look(order)
            with lock:
                tally.told[order.form.form_id] += 1
                first_by.setdefault((order.kind, order.subject), set()).add(order.who.address)
                tally.seen_after.append(time.monotonic() - told)

        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(send, sent))
        tally.second = len({one.form.form_id for one, _ in refused})
        tally.misnamed = sum(
            who not in first_by.get((one.kind, one.subject), ()) for one, who in refused
        )
        _counted(tally, orders)
    return tally


def _order(chance: random.Random, subjects: int, number: int) -> _Order:
    """One form: what is decided alternates, who and on what is chance."""
    subject = f"RUSH_{chance.randrange(subjects)}"
    person = chance.randrange(_PEOPLE)
    kind = ("action", "routing", "review")[number % 3]
    role = "operations" if kind == "routing" else chance.choice(["operations", "csm:CSM1"])
    who = viewer(role, f"person{person}@x.example")
    form = Form.new(session.now())
    words = f"form {form.form_id[:8]}"
    send: dict[str, Callable[[], decisions.Outcome]] = {
        "action": lambda: decisions.act(who, form, subject, NEWEST, "taken", words=words),
        "routing": lambda: decisions.route(who, form, subject, "approve", "other", note=words),
        "review": lambda: decisions.review(who, form, subject, "note", words=words),
    }
    return _Order(who, form, kind, subject, send[kind])


_LEDGERS = {
    "action": ("customers/actions_of", lambda s: [s, s], "note"),
    "routing": ("routing/decisions", lambda s: [dt.datetime(9999, 1, 1)], "note"),
    "review": ("reviews/hands", lambda s: [s, s, NEWEST, NEWEST], "words"),
}


def _look(order: _Order) -> None:
    """Somebody else opens the page: what was decided stands there, or this raises."""
    statement, parameters, column = _LEDGERS[order.kind]
    other = session.Visit(viewer("operations", "other@x.example"), session.now())
    rows = other.remembered(
        statement, order.subject, read=lambda db: db.query(statement, parameters(order.subject))
    )
    assert f"form {order.form.form_id[:8]}" in set(rows[column])


def _counted(tally: Tally, orders: list[_Order]) -> None:
    """Hold the ledgers beside what people were told."""
    stands: Counter[str] = Counter()
    with session.warehouse().reading("rush") as db:
        for kind, (statement, parameters, column) in _LEDGERS.items():
            subjects = [None] if kind == "routing" else {o.subject for o in orders}
            for subject in subjects:
                stands.update(str(w) for w in db.query(statement, parameters(subject))[column])
        noted = Counter(
            str(row)
            for order in orders
            for row in db.query("desk/decision_of_form", [order.form.form_id])["form_id"]
        )
    for order in orders:
        name = order.form.form_id
        rows = (stands[f"form {name[:8]}"], noted[name])
        tally.lost += name in tally.told and min(rows) < 1
        tally.doubled += max(rows) > 1 or (name not in tally.told and max(rows) > 0)
