"""What customers write in tickets and surveys, judged as their words in calls are."""

import hashlib
from typing import Any

import pandas as pd

from cs_assets.ai.local_sentiment import sentences_of
from cs_assets.ai.signals import SignalRules, of_sentence
from cs_assets.ai.statements import Statement
from cs_assets.ai.token_estimate import sampled
from cs_assets.frames import records
from sql import catalog

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'"})


def still_valid(
    kept: pd.DataFrame, texts: pd.DataFrame, model: str, rules_version: str
) -> pd.DataFrame:
    """The rows of ``customers/texts_kept`` whose words, judge and rules are the same."""
    now = {row["text_id"]: _hash(str(row["words"])) for row in records(texts)}
    same = [
        row["model"] == model
        and row["rules_version"] == rules_version
        and row["text_hash"] == now.get(row["text_id"])
        for row in records(kept)
    ]
    return kept[pd.Series(same, index=kept.index, dtype=bool)]


def rows_of(judged: pd.DataFrame, rules: SignalRules, model: str) -> pd.DataFrame:
    """Rows of ``analytics.customer_texts`` from rows of ``customers/texts``.

    The same words are looked through once. A text that was asked for and came back without a
    verdict is left out, so that the next run asks again.
    """
    failed = judged["was_asked"].astype(bool) & judged["sentiment_category"].isna()
    heard: dict[str, tuple[str | None, str | None]] = {}
    rows: list[dict[str, Any]] = []
    for row in records(judged[~failed]):
        words = str(row["words"])
        if words not in heard:
            heard[words] = _signals(words, rules)
        kinds, quote = heard[words]
        rows.append(
            {
                **{name: row[name] for name in ("text_id", "customer_id", "said_on", "source")},
                "sentiment_category": row["sentiment_category"] or "unknown",
                "sentiment_score": row["sentiment_score"],
                "signals": kinds,
                "quote": quote,
                "text_hash": _hash(words),
                "model": model,
                "rules_version": rules.digest,
            }
        )
    return pd.DataFrame(rows, columns=catalog.table("analytics.customer_texts").column_names)


def statement(new: pd.DataFrame) -> Statement:
    """What judging these texts reads."""
    said = new["words"].astype(str).tolist()
    characters = sum(map(len, said))
    return Statement("ai_sentiment", "customers/texts", len(said), characters, sample=sampled(said))


def _signals(words: str, rules: SignalRules) -> tuple[str | None, str | None]:
    """Kinds in the order of the first sentence that says them, and that sentence."""
    kinds: dict[str, None] = {}
    quote = None
    for sentence in sentences_of(words):
        lowered = " ".join(sentence.translate(_APOSTROPHES).lower().split())
        for kind in of_sentence(lowered, rules):
            kinds[kind] = None
            quote = quote or " ".join(sentence.split())
    return (",".join(kinds) or None), quote


def _hash(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()
