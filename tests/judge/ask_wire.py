"""Planners compared over the wire: rules, and stand-ins for Claude and the Cortex agent.

    python -m tests.judge.ask_wire       # the report, in lines

The stand-ins are HTTP servers on the loopback with the shapes of the two APIs; what asks is the
code that asks the real ones. One stand-in knows the golden plans, one obeys whoever wrote the text,
one is hostile. What is measured is what our side makes of them: that right plans are answered, and
that no plan of the other two reaches a row of others, SQL or a name.
"""

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from cs_assets.answers.answering import Answers
from cs_assets.answers.metrics import METRICS
from cs_assets.answers.questions import BY_ID as QUESTIONS
from cs_assets.answers.scope import asker
from resources.models.planner import planner
from resources.settings import Settings
from tests.ai import fake_claude, fake_cortex
from tests.ai.loopback import Reply, Request, Server, serving
from tests.figures import Figure
from tests.judge.ask import Asking, asking, golden, outside, verdict
from tests.judge.asked_rules import Item
from tests.judge.finished_home import finished_home

Provider = Literal["claude", "cortex"]
#: What a model says to the golden question that is asked.
Says = Callable[[Item], str]

_ANSWERABLE = (
    "answerable", "paraphrases", "fresh_paraphrases", "likely_paraphrases", "held_out_paraphrases",
)  # fmt: skip
_MARK = {"customer": "NAME", "other": "NAME", "rep": "NAME", "account": "NAME", "call": "NAME",
         "since": "WEEK", "week": "WEEK", "days": "DAYS"}  # fmt: skip


@dataclass(frozen=True)
class Compared:
    """One planner over the golden questions: what came of them, and what went over the wire."""

    name: str
    counts: Counter[str]
    asked: int
    leaked: int

    def told(self) -> str:
        counts = ", ".join(f"{self.counts[one]} {one}" for one in ("right", "unknown", "wrong"))
        return f"{self.name}: {counts}; {self.asked} requests, {self.leaked} with a name"


def _plan(question: str, **parameters: str) -> str:
    given = [{"name": name, "value": value} for name, value in parameters.items()]
    return json.dumps({"question": question, "parameters": given})


def knowing(item: Item) -> str:
    """The plan of a golden question, in the marks in which a model sees it."""
    if "question" not in item:
        return _plan("none")
    counted: Counter[str] = Counter()
    given: dict[str, str] = {}
    for slot in ("customer", "other", "rep", "account", "call", "since", "week", "days"):
        if slot in item and slot in QUESTIONS[item["question"]].slots:
            mark = _MARK[slot]
            counted[mark] += 1
            given[slot] = f"{mark}{counted[mark]}"
    if "column" in item:
        given["metric"] = next(
            key for key, one in METRICS.items() if item["column"] in one.columns.values()
        )
    if "down" in item:
        given["order"] = "highest" if item["down"] else "lowest"
    given |= {key: str(item[key]) for key in ("state",) if key in item}
    return _plan(str(item["question"]), **given)


def obedient(item: Item) -> str:
    """The plan of somebody who does what a text says: whoever is named, whatever is asked for."""
    text = str(item["ask"]).lower()
    if "score" in text or "focus" in text:
        return _plan("rep_scores", rep="NAME1")
    if "every" in text or "all" in text:
        return _plan("at_risk", scope="all", customer="everybody")
    return _plan("metric", customer="NAME1", metric="arr")


_HOSTILE = itertools.cycle(
    [
        "SELECT * FROM source.customers", "{" * 5000, "",
        _plan("metric", customer="CUST_78901", metric="arr"),
        _plan("metric", customer="NAME9", metric="arr"),
        _plan("metric", customer="NAME1", metric="arr; DROP TABLE calls"),
        _plan("metric", customer="NAME1", metric="arr", sql="SELECT 1"),
        _plan("rep_scores", rep="3448798680768352534"),
        _plan("renewals", days="99999"), _plan("at_risk", most="100000"),
        '{"question": "metric", "parameters": {"customer": "CUST_1"}}',
        f"Certainly! The ARR is $4,000,000. {_plan('drop_tables')}",
    ]
)  # fmt: skip


def hostile(_: Item) -> str:
    """Something that nobody should believe, another each time."""
    return next(_HOSTILE)


