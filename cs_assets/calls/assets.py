"""Call intelligence as assets: sentiment, summaries, embeddings, analysis. Read, call, write."""

import traceback
from collections import Counter
from typing import Any

import dagster as dg
import pandas as pd

from cs_assets import config
from cs_assets.asset_kit import partition_span, result, table_asset
from cs_assets.calls import analysis, chunking, sentiment, summary, texts, transcript
from cs_assets.calls.impact import Deal
from cs_assets.calls.models import Function, models
from cs_assets.calls.rubric import Rubric, Taxonomy, rules_version
from cs_assets.frames import number_or_none, records, text_or_none
from cs_assets.partitions import days
from resources.duckdb_warehouse import DuckDBWarehouse
from resources.settings import Settings
from resources.warehouse import Between, Warehouse
from sql import catalog

_GROUP = "calls"
_SUMMARY_TABLES = ("analytics.call_texts", "analytics.call_summaries")
_VECTOR_TABLES = ("analytics.transcript_chunks", "analytics.transcript_embeddings")
_STAGED = ["stg_gong_calls", "stg_gong_call_transcripts", "stg_gong_call_participants"]


def models_of(warehouse: Warehouse) -> dict[Function, str]:
    """Which model stands behind each AI function of this warehouse."""
    return models(is_local=isinstance(warehouse, DuckDBWarehouse))


def load_rules() -> tuple[Rubric, Taxonomy]:
    """The rubric and the taxonomy in force."""
    folder = Settings.load().cs_assets_config_dir
    rubric = config.load("coaching_rubric.yaml", Rubric, folder)
    return rubric, config.load("objections.yaml", Taxonomy, folder)


def _daily(table: str, deps: list[str], kinds: tuple[str, ...] = ("sql",)) -> dict[str, Any]:
    return table_asset(
        table, group=_GROUP, deps=deps, partitions_def=days, single_run=True, kinds=kinds
    )


def _scope(span: Between) -> dict[str, Between]:
    return {"call_date": span}


