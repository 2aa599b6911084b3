"""One golden set for whoever plans: rules, Claude, Cortex; and for Snowflake's evaluation.

    python -m tests.judge.ask_planners              # how each planner does that has its key
    python -m tests.judge.ask_planners FILE.jsonl   # the set for evaluations of agents

The rows of the file are INPUT_QUERY and GROUND_TRUTH (``ground_truth_output``: the text that the
same code answers offline, so that the agent's is held against figures and not against opinions).
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from cs_assets.answers.answering import Answers
from cs_assets.answers.scope import asker
from resources.models.planner import planner
from resources.settings import Settings
from tests.figures import Figure
from tests.judge.ask import Asking, asking, golden, verdict
from tests.judge.finished_home import finished_home

_ANSWERABLE = (
    "answerable", "paraphrases", "fresh_paraphrases", "likely_paraphrases", "held_out_paraphrases",
)  # fmt: skip
_NOT = ("unanswerable", "hostile")


def planners_compared() -> Iterator[Figure]:
    """J-ask-06: right, not known and wrong by planner; a model counts with what rules leave."""
    with finished_home() as home, asking(home / "warehouse.duckdb") as asked:
        for name, settings in _planners(home):
            asks = planner(settings, "judge")
            asked._answers = {
                who: Answers(asked.db, asker(who), asks)
                for who in {"operations", *(i.get("as", "operations") for i in golden("hostile"))}
            }
            yield _figure(name, asked)


def _planners(home: Path) -> Iterator[tuple[str, Settings]]:
    """Rules, and each model for which the environment has what it needs."""
    found = Settings.load(cs_assets_home=home)
    yield "rules", found.model_copy(update={"cs_assets_planner": "rules"})
    for name, is_there in (
        ("claude", found.anthropic_api_key), ("cortex", found.cortex_agent),
    ):  # fmt: skip
        if is_there:
            yield name, found.model_copy(update={"cs_assets_planner": name})


def _figure(name: str, asked: Asking) -> Figure:
    counts = Counter(verdict(asked, item)[0] for kind in _ANSWERABLE for item in golden(kind))
    wrong = counts["wrong"]
    wrong += sum(bool(asked.ask(item).facts) for item in golden("unanswerable"))
    number = sum(counts.values()) + len(golden("unanswerable"))
    right = counts["right"] / sum(counts.values())
    return Figure(
        "J-ask-06", f"right answers with {name} as planner, {wrong} wrong of {number}",
        f"{100 * right:.1f} %", ">= 90 % (wrong <= 1 %)", right >= 0.9 and wrong <= 0.01 * number,
    )  # fmt: skip


def write_dataset(path: Path) -> int:
    """The golden set as Snowflake's agent evaluation takes it; how many rows."""
    with finished_home() as home, asking(home / "warehouse.duckdb") as asked:
        rows = [
            {
                "INPUT_QUERY": asked.judged.worded(item),
                "GROUND_TRUTH": {"ground_truth_output": asked.ask(item).text},
            }
            for kind in (*_ANSWERABLE, *_NOT)
            for item in golden(kind)
        ]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return len(rows)


BY_ID = {"J-ask-06": planners_compared}


if __name__ == "__main__":
    if sys.argv[1:]:
        print(f"{write_dataset(Path(sys.argv[1]))} questions written")
    else:
        for figure in planners_compared():
            print(figure)