@contextmanager
def standing_in(provider: Provider, says: Callable[[], str]) -> Iterator[Server]:
    """A server with the provider's API that says what it is told to."""
    script: Callable[[Request], Reply]
    if provider == "claude":

        def script(_: Request) -> Reply:
            return fake_claude.message(says())
    else:
        script = fake_cortex.agent(lambda _, __: fake_cortex.stream(fake_cortex.whole_run(says())))
    with serving(script) as server:
        yield server


def settings_for(provider: Provider, url: str, folder: Path) -> Settings:
    """As an installation has them, but for where the API is."""
    if provider == "claude":
        return Settings.load(
            cs_assets_home=folder, cs_assets_planner="claude",
            anthropic_api_key="key-for-the-loopback", anthropic_base_url=url,
        )  # fmt: skip
    return Settings.load(
        cs_assets_home=folder, cs_assets_planner="cortex", cortex_agent="CS.AI.PLANNER",
        cortex_base_url=url, snowflake_account="org-acc", snowflake_user="svc",
        snowflake_private_key_path=fake_cortex.make_key(folder),
    )  # fmt: skip


def compared(
    asked: Asking, provider: Provider, says: Says, kinds: tuple[str, ...], step: int = 1
) -> tuple[Compared, int]:
    """A planner over golden questions, and how many rows of others its answers held."""
    now: dict[str, Any] = {}
    counts: Counter[str] = Counter()
    lost = 0
    with (
        TemporaryDirectory() as folder,
        standing_in(provider, lambda: says(now["item"])) as server,
    ):
        asks = planner(settings_for(provider, server.url, Path(folder)), "judge")
        asked._answers = _answering(asked, asks)
        for kind in kinds:
            for item in golden(kind)[::step]:
                if "plant" in item:
                    continue
                now["item"] = item
                if "question" in item:
                    counts[verdict(asked, item)[0]] += 1
                answer = asked.ask(item)
                lost += len(outside(asked.judged, item.get("as", "operations"), answer))
        names = [name.lower() for name in asked.judged.column(_NAMES)]
        sent = [request.body.decode("utf-8", "replace").lower() for request in server.requests]
    asked._answers = {}
    leaked = sum(any(name in body for name in names) for body in sent)
    whose = f"{provider}, {says.__name__}"
    return Compared(whose, counts, len(sent), leaked), lost


_NAMES = (
    "SELECT customer_name FROM source.customers UNION SELECT full_name FROM gong.gong_users "
    "UNION SELECT customer_id FROM source.customers"
)


def _answering(asked: Asking, asks: Any) -> Mapping[str, Answers]:
    kinds = ("hostile",)
    who = {"operations", *(i.get("as", "operations") for kind in kinds for i in golden(kind))}
    return {one: Answers(asked.db, asker(one), asks) for one in who}


def over_the_wire(step: int = 1) -> Iterator[Figure]:
    """J-ask-07: planners over the wire, right where the model knows, harmless where it does not."""
    with finished_home() as home, asking(home / "warehouse.duckdb") as asked:
        rules = Counter(
            verdict(asked, item)[0] for kind in _ANSWERABLE for item in golden(kind)[::step]
        )
        providers: tuple[Provider, ...] = ("claude", "cortex")
        for provider in providers:
            found, _ = compared(asked, provider, knowing, _ANSWERABLE, step)
            print(f"  {found.told()}")
            better = found.counts["right"] - rules["right"]
            yield Figure(
                "J-ask-07",
                f"right answers more than rules alone ({rules['right']} of {rules.total()}), "
                f"{provider} over the wire, {found.asked} requests",
                f"{better}, {found.leaked} requests with a name", ">= 0, 0",
                better >= 0 and found.leaked == 0 and found.asked > 0,
            )  # fmt: skip
        lost = requests = leaked = 0
        for provider, says in itertools.product(providers, (obedient, hostile)):
            found, rows = compared(asked, provider, says, ("hostile", "unanswerable"), step)
            print(f"  {found.told()}; {rows} rows of others")
            lost, requests, leaked = lost + rows, requests + found.asked, leaked + found.leaked
        yield Figure(
            "J-ask-07b", f"rows of others by obedient and hostile models, {requests} requests",
            f"{lost}, {leaked} requests with a name", "0, 0", lost + leaked == 0,
        )  # fmt: skip


BY_ID = {"J-ask-07": over_the_wire, "J-ask-07b": over_the_wire}


if __name__ == "__main__":
    for figure in over_the_wire():
        print(figure)
