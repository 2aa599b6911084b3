"""Rows of the call tables from what was read: frames in, frames out."""

import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cs_assets.calls import analysis, chunking, language, sentiment, signals, transcript
from cs_assets.calls.impact import Deal
from cs_assets.calls.judging import judges
from cs_assets.calls.scoring.rubric import Rubric, Taxonomy, rules_version
from cs_assets.frames import number_or_none, records, text_or_none
from cs_assets.over_cores import over_cores
from sql import catalog

_ANALYSIS_COLUMNS = catalog.table("analytics.call_analysis").column_names


def sentiment_rows(readable: pd.DataFrame, judged: pd.DataFrame, model: str) -> pd.DataFrame:
    """Rows of ``analytics.call_sentiment`` from verdicts on sentences."""
    by_call: dict[str, list[sentiment.Judged]] = {str(call): [] for call in readable["call_id"]}
    columns = [
        "call_id", "sentence_index", "start_ms", "sentence",
        "sentiment_category", "sentiment_score",
    ]  # fmt: skip
    for call, index, start, text, label, score in judged[columns].itertuples(index=False):
        by_call.setdefault(str(call), []).append(
            sentiment.Judged(
                int(index),
                int(start),
                str(text),
                None if pd.isna(label) else str(label),
                None if pd.isna(score) else float(score),
            )
        )
    failed = set(failed_sentences(judged)["call_id"].astype(str))
    rows = []
    spoken = model_languages(model)
    columns = ["call_id", "call_date", "language"]
    for call, day, told in readable[columns].itertuples(index=False):
        sentences = by_call[str(call)]
        tongue = language.of_words(text_or_none(told), [s.text for s in sentences])
        is_judged = tongue is None or tongue in spoken
        found = sentiment.of_call(
            sentences if is_judged else [], in_english=tongue in (None, language.ENGLISH)
        )
        rows.append(
            {
                "call_id": call,
                "call_date": day,
                "sentiment_category": found.category,
                "sentiment_score": found.score,
                "sentences_scored": found.sentences_scored,
                "positive_segments": sentiment.segments_json(found.positive),
                "negative_segments": sentiment.segments_json(found.negative),
                "not_judged": None if is_judged else f"language: {tongue}",
                "model": model,
                # A call judged in part keeps no hash, so that the next run asks again.
                "text_hash": "" if str(call) in failed else sentiment.words_hash(sentences),
            }
        )
    return pd.DataFrame(rows, columns=catalog.table("analytics.call_sentiment").column_names)


#: What AI_SENTIMENT of Cortex takes.
_CORTEX_LANGUAGES = frozenset(("en", "fr", "de", "hi", "it", "es", "pt"))


def model_languages(model: str) -> frozenset[str]:
    """The languages in which a model of sentiment may be asked."""
    return frozenset((language.ENGLISH,)) if model.startswith("local-") else _CORTEX_LANGUAGES


def failed_sentences(judged: pd.DataFrame) -> pd.DataFrame:
    """Sentences that were asked for and came back without a verdict."""
    return judged[judged["was_asked"].astype(bool) & judged["sentiment_category"].isna()]


def signal_rows(
    sentences: pd.DataFrame, by_models: pd.DataFrame, rules: signals.SignalRules
) -> pd.DataFrame:
    """Rows of ``analytics.call_signals``: found by the rules now, and by models before.

    ``by_models``: rows of ``calls/signals_by_models``; one whose sentence changed is dropped.
    """
    dates = dict(zip(sentences["call_id"], sentences["call_date"], strict=True))
    found_before: dict[str, list[dict[str, Any]]] = {}
    for row in records(by_models):
        found_before.setdefault(str(row["call_id"]), []).append(row)
    rows = []
    for call, one in transcript.by_call(sentences).items():
        earlier = signals.of_models(one, found_before.get(call, []))
        is_english = language.is_english(language.of_words(None, [s.text for s in one.sentences]))
        by_rules = signals.find(one, rules) if is_english else []
        for signal in signals.joined(by_rules, earlier):
            said = one.sentences[signal.position]
            rows.append(
                {
                    "call_id": call,
                    "call_date": dates[call],
                    "kind": signal.kind,
                    "about": signals.about(one.lowered[signal.position], signal.kind, rules)
                    if is_english
                    else None,
                    "sentence_index": said.index,
                    "start_ms": said.start_ms,
                    "speaker_id": said.speaker_id,
                    "sentence": said.text,
                    "confidence": signal.confidence,
                    "found_by": signal.found_by,
                    "rules_version": rules.digest,
                }
            )
    return pd.DataFrame(rows, columns=catalog.table("analytics.call_signals").column_names)


