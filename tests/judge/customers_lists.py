"""J-customers-02 and 05: who speaks of leaving is at risk by the first Monday; nothing disagrees.

Signals are planted on random customers of the sample company: in calls, survey answers, tickets
and answers to tickets, on any day of a week, in words that the labelled file calls churn. The list
is the one that is made of that week on the Monday after. Contradictions are sought in the sample
company and in random ones: between metrics, health, segment, insight, advice, lists and reviews.
"""

import datetime as dt
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cs_assets import config
from cs_assets.customers.policy import CustomerPolicy
from cs_assets.customers.reading import lists
from cs_assets.sample.tables import source_tables
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.warehouse import Session
from sql import catalog
from tests.figures import Figure
from tests.judge.absence import WEEK, _calls
from tests.judge.company import Told, copied, tell, warehouse_of
from tests.judge.contradictions import contradictions
from tests.judge.random_company import random_company
from tests.judge.signals import labelled, rules

_POLICY = config.load("customers.yaml", CustomerPolicy)
_SOURCES = ("call", "survey", "ticket", "ticket_answer")


def _churn_words() -> list[str]:
    """Labelled sentences of leaving that the rules hear: hearing is J-calls-07's matter."""
    from cs_assets.ai.signals import of_sentence

    said = [s for label, is_customer, s in labelled() if label == "churn" and is_customer]
    return [s for s in said if "churn" in set(of_sentence(s.lower(), rules()))]


def plant(db: Session, customer: str, source: str, day: dt.date, words: str) -> None:
    """One churn signal of a customer, as its source has it."""
    key = f"PLANTED_{customer}_{source}"
    if source == "call":
        staged = {
            "call_id": key, "call_date": day, "customer_id": customer, "is_private": False,
            "started": dt.datetime.combine(day, dt.time(9)), "content_hash": "x",
        }  # fmt: skip
        db.append("gong.stg_gong_calls", pd.DataFrame([staged]))
        db.append(
            "analytics.call_signals",
            pd.DataFrame(
                [
                    {
                        "call_id": key, "call_date": day, "kind": "churn", "sentence_index": 1,
                        "start_ms": 0, "speaker_id": None, "sentence": words, "confidence": 0.9,
                        "found_by": "rules", "rules_version": "x",
                    }
                ]
            ),
        )  # fmt: skip
    elif source == "survey":
        row = {"response_id": key, "customer_id": customer, "responded_on": day,
               "survey_kind": "nps", "score": 8, "response_text": words}  # fmt: skip
        db.append("source.survey_responses", pd.DataFrame([row]))
    else:
        answer = source == "ticket_answer"
        row = {
            "ticket_id": key, "customer_id": customer, "severity": "low",
            "opened_on": day - dt.timedelta(days=20) if answer else day,
            "closed_on": day if answer else None, "ticket_text": "A question." if answer else words,
            "satisfaction_text": words if answer else None,
        }  # fmt: skip
        db.append("source.support_tickets", pd.DataFrame([row]))


def every_signal_is_at_risk(seeds: int = 5, planted: int = 15) -> Iterable[Figure]:
    """J-customers-02a: planted signals not in the list at risk; b: at risk and told to expand."""
    words = _churn_words()
    missed, expanded, told_at_risk = [], [], 0
    with tempfile.TemporaryDirectory() as folder:
        base = _sample(Path(folder) / "base.duckdb")
        for seed in range(seeds):
            draw = np.random.default_rng(seed)
            one = copied(base, Path(folder) / f"{seed}.duckdb")
            with one.session("planted") as db:
                customers = db.query("customers/homes")["customer_id"].tolist()
                chosen = draw.choice(customers, planted, replace=False)
                for place, customer in enumerate(chosen):
                    day = WEEK + dt.timedelta(days=int(draw.integers(0, 7)))
                    source = _SOURCES[place % len(_SOURCES)]
                    plant(db, str(customer), source, day, str(draw.choice(words)))
                tell(db, WEEK, reviews=False)
                places, could_have_more = _lists(db)
            at_risk = {row["customer_id"]: row for row in lists.at_risk(places)}
            told_at_risk += len(at_risk)
            missed += [c for c in chosen if c not in at_risk]
            expanded += [c for c, row in at_risk.items() if row["next_action_code"] == "expand"]
            expanded += [row["customer_id"] for row in could_have_more
                         if row["customer_id"] in at_risk]  # fmt: skip
    yield Figure("J-customers-02a", f"planted_churn_signals_not_at_risk_on_the_first_Monday_of_"
                 f"{seeds * planted}", str(len(missed)), "0", not missed)  # fmt: skip
    yield Figure("J-customers-02b", f"at_risk_and_told_to_expand_of_{told_at_risk}",
                 str(len(expanded)), "0", not expanded)  # fmt: skip


