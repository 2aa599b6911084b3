"""What AI statements of the warehouse would read: only what is new, and how much that is."""

import hashlib
from collections.abc import Iterable

import pandas as pd

from cs_assets.ai.statements import Statement
from cs_assets.ai.token_estimate import sampled
from cs_assets.frames import records

#: Tokens that a summary is reckoned with while few are there.
_SUMMARY_TOKENS = 500
#: Spaces in a sentence from which sentiment is asked for (three words), as in the statement.
_SPACES = 2


#: Calls that one AI statement is asked about: what it made is stored before the next is.
_AT_ONCE = 200


def portions(call_ids: Iterable[str], *, is_billed: bool) -> list[list[str]]:
    """The calls to ask about, a portion at a time; all at once where asking costs nothing."""
    ids = sorted(set(call_ids))
    size = _AT_ONCE if is_billed else max(len(ids), 1)
    return [ids[first : first + size] for first in range(0, len(ids), size)]


def listed(call_ids: Iterable[str]) -> str:
    """Calls as a statement's parameter: ``,id,id,``."""
    return f",{','.join(call_ids)},"


def with_same_words(kept: pd.DataFrame, spoken: pd.DataFrame, model: str) -> pd.DataFrame:
    """The rows of ``calls/sentiment_kept`` whose words (``spoken``) and model are the same."""
    now = {
        call: hashlib.sha256("\n".join(one["sentence"].astype(str)).encode()).hexdigest()
        for call, one in spoken.groupby("call_id", sort=False)
    }
    silent = hashlib.sha256(b"").hexdigest()
    same = [
        row["model"] == model and row["text_hash"] == now.get(row["call_id"], silent)
        for row in records(kept)
    ]
    return kept[pd.Series(same, index=kept.index, dtype=bool)]


def sentiment_statement(spoken: pd.DataFrame, calls: set[str]) -> Statement:
    """Sentiment of the sentences of ``calls`` that say something, each wording once."""
    sentences = spoken[spoken["call_id"].isin(calls)]["sentence"].astype(str)
    telling = sentences[sentences.str.count(" ") >= _SPACES].drop_duplicates()
    return _statement("ai_sentiment", "calls/sentiment_of_sentences", telling)


def summary_statement(words: pd.DataFrame, kept: pd.DataFrame) -> Statement:
    """Summaries of the calls in ``words`` that ``calls/summaries_kept`` has not."""
    known = set(zip(kept["call_id"], kept["text_hash"], strict=True))
    asked = zip(words["call_id"], words["text_hash"], strict=True)
    new = pd.Series([key not in known for key in asked], index=words.index, dtype=bool)
    past = kept["extract"].dropna().astype(str).tolist() if "extract" in kept else []
    return _statement(
        "ai_summarize",
        "calls/new_summaries",
        words["words"][new],
        output_tokens=_SUMMARY_TOKENS,
        past=sampled(past),
    )


def without_vector(chunks: pd.DataFrame, kept: pd.DataFrame) -> list[str]:
    """Calls with a chunk in ``chunks`` that ``calls/embeddings_kept`` has not."""
    key = ["call_id", "chunk_index", "text_hash"]
    known = set(kept[key].itertuples(index=False, name=None))
    return [one[0] for one in chunks[key].itertuples(index=False, name=None) if one not in known]


def embedding_statement(chunks: pd.DataFrame, kept: pd.DataFrame) -> Statement:
    """Vectors of the chunks that ``calls/embeddings_kept`` has not."""
    key = ["call_id", "chunk_index", "text_hash"]
    known = set(kept[key].itertuples(index=False, name=None))
    asked = chunks[key].itertuples(index=False, name=None)
    new = pd.Series([one not in known for one in asked], index=chunks.index, dtype=bool)
    return _statement("ai_embed", "calls/embed_chunks", chunks["chunk_text"][new])


def _statement(
    function: str,
    name: str,
    texts: "pd.Series[str]",
    *,
    output_tokens: int = 0,
    past: tuple[str, ...] = (),
) -> Statement:
    said = texts.astype(str).tolist()
    characters = sum(map(len, said))
    return Statement(function, name, len(said), characters, output_tokens, sampled(said), past)