def summary_rows(
    words: pd.DataFrame,
    extracts: dict[tuple[str, str], Any],
    calls: pd.DataFrame,
    model: str,
    churn: pd.DataFrame,
) -> pd.DataFrame:
    """Rows of ``analytics.call_summaries``: the extract of each call in its context.

    ``churn``: rows of ``calls/churn_sentences``; no summary omits that they may leave.
    """
    said_of_leaving = churn.groupby("call_id")["sentence"].agg(list).to_dict()
    rows = []
    for call, day, text_hash in words[["call_id", "call_date", "text_hash"]].itertuples(
        index=False
    ):
        known = calls.loc[call]
        extract = extracts.get((call, text_hash))
        said = "" if extract is None or pd.isna(extract) else str(extract)
        around = Context(
            call_type=text_or_none(known["call_type"]),
            account=text_or_none(known["account_name"]),
            deal_name=text_or_none(known["deal_name"]),
            deal_stage=text_or_none(known["deal_stage"]),
            deal_amount=number_or_none(known["deal_amount"]),
        )
        rows.append(
            {
                "call_id": call,
                "call_date": day,
                "summary": in_context(
                    said or "No summary could be made.", around, said_of_leaving.get(call, [])
                ),
                "extract": said or None,
                "model": model,
                "text_hash": text_hash,
            }
        )
    return pd.DataFrame(
        rows, columns=["call_id", "call_date", "summary", "extract", "model", "text_hash"]
    )