def _lists(db: Session) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    places = lists.overview(db.query("customers/overview", [WEEK, None]), _POLICY)
    modules = db.query("customers/modules_of_week", [WEEK, None, None])
    return places, lists.expansion(places, modules)


def disagreements(places: list[dict[str, Any]], could: list[dict[str, Any]]) -> Iterator[str]:
    """What lists, colours, segments, states and advice of one week say against each other."""
    asked = {row["customer_id"] for row in could}
    at_risk = {row["customer_id"] for row in lists.at_risk(places)}
    green = [r["risk"] for r in places if r["health_segment"] == "Green" and pd.notna(r["risk"])]
    safest = min(green, default=0.0)
    for row in places:
        one, colour, segment = (
            row[name] for name in ("customer_id", "health_segment", "behaviour_segment")
        )
        if colour == "Red" and pd.notna(row["risk"]) and row["risk"] < safest:
            yield f"{one}: Red, and less likely to leave than the Green ones"
        if colour == "Green" and segment in ("At risk", "Dormant"):
            yield f"{one}: {segment} in green"
        if segment in ("Champion", "Growing") and colour == "Red":
            yield f"{one}: {segment} in red"
        if one in at_risk and (one in asked or row["next_action_code"] == "expand"):
            yield f"{one}: at risk and asked for more"
        if one in at_risk and not row["reasons"]:
            yield f"{one}: at risk without a reason"
        due, renewal = pd.Timestamp(row["due_on"]), pd.Timestamp(row["renewal_date"])
        is_ahead = pd.notna(renewal) and renewal > pd.Timestamp(WEEK) + pd.Timedelta(days=6)
        if is_ahead and due > renewal:
            yield f"{one}: due on {due:%d %b}, renewal on {renewal:%d %b}"
        used = row["seat_utilisation_4w"]
        adopted = re.match(r".*(All .*|Both )modules are adopted", str(row["summary"]), re.S)
        if adopted and pd.notna(used) and used < 0.25:
            yield f"{one}: all modules adopted with {used:.0%} of seats in use"
        is_well = colour not in ("Red", "Yellow") and segment not in ("At risk", "Dormant")
        if row["next_action_code"] == "keep_in_touch" and not is_well:
            yield f"{one}: {colour}, {segment}, and nothing presses"


def nothing_disagrees(companies: int = 30, customers: int = 20) -> Iterable[Figure]:
    """J-customers-05: the sample company and random ones."""
    found: list[str] = []
    looked_at = 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(companies + 1):
            path = Path(folder) / f"{number}.duckdb"
            one = _sample(path) if not number else _random(path, number, customers)
            with one.session("told") as db:
                told: Told = tell(db, WEEK)
                places, could = _lists(db)
            looked_at += len(places)
            found += [f"company {number}, {words}" for words in contradictions(told)]
            found += [f"company {number}, {words}" for words in disagreements(places, could)]
            path.unlink()
    for words in found[:20]:
        print(words)
    yield Figure(
        "J-customers-05",
        f"contradictions_of_{looked_at}_customers_in_the_sample_and_{companies}_random_companies",
        str(len(found)), "0", not found,
    )  # fmt: skip


def _random(path: Path, number: int, customers: int) -> DuckDBWarehouse:
    return warehouse_of(path, _frames(random_company(7000 + number, customers).tables))


def _sample(path: Path) -> DuckDBWarehouse:
    """The sample company with all of its sources; a quiet call of each customer now and then."""
    tables = _frames(source_tables())
    calls = _calls(list(tables["source.customers"]["customer_id"]))
    return warehouse_of(path, {**tables, "gong.stg_gong_calls": calls})


def _frames(tables: Mapping[str, list[dict[str, Any]]]) -> dict[str, pd.DataFrame]:
    found = {}
    for name, rows in tables.items():
        columns = catalog.table(f"source.{name}").column_names
        found[f"source.{name}"] = pd.DataFrame(rows, columns=columns).replace("", None)
    return found
