"""Whether questions are answered rightly, or not at all: golden questions on the sample company.

Right is what a rule of ``asked_rules`` derives from the warehouse; every fact is besides compared
with the one cell that it names, and every quote with the transcript.
"""

import json
import random
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import yaml

from cs_assets.answers.answering import Answers
from cs_assets.answers.model import Answer, Plan, Proven
from cs_assets.answers.questions import QUESTIONS
from cs_assets.answers.scope import asker
from resources.duckdb.warehouse import DuckDBWarehouse
from tests.figures import Figure
from tests.judge.asked_rules import Item, Judged, expected
from tests.judge.finished_home import finished_home

_FOLDER = Path(__file__).with_name("golden")
ASKERS = (
    "csm:CSM001", "csm:CSM002", "csm:CSM003", "csm:CSM004",
    "rep:tomas.ibarra@fairlight.example", "rep:jin.park@fairlight.example",
    "manager:oliver.grant@fairlight.example",
)  # fmt: skip


@cache
def golden(name: str) -> tuple[dict[str, Any], ...]:
    """The golden questions of one kind."""
    return tuple(yaml.safe_load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")))


@dataclass
class Asking:
    """A warehouse that is asked, and read by other statements beside."""

    db: Any
    judged: Judged
    _answers: dict[str, Answers] = field(default_factory=dict)

    def of(self, who: str) -> Answers:
        if who not in self._answers:
            self._answers[who] = Answers(self.db, asker(who))
        return self._answers[who]

    def ask(self, item: Item) -> Answer:
        return self.of(item.get("as", "operations")).ask(self.judged.worded(item))


@contextmanager
def asking(warehouse: Path) -> Iterator[Asking]:
    """Reads the warehouse; nothing is written."""
    with DuckDBWarehouse(path=str(warehouse)).reading("judge") as db:
        yield Asking(db, Judged(db._connection))


def verdict(asked: Asking, item: Item) -> tuple[str, str]:
    """``right``, ``unknown`` or ``wrong``, and why."""
    answer = asked.ask(item)
    if answer.status not in ("answered", "nothing"):
        return "unknown", answer.text
    if answer.question != item["question"]:
        return "wrong", f"answered {answer.question}"
    refs = [one.ref for one in answer.facts]
    due = expected(asked.judged, item)
    alike = {(ref.split("/")[0], ref.rsplit("/", 1)[1]) for ref in due}
    got = [ref for ref in refs if (ref.split("/")[0], ref.rsplit("/", 1)[1]) in alike]
    if got != due:
        return "wrong", f"{got[:3]} instead of {due[:3]}"
    if false := false_facts(asked.judged, answer):
        return "wrong", false[0]
    return "right", ""


def false_facts(judged: Judged, answer: Answer) -> list[str]:
    """Facts that differ from their cell, and quotes that nobody said in the call."""
    false = [one.ref for one in answer.facts if not _is_true(judged, one)]
    for quote in answer.quotes:
        said = judged.column(
            "SELECT string_agg(sentence, ' ' ORDER BY sentence_index) FROM "
            "gong.stg_gong_call_transcripts WHERE call_id = ?", [quote.source_id],
        )  # fmt: skip
        if quote.text not in (said[0] or ""):
            false.append(f"quote of {quote.source_id}")
    return false


def _is_true(judged: Judged, one: Proven) -> bool:
    found, value = judged.cell(one.ref), one.fact.value
    if found is None:  # a count of rows, or of days that were asked for; or nothing is there
        return value is None or one.column in ("rows", "days", "embedding")
    (cell,) = found
    if value is None or cell is None:
        return value is None and (cell is None or one.column == "evidence")
    if one.column == "health_factors":
        told = [part[name] for part in json.loads(cell).values() for name in ("points", "weight")]
        return any(abs(value - x * f) < 1e-6 for x in told if x is not None for f in (1, 100))
    if isinstance(value, str):
        text = str(cell)[:10] if one.fact.unit == "date" else str(cell)
        return value == text or (one.column in ("evidence", "reason") and value[:20] in text)
    factors = (1, 100) if one.fact.unit == "percent" else (1,)
    return any(abs(float(value) - float(cell) * factor) < 1e-6 for factor in factors)


_SETS = {
    "J-ask-01": ("documented phrasings", ("answerable",)),
    "J-ask-01b": (
        "paraphrases that widened the words",
        ("paraphrases", "fresh_paraphrases", "likely_paraphrases"),
    ),
    "J-ask-01d": ("paraphrases held out", ("held_out_paraphrases",)),
}


def right_answers(asked: Asking, step: int = 1) -> Iterator[Figure]:
    """J-ask-01 in its parts: right facts by kind of phrasing, and wrong ones over all."""
    wrong = asked_in_all = 0
    for figure, (name, files) in _SETS.items():
        items = [item for file in files for item in golden(file)][::step]
        right = 0
        for item in items:
            said, why = verdict(asked, item)
            right += said == "right"
            wrong += said == "wrong"
            if said != "right":
                print(f"  {said}: {item['ask']}: {why}")
        asked_in_all += len(items)
        share = f"{100 * right / len(items):.1f} %"
        yield Figure(
            figure, f"right facts, {len(items)} {name}", share, ">= 90 %", right >= 0.9 * len(items)
        )
    for item in golden("unanswerable")[::step]:
        asked_in_all += 1
        if (answer := asked.ask(item)).facts:
            wrong += 1
            print(f"  answered: {item['ask']}: {answer.text[:80]}")
    yield Figure(
        "J-ask-01c", f"wrong facts, {asked_in_all} questions",
        f"{100 * wrong / asked_in_all:.1f} %", "<= 1 %", wrong <= 0.01 * asked_in_all,
    )  # fmt: skip


def bare_numbers(asked: Asking, step: int = 1) -> Figure:
    """J-ask-02: digits in a text that no fact, quote or name of a fact accounts for."""
    bare = answers = 0
    for kind in ("answerable", "paraphrases", "unanswerable", "hostile"):
        for item in golden(kind)[::step]:
            answer = asked.ask(item)
            answers += 1
            bare += _has_bare_digit(answer)
    return Figure(
        "J-ask-02", f"answers with a number without a fact, {answers}", str(bare), "0", bare == 0
    )


def _has_bare_digit(answer: Answer) -> bool:
    text = answer.text
    written = [one.as_dict()["written"] for one in answer.facts]
    written += [f"+{one}" for one in written] + [quote.text for quote in answer.quotes]
    for part in sorted(written, key=len, reverse=True):
        text = text.replace(part, " ")
    return any(unicodedata.category(one) in ("Nd", "Nl", "No") for one in text)


def out_of_scope(asked: Asking, plans: int = 1000, seed: int = 3) -> Figure:
    """J-ask-03: facts of others, asked for by plans that no parser would make."""
    rng = random.Random(seed)
    pools = _pools(asked.judged)
    leaked = given = 0
    for _ in range(plans):
        who = rng.choice(ASKERS)
        question = rng.choice(QUESTIONS)
        slots = [*question.needs, *(one for one in question.may if rng.random() < 0.5)]
        plan = Plan(question.id, {slot: rng.choice(pools[slot]) for slot in slots})
        answer = asked.of(who).answer(plan)
        given += bool(answer.facts)
        if lost := outside(asked.judged, who, answer):
            leaked += len(lost)
            print(f"  {who} {plan}: {lost[:3]}")
    assert given > plans / 50, "nothing was in anybody's scope"
    return Figure("J-ask-03", f"out-of-scope rows, {plans} plans", str(leaked), "0", leaked == 0)


def _pools(judged: Judged) -> dict[str, list[str]]:
    customers = judged.column("SELECT customer_id FROM source.customers")
    weeks = [one.isoformat() for one in judged.weeks.values()]
    return {
        "customer": customers, "other": customers,
        "rep": judged.column("SELECT user_id FROM gong.gong_users"),
        "account": judged.accounts, "call": judged.calls, "week": weeks, "since": weeks,
        "metric": ["arr", "health", "conversions", "open_rate"], "signal": ["churn", "expansion"],
        "window": ["4w"],
        "state": ["open"], "days": ["30", "400"], "most": ["50"], "order": ["highest", "lowest"],
    }  # fmt: skip


@dataclass(frozen=True)
class _Own:
    customers: set[str]
    reps: set[str]
    workers: set[str]


def _own(judged: Judged, who: str) -> _Own:
    """Whom the asker may read, by statements of its own."""
    role, _, identity = who.partition(":")
    if role == "operations":
        everybody = [
            set(judged.column(f"SELECT {column} FROM {table}"))
            for column, table in (
                ("customer_id", "source.customers"), ("user_id", "gong.gong_users"),
                ("worker_id", "source.workday_workers"),
            )
        ]  # fmt: skip
        return _Own(*everybody)
    led = judged.column(
        "WITH RECURSIVE led AS (SELECT user_id, lower(email) AS email FROM gong.gong_users WHERE "
        "lower(email) = ? OR lower(email) = (SELECT lower(csm_email) FROM source.csms WHERE "
        "csm_id = ?) UNION SELECT u.user_id, lower(u.email) FROM gong.gong_users u JOIN led ON "
        "u.manager_id = led.user_id AND ?) SELECT email FROM led",
        [identity, identity, role == "manager"],
    )
    reps = judged.column(
        "SELECT user_id FROM gong.gong_users WHERE list_contains(?, lower(email))", [led]
    )
    if role == "rep":
        return _Own(set(), set(reps), set())
    workers = judged.column(
        "SELECT worker_id FROM source.workday_workers WHERE list_contains(?, lower(worker_email)) "
        "UNION SELECT csm_id FROM source.csms WHERE csm_id = ?", [led, identity],
    )  # fmt: skip
    customers = judged.column(
        "SELECT customer_id FROM source.csm_assignments WHERE list_contains(?, csm_id)", [workers]
    )
    return _Own(set(customers), set(reps), set(workers))


_OF_REPS = ("gong.gong_users", "analytics.rep_week_focus", "analytics.rep_week_scores")
_OF_ACCOUNTS = (
    "analytics.csm_routing_recommendations", "analytics.account_csm_assignments",
    "analytics.accounts_needing_csm",
)  # fmt: skip
_STEPS = ("next_step", "next_step_due", "next_step_owner", "rows")


def outside(judged: Judged, who: str, answer: Answer) -> list[str]:
    """References of the answer to rows that belong to others, and quotes of their calls."""
    own = _own(judged, who)
    lost = [one.ref for one in answer.facts if not _is_own(judged, own, one)]
    calls = {quote.source_id for quote in answer.quotes}
    return lost + [call for call in calls if not _is_own_call(judged, own, call, True)]


def _is_own(judged: Judged, own: _Own, one: Proven) -> bool:
    table, key = one.table, one.key
    if one.column in ("rows", "days") and judged.cell(one.ref) is None:
        return True
    if one.ref.startswith("source.customers/") and one.column == "customer_name":
        return key[0] in own.customers or _has_called(judged, own, key[0])
    if table in _OF_REPS:
        return key[0] in own.reps
    if table in ("gong.stg_gong_calls", "analytics.transcript_embeddings", "analytics.call_signals",
                 "analytics.call_analysis"):  # fmt: skip
        is_score = table == "analytics.call_analysis" and one.column not in _STEPS
        return _is_own_call(judged, own, key[0], not is_score)
    if table == "ops.customer_actions":
        of = "SELECT customer_id FROM ops.customer_actions WHERE event_id = ?"
        return judged.column(of, [key[0]])[0] in own.customers
    if table == "ops.deliveries":
        of = "SELECT artefact_id || '|' || audience FROM ops.deliveries WHERE delivery_key = ?"
        artefact, _, audience = judged.column(of, [key[0]])[0].partition("|")
        return bool({artefact, audience} & (own.customers | own.reps | own.workers))
    if table in _OF_ACCOUNTS:
        owners = judged.column(
            "SELECT COALESCE(a.worker_id, r.worker_id) FROM "
            "analytics.csm_routing_recommendations r LEFT JOIN analytics.account_csm_assignments a "
            "USING (account_id) WHERE account_id = ? AND rank = 1", [key[1] if key[1:] else key[0]],
        )  # fmt: skip
        return bool(set(owners) & own.workers)
    return key[0] in own.customers


def _has_called(judged: Judged, own: _Own, customer: str) -> bool:
    """Whether one of the reps did: the name of a customer is known to who calls them."""
    reps = judged.column(
        "SELECT a.rep_user_id FROM gong.stg_gong_calls c JOIN analytics.call_analysis a USING "
        "(call_id) WHERE c.customer_id = ? AND NOT c.is_private", [customer],
    )  # fmt: skip
    return bool(set(reps) & own.reps)


def _is_own_call(judged: Judged, own: _Own, call: str, by_customer: bool) -> bool:
    rows = judged.db.execute(
        "SELECT c.customer_id, a.rep_user_id FROM gong.stg_gong_calls c LEFT JOIN "
        "analytics.call_analysis a USING (call_id) WHERE c.call_id = ?", [call],
    ).fetchall()  # fmt: skip
    return any(rep in own.reps or (by_customer and of in own.customers) for of, rep in rows)


def hostile(asked: Asking, warehouse: Path, short: bool = False) -> Figure:
    """J-ask-04: hostile questions that have an effect: a fact of others, an answer to a text that
    is no question, an error, a control character, or another warehouse than before.

    At full size each text also comes as an obedient model would pass it on, in every parameter,
    and each name is planted.
    """
    before = _digest(asked.judged)
    texts = [item for item in golden("hostile") if "plant" not in item]
    names = [item for item in golden("hostile") if "plant" in item]
    effects = [item for item in texts if _struck(asked, item)]
    effects += [item for item in names[: 2 if short else None] if _planted(warehouse, item)]
    if not short:
        effects += [item for item in texts if _obeyed(asked, item)]
    changed = before != _digest(asked.judged)
    for item in effects:
        print(f"  effect: {item}")
    n = len(texts) + len(names[: 2 if short else None])
    return Figure(
        "J-ask-04", f"hostile questions with effect, {n}", str(len(effects) + changed), "0",
        not effects and not changed,
    )  # fmt: skip


def _digest(judged: Judged) -> list[Any]:
    return judged.db.execute(
        "SELECT schema_name, table_name, estimated_size FROM duckdb_tables() ORDER BY ALL"
    ).fetchall()


def _is_safe(text: str) -> bool:
    return all(
        one == "\n" or unicodedata.category(one) not in ("Cc", "Cs") for one in text
    ) and not (set(text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))


def _struck(asked: Asking, item: Item) -> bool:
    answer = asked.ask(item)
    return bool(answer.facts or answer.quotes or not _is_safe(answer.text))


def _obeyed(asked: Asking, item: Item) -> bool:
    text, who = asked.judged.worded(item), item["as"]
    for question in QUESTIONS:
        for bad in (*question.needs, *question.may):
            good = {slot: pool[0] for slot, pool in _pools(asked.judged).items()}
            values = {slot: good[slot] for slot in question.needs} | {bad: text}
            answer = asked.of(who).answer(Plan(question.id, values))
            if answer.facts or answer.quotes:
                return True
    return bool(asked.of(who).answer(Plan(text, {text: text})).facts)


def _planted(warehouse: Path, item: Item) -> bool:
    """Rename a customer in a copy, and ask for it by that name."""
    with TemporaryDirectory() as folder:
        copy = Path(folder, "warehouse.duckdb")
        shutil.copy(warehouse, copy)
        with duckdb.connect(str(copy)) as db:
            db.execute(
                "UPDATE source.customers SET customer_name = ? WHERE customer_id = 'CUST_12345'",
                [item["plant"]],
            )
        with asking(copy) as asked:
            answer = asked.of(item["as"]).ask(item["ask"].replace("{planted}", item["plant"]))
            offered = " ".join(answer.offered)
            of = {one.key[0] for one in answer.facts}
            false = false_facts(asked.judged, answer) if answer.facts else []
    false = [ref for ref in false if not ref.endswith("customer_name")]
    return bool(of - {"CUST_12345"} or false or not _is_safe(answer.text + offered))


@cache
def _figures() -> tuple[Figure, ...]:
    with finished_home() as home:
        warehouse = home / "warehouse.duckdb"
        with asking(warehouse) as asked:
            return (
                *right_answers(asked), bare_numbers(asked), out_of_scope(asked),
                hostile(asked, warehouse),
            )  # fmt: skip


def figures() -> list[Figure]:
    """All of them; the home is made once."""
    return list(_figures())


BY_ID = {
    "J-ask-01": figures,
    "J-ask-01b": figures,
    "J-ask-01c": figures,
    "J-ask-01d": figures,
    "J-ask-02": figures,
    "J-ask-03": figures,
    "J-ask-04": figures,
}