@dg.asset(**_daily("analytics.call_sentiment", _STAGED, ("sql", "ai")))
def call_sentiment(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
    span = partition_span(context)
    with warehouse.session("call_sentiment") as db:
        judged = db.query("calls/sentiment_of_sentences", [span.first, span.last])
        readable = db.query("calls/calls_with_words", [span.first, span.last])
    rows = sentiment_rows(readable, judged, models_of(warehouse)["sentiment"])
    with warehouse.session("call_sentiment") as db:
        db.replace("analytics.call_sentiment", rows, _scope(span))
    counts = Counter(rows["sentiment_category"])
    return result(
        len(rows),
        {"sentences": len(judged), **{f"{c}_calls": counts[c] for c in _CATEGORIES}},
    )


_CATEGORIES = ("positive", "neutral", "negative", "mixed", "unknown")


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
    rows = []
    for call, day in zip(readable["call_id"], readable["call_date"], strict=True):
        sentences = by_call[str(call)]
        found = sentiment.of_call(sentences)
        rows.append(
            {
                "call_id": call,
                "call_date": day,
                "sentiment_category": found.category,
                "sentiment_score": found.score,
                "sentences_scored": found.sentences_scored,
                "positive_segments": sentiment.segments_json(found.positive),
                "negative_segments": sentiment.segments_json(found.negative),
                "model": model,
                "text_hash": sentiment.words_hash(sentences),
            }
        )
    return pd.DataFrame(rows, columns=catalog.table("analytics.call_sentiment").column_names)


@dg.asset(**_daily("analytics.call_summaries", [*_STAGED, "source_hubspot_deals"], ("sql", "ai")))
def call_summaries(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
    span = partition_span(context)
    model = models_of(warehouse)["summary"]
    with warehouse.session("call_summaries") as db:
        calls = db.query("calls/calls", [span.first, span.last]).set_index("call_id")
        sentences = db.query("calls/sentences", [span.first, span.last])
    whole = {call: texts.as_text(one) for call, one in transcript.by_call(sentences).items()}
    words = pd.DataFrame(
        [
            {
                "call_id": call,
                "call_date": calls.loc[call, "call_date"],
                "words": text,
                "text_hash": texts.hash_of(text),
            }
            for call, text in whole.items()
        ],
        columns=["call_id", "call_date", "words", "text_hash"],
    )
    with warehouse.session("call_summaries") as db, db.transaction(*_SUMMARY_TABLES):
        db.replace("analytics.call_texts", words, _scope(span))
        kept = db.query("calls/summaries_kept", [model, span.first, span.last])
        new = db.query("calls/new_summaries", [model, span.first, span.last])
        extracts = {
            (str(row["call_id"]), str(row["text_hash"])): row["extract"]
            for frame in (kept, new)
            for row in records(frame)
        }
        rows = summary_rows(words, extracts, calls, model)
        db.replace("analytics.call_summaries", rows, _scope(span))
    return result(
        len(rows),
        {
            "summarised_now": len(new),
            "kept": len(rows) - len(new),
            "preview": dg.MetadataValue.md(_summary_preview(rows)),
        },
    )


def summary_rows(
    words: pd.DataFrame, extracts: dict[tuple[str, str], Any], calls: pd.DataFrame, model: str
) -> pd.DataFrame:
    """Rows of ``analytics.call_summaries``: the extract of each call in its context."""
    rows = []
    for call, day, text_hash in words[["call_id", "call_date", "text_hash"]].itertuples(
        index=False
    ):
        known = calls.loc[call]
        extract = extracts.get((call, text_hash))
        said = "" if extract is None or pd.isna(extract) else str(extract)
        around = summary.Context(
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
                "summary": summary.in_context(said or "No summary could be made.", around),
                "extract": said or None,
                "model": model,
                "text_hash": text_hash,
            }
        )
    return pd.DataFrame(
        rows, columns=["call_id", "call_date", "summary", "extract", "model", "text_hash"]
    )


def _summary_preview(rows: pd.DataFrame, at_most: int = 5) -> str:
    return "\n\n".join(f"**{r.call_id}** {r.summary}" for r in rows.head(at_most).itertuples())


@dg.asset(**_daily("analytics.transcript_embeddings", _STAGED, ("sql", "ai")))
def transcript_embeddings(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> dg.MaterializeResult:
    span = partition_span(context)
    with warehouse.session("transcript_embeddings") as db:
        sentences = db.query("calls/sentences", [span.first, span.last])
    rows = chunk_rows(sentences)
    parameters = [models_of(warehouse)["embedding"], span.first, span.last]
    with warehouse.session("transcript_embeddings") as db, db.transaction(*_VECTOR_TABLES):
        db.replace("analytics.transcript_chunks", rows, _scope(span))
        written = db.replace_from(
            "analytics.transcript_embeddings", "calls/embed_chunks", parameters, _scope(span)
        )
    return result(written, {"calls": int(rows["call_id"].nunique()), "model": parameters[0]})


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


@dg.asset(
    **_daily(
        "analytics.call_analysis",
        [*_STAGED, "call_sentiment", "source_hubspot_deals"],
        ("python",),
    )
)
def call_analysis(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
    span = partition_span(context)
    rubric, taxonomy = load_rules()
    with warehouse.session("call_analysis") as db:
        calls = db.query("calls/calls", [span.first, span.last])
        sentences = db.query("calls/sentences", [span.first, span.last])
        kept = db.query("calls/analysis_kept", [span.first, span.last])
    rows, report = analysis_rows(calls, sentences, kept, rubric, taxonomy)
    for call_id, error in report["failed"].items():
        context.log.error(f"call {call_id} could not be analysed: {error}")
    with warehouse.session("call_analysis") as db:
        db.replace("analytics.call_analysis", rows, _scope(span))
    statuses = Counter(rows["status"])
    return result(
        len(rows),
        {
            "analysed_now": report["analysed"],
            "kept": report["kept"],
            "failed": len(report["failed"]),
            "failed_calls": ", ".join(report["failed"]) or "none",
            "rubric_version": rules_version(rubric, taxonomy),
            **{f"{status}_calls": count for status, count in sorted(statuses.items())},
            "preview": dg.MetadataValue.md(_analysis_preview(rows)),
        },
    )


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
    rows: list[dict[str, Any]] = []
    failed: dict[str, str] = {}
    reused = 0
    for row in records(calls):
        call, words = _call(row), transcripts.get(row["call_id"])
        try:
            old = known.get(call.call_id)
            if old is not None and old["input_hash"] == analysis.input_hash(call, words):
                rows.append(old)
                reused += 1
            else:
                rows.append(analysis.analyse(call, words, rubric, taxonomy))
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            failed[call.call_id] = f"{type(error).__name__} at {place.name}:{place.lineno}"
    frame = pd.DataFrame(rows, columns=_ANALYSIS_COLUMNS)
    return frame, {"failed": failed, "kept": reused, "analysed": len(rows) - reused}


_ANALYSIS_COLUMNS = catalog.table("analytics.call_analysis").column_names


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
    )


def _analysis_preview(rows: pd.DataFrame, at_most: int = 12) -> str:
    """The calls that a coach should look at first, as a table."""
    order = pd.Categorical(rows["priority"], ["Critical", "High", "Medium", "Low"], ordered=True)
    first = rows.assign(order=order).sort_values(["order", "call_id"]).head(at_most)
    lines = ["| call | status | priority | overall | next step |", "|---|---|---|---|---|"]
    for row in records(first):
        score = number_or_none(row["overall_score"])
        overall = "not scored" if score is None else f"{score:.0f}"
        step = "none" if text_or_none(row["next_step"]) is None else "agreed"
        lines.append(
            f"| {row['call_id']} | {row['status']} | {row['priority']} | {overall} | {step} |"
        )
    return "\n".join(lines)


assets = [call_sentiment, call_summaries, transcript_embeddings, call_analysis]