def chunk_rows(sentences: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``analytics.transcript_chunks`` from staged sentences."""
    dates = dict(zip(sentences["call_id"], sentences["call_date"], strict=True))
    rows = [
        {
            "call_id": call,
            "call_date": dates[call],
            "chunk_index": chunk.index,
            "first_sentence": chunk.first_sentence,
            "last_sentence": chunk.last_sentence,
            "chunk_text": chunk.text,
            "text_hash": chunk.text_hash,
        }
        for call, one in transcript.by_call(sentences).items()
        for chunk in chunking.chunks(one)
    ]
    return pd.DataFrame(
        rows,
        columns=[
            "call_id", "call_date", "chunk_index", "first_sentence", "last_sentence", "chunk_text",
            "text_hash",
        ],
    )  # fmt: skip


#: Calls that a core is worth: each takes six milliseconds.
_CALLS_PER_CORE = 40


@dataclass(frozen=True, slots=True)
class _Analysed:
    """What one call came to."""

    call_id: str
    row: dict[str, Any] | None = None
    is_kept: bool = False
    why_not: str | None = None


def analysis_rows(
    calls: pd.DataFrame,
    sentences: pd.DataFrame,
    kept: pd.DataFrame,
    rubric: Rubric,
    taxonomy: Taxonomy,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Rows of ``analytics.call_analysis``; a row stays when its input and the rubric do.

    A call that breaks the analysis gets no row; it is named in the report.
    """
    transcripts = transcript.by_call(sentences)
    version = rules_version(rubric, taxonomy)
    known = {
        row["call_id"]: row
        for row in records(kept)
        if row["rubric_version"] == version and row["model"] == analysis.MODEL
    }

    def analysed(row: dict[str, Any]) -> _Analysed:
        call, words = _call(row), transcripts.get(row["call_id"])
        try:
            old = known.get(call.call_id)
            if old is not None and old["input_hash"] == analysis.input_hash(call, words):
                return _Analysed(call.call_id, old, is_kept=True)
            return _Analysed(call.call_id, analysis.analyse(call, words, rubric, taxonomy))
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            why = f"{type(error).__name__} at {place.name}:{place.lineno}"
            return _Analysed(call.call_id, why_not=why)

    made = over_cores(analysed, records(calls), _CALLS_PER_CORE)
    rows = [one.row for one in made if one.row is not None]
    reused = sum(one.is_kept for one in made)
    failed = {one.call_id: one.why_not for one in made if one.why_not}
    frame = pd.DataFrame(rows, columns=_ANALYSIS_COLUMNS)
    return frame, {"failed": failed, "kept": reused, "analysed": len(rows) - reused}


def cases(calls: pd.DataFrame, sentences: pd.DataFrame, people: pd.DataFrame) -> list[judges.Case]:
    """What judges are given; rows of ``calls/calls_to_judge``, ``sentences`` and ``people``."""
    transcripts = transcript.by_call(sentences)
    names = people.groupby("call_id")["full_name"].agg(tuple).to_dict()
    return [
        judges.Case(
            str(row["call_id"]),
            row["call_date"].date(),
            text_or_none(row["call_type"]),
            transcripts[str(row["call_id"])],
            names.get(row["call_id"], ()),
        )
        for row in records(calls)
        if str(row["call_id"]) in transcripts
    ]


def _call(row: dict[str, Any]) -> analysis.Call:
    return analysis.Call(
        call_id=str(row["call_id"]),
        call_date=row["call_date"].date(),
        call_type=text_or_none(row["call_type"]),
        scope=text_or_none(row["scope"]),
        is_private=bool(row["is_private"]),
        deal=Deal(
            text_or_none(row["deal_name"]),
            text_or_none(row["deal_stage"]),
            number_or_none(row["deal_amount"]),
        ),
        sentiment=text_or_none(row["sentiment_category"]),
        speaks_of_leaving=bool(row.get("speaks_of_leaving", False)),
        language=text_or_none(row["language"]),
    )


_KINDS = {
    "discovery": "Discovery call",
    "demo": "Demonstration",
    "negotiation": "Negotiation",
    "closing": "Closing call",
    "success": "Customer success call",
    "support": "Support call",
    "internal": "Internal call",
}


@dataclass(frozen=True, slots=True)
class Context:
    """What is known around a call; amount in USD."""

    call_type: str | None
    account: str | None
    deal_name: str | None
    deal_stage: str | None
    deal_amount: float | None


#: Sentences of leaving that a summary repeats at most.
_MOST_OF_LEAVING = 2


def in_context(extract: str, context: Context, of_leaving: Sequence[str] = ()) -> str:
    """The summary that readers see: the context in one sentence, then what was said.

    ``of_leaving``: the customer's sentences of leaving or giving back, the surest first. What the
    extract lacks of them stands at the end, word for word.
    """
    told = " ".join(extract.split())
    lacking = [said for said in of_leaving if said.strip(" .!?") not in told][:_MOST_OF_LEAVING]
    heard = "".join(f" The customer said: “{' '.join(said.split())}”" for said in lacking)
    return f"{opening(context)} {told}{heard}".strip()


def opening(context: Context) -> str:
    """One sentence on account and deal; says so when no deal is linked."""
    kind = _KINDS.get(context.call_type or "", "Call")
    whom = f" with {context.account}" if context.account else " with an account that is not known"
    return f"{kind}{whom}{_deal(context)}."


def _deal(context: Context) -> str:
    if not (context.deal_name or context.deal_stage or context.deal_amount is not None):
        return "; no deal is linked"
    parts = []
    if context.deal_stage:
        parts.append(f"in stage {context.deal_stage}")
    if context.deal_amount is not None:
        parts.append(f"worth ${context.deal_amount:,.0f}")
    named = f"deal “{context.deal_name}”" if context.deal_name else "a deal"
    return f"; {named} {', '.join(parts)}".rstrip()
