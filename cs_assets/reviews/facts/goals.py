"""What serves the goal agreed: the module and the channel that its words name."""

from collections.abc import Mapping, Sequence

import pandas as pd

from cs_assets.reviews.configuration import ReviewSettings
from cs_assets.reviews.facts.rows import Absent, FactRows, display_names


def add_goal(
    facts: FactRows, customers: pd.DataFrame, modules: pd.DataFrame, settings: ReviewSettings
) -> None:
    """The contracted module and the channel that the goal is about, where its words tell."""
    ids, goals = customers["customer_id"], customers["goal"]
    words = {code: module.goal_words for code, module in settings.modules.items()}
    owned = set(zip(modules["customer_id"], modules["name"], strict=True))
    code = goals.map(lambda goal: named_by(goal, words))
    is_owned = [pair in owned for pair in zip(ids, code, strict=True)]
    code = code.where(pd.Series(is_owned, index=code.index, dtype=bool))
    module = code.map({code: module.name for code, module in settings.modules.items()})
    channel = goals.map(lambda goal: named_by(goal, settings.goal_channels))
    channel = display_names(channel.fillna("")).where(channel.notna())
    for fact_id, label, value in (
        ("goal.module", "Module that the goal agreed is about", module),
        ("goal.channel", "Channel that the goal agreed is about", channel),
    ):
        facts.add(
            ids, fact_id, label, value, "text", window=None, source="customers",
            absent=[
                Absent(goals.isna(), "not_applicable", "no goal is agreed"),
                Absent(value.isna(), "not_applicable", "the goal's words name none"),
            ],
        )  # fmt: skip


def named_by(goal: object, words: Mapping[str, Sequence[str]]) -> str | None:
    """The key with most of its words in the goal, the first of equals; ``None`` without any."""
    if not isinstance(goal, str):
        return None
    text = goal.casefold()
    found = {key: sum(word.casefold() in text for word in known) for key, known in words.items()}
    best = max(found, key=lambda key: found[key], default=None)
    return best if best is not None and found[best] else None
