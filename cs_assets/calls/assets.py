"""Call intelligence as assets: sentiment, summaries, embeddings, analysis. Read, call, write."""

import json
from collections import Counter
from functools import partial
from typing import Any

import dagster as dg
import pandas as pd

from cs_assets import config
from cs_assets.ai.configuration import StatementFunction
from cs_assets.ai.configuration import load as load_ai
from cs_assets.ai.statements import CeilingReached
from cs_assets.calls import ai_backlog, texts, transcript
from cs_assets.calls import rows as rows_of
from cs_assets.calls.judging import comparing
from cs_assets.calls.judging.by_rules import RulesJudge
from cs_assets.calls.models import models
from cs_assets.calls.scoring.rubric import Rubric, Taxonomy, rules_version
from cs_assets.calls.signals import KINDS, SignalRules
from cs_assets.frames import records, stacked, text_or_none
from cs_assets.kit import previews
from cs_assets.kit.assets import daily, partition_span, result
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.models import ai_statements, call_judges
from resources.models.ai_statements import AiStatements
from resources.settings import Settings
from resources.warehouse import Between, Scope, Warehouse

_GROUP = "calls"
_SUMMARY_TABLES = ("analytics.call_texts", "analytics.call_summaries")
_VECTOR_TABLES = ("analytics.transcript_chunks", "analytics.transcript_embeddings")
_STAGED = ["stg_gong_calls", "stg_gong_call_transcripts", "stg_gong_call_participants"]


def models_of(warehouse: Warehouse, settings: Settings) -> dict[StatementFunction, str]:
    """Which model stands behind each AI function of this warehouse."""
    configured = load_ai(settings.cs_assets_config_dir).statement_models
    return models(configured, is_local=isinstance(warehouse, DuckDBWarehouse))


def load_rules(settings: Settings) -> tuple[Rubric, Taxonomy]:
    """The rubric and the taxonomy in force."""
    folder = settings.cs_assets_config_dir
    rubric = config.load("coaching_rubric.yaml", Rubric, folder)
    return rubric, config.load("objections.yaml", Taxonomy, folder)


def _statements(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: Settings
) -> AiStatements:
    """The AI statements of this step, counted under its name."""
    asset = context.asset_key.to_user_string()
    return AiStatements(warehouse, settings, asset=asset, run_id=context.run.run_id)


def _period(span: Between) -> str:
    return f"{span.first} to {span.last}"


def _scope(span: Between) -> dict[str, Between]:
    return {"call_date": span}


@dg.asset(**daily("analytics.call_sentiment", group=_GROUP, deps=_STAGED, kinds=("sql", "ai")))
def call_sentiment(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    span = partition_span(context)
    model, statements = (
        models_of(warehouse, settings)["sentiment"],
        _statements(context, warehouse, settings),
    )
    with warehouse.session("call_sentiment") as db:
        readable = db.query("calls/calls_with_words", [span.first, span.last])
        spoken = db.query("calls/customer_sentences", [span.first, span.last])
        kept = db.query("calls/sentiment_kept", [span.first, span.last])
    # Judging that costs nothing is always done anew.
    kept = ai_backlog.with_same_words(kept if statements.is_billed else kept[:0], spoken, model)
    new = readable[~readable["call_id"].isin(kept["call_id"])]
    found, skipped = [_NOTHING_JUDGED], ""
    for number, ids in enumerate(
        ai_backlog.portions(new["call_id"], is_billed=statements.is_billed)
    ):
        asked = "," if len(ids) == len(readable) else ai_backlog.listed(ids)
        statement = ai_backlog.sentiment_statement(spoken, set(ids))
        period = f"{_period(span)} part {number}"
        try:
            judged = statements.run(statement, period, partial(_judge, warehouse, span, asked))
        except CeilingReached as ceiling:  # calls are scored without it; the next run asks again
            left = new[~new["call_id"].isin([one for part in found for one in part["call_id"]])]
            skipped = f"{len(left)} calls: {ceiling}"
            context.log.warning(skipped)
            new = new[~new["call_id"].isin(left["call_id"])]
            break
        found.append(judged)
        if statements.is_billed:
            made = rows_of.sentiment_rows(new[new["call_id"].isin(ids)], judged, model)
            with warehouse.session("call_sentiment") as db:
                db.replace("analytics.call_sentiment", made, {"call_id": ids})
    judged = stacked(found)
    made = rows_of.sentiment_rows(new, judged, model)
    if failed := len(rows_of.failed_sentences(judged)):
        context.log.warning(f"{failed} sentences could not be judged; their calls are asked again")
    kept = kept[kept["call_id"].isin(readable["call_id"])]
    rows = stacked([made, kept])
    with warehouse.session("call_sentiment") as db:
        db.replace("analytics.call_sentiment", rows, _scope(span))
    counts = Counter(rows["sentiment_category"])
    return result(
        len(rows),
        {
            "sentences": len(judged),
            "failed_sentences": failed,
            "kept": len(kept),
            "not_judged": skipped or "none",
            **ai_statements.used(settings, "call_sentiment", context.run.run_id),
            **{f"{c}_calls": counts[c] for c in _CATEGORIES},
        },
    )


def _judge(warehouse: Warehouse, span: Between, calls: str) -> pd.DataFrame:
    with warehouse.session("call_sentiment") as db:
        return db.query("calls/sentiment_of_sentences", [span.first, span.last, calls, calls])


#: As ``calls/sentiment_of_sentences`` answers when it is not asked.
_NOTHING_JUDGED = pd.DataFrame(
    columns=[
        "call_id", "sentence_index", "start_ms", "sentence", "was_asked", "sentiment_category",
        "sentiment_score",
    ]
)  # fmt: skip
_CATEGORIES = ("positive", "neutral", "negative", "mixed", "unknown")


@dg.asset(**daily("analytics.call_signals", group=_GROUP, deps=_STAGED, kinds=("python",)))
def call_signals(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    span = partition_span(context)
    rules = config.load("signals.yaml", SignalRules, settings.cs_assets_config_dir)
    with warehouse.session("call_signals") as db:
        sentences = db.query("calls/sentences", [span.first, span.last])
        by_models = db.query("calls/signals_by_models", [span.first, span.last])
    rows = rows_of.signal_rows(sentences, by_models, rules)
    with warehouse.session("call_signals") as db:
        db.replace("analytics.call_signals", rows, _scope(span))
    counts = Counter(rows["kind"])
    return result(
        len(rows),
        {
            "rules_version": rules.digest,
            "calls": int(rows["call_id"].nunique()),
            **{kind: counts[kind] for kind in KINDS},
            "preview": _signals_preview(rows),
        },
    )


def _signals_preview(rows: pd.DataFrame, at_most: int = 12) -> dg.MarkdownMetadataValue:
    """The surest signals, where they can be heard."""
    first = rows.sort_values(["confidence", "call_id"], ascending=[False, True]).head(at_most)
    shown = {
        "call_id": "call", "kind": "signal", "start_ms": "at", "confidence": "confidence",
        "found_by": "found by",
    }  # fmt: skip
    return previews.table(
        first, shown, most=at_most,
        write={"start_ms": lambda v: texts.clock(int(v)), "confidence": lambda v: f"{v:.2f}"},
    )  # fmt: skip


@dg.asset(
    **daily(
        "analytics.call_summaries",
        group=_GROUP,
        deps=[*_STAGED, "source_hubspot_deals", "source_exchange_rates", "call_signals"],
        kinds=("sql", "ai"),
    )
)
def call_summaries(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    span = partition_span(context)
    model, statements = (
        models_of(warehouse, settings)["summary"],
        _statements(context, warehouse, settings),
    )
    with warehouse.session("call_summaries") as db:
        calls = db.query("calls/calls", [span.first, span.last]).set_index("call_id")
        sentences = db.query("calls/sentences", [span.first, span.last])
        churn = db.query("calls/churn_sentences", [span.first, span.last])
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
    with warehouse.session("call_summaries") as db:
        db.replace("analytics.call_texts", words, _scope(span))
        kept = db.query("calls/summaries_kept", [model, span.first, span.last])
    known = set(zip(kept["call_id"], kept["text_hash"], strict=True))
    lacking = [
        call
        for call, text_hash in zip(words["call_id"], words["text_hash"], strict=True)
        if (call, text_hash) not in known
    ]
    made, skipped = [kept], ""
    for number, ids in enumerate(ai_backlog.portions(lacking, is_billed=statements.is_billed)):
        of_portion = words[words["call_id"].isin(ids)]
        statement = ai_backlog.summary_statement(of_portion, kept)
        asked = "," if len(ids) == len(lacking) else ai_backlog.listed(ids)
        ask = partial(_summarise, warehouse, span, model, asked)
        try:
            new = statements.run(statement, f"{_period(span)} part {number}", ask, _written)
        except CeilingReached as ceiling:  # what was made is stored; the next run asks again
            skipped = f"{len(lacking) - sum(map(len, made[1:]))} calls: {ceiling}"
            context.log.warning(skipped)
            break
        made.append(new)
        if statements.is_billed:
            rows = rows_of.summary_rows(of_portion, _extracts([new]), calls, model, churn)
            _store_summaries(warehouse, span, rows, {"call_id": ids})
    extracts = _extracts(made)
    keys = zip(words["call_id"], words["text_hash"], strict=True)
    told = pd.Series([key in extracts for key in keys], index=words.index, dtype=bool)
    rows = rows_of.summary_rows(words[told], extracts, calls, model, churn)
    _store_summaries(warehouse, span, rows, _scope(span))
    new_ones = sum(map(len, made[1:]))
    return result(
        len(rows),
        {
            "summarised_now": new_ones,
            "kept": len(rows) - new_ones,
            "not_summarised": skipped or "none",
            **ai_statements.used(settings, "call_summaries", context.run.run_id),
            "preview": dg.MetadataValue.md(_summary_preview(rows)),
        },
    )


def _summarise(warehouse: Warehouse, span: Between, model: str, calls: str) -> pd.DataFrame:
    with warehouse.session("call_summaries") as db:
        return db.query("calls/new_summaries", [model, span.first, span.last, calls, calls])


def _written(made: pd.DataFrame) -> list[str]:
    return made["extract"].dropna().astype(str).tolist()


def _extracts(made: list[pd.DataFrame]) -> dict[tuple[str, str], Any]:
    return {
        (str(row["call_id"]), str(row["text_hash"])): row["extract"]
        for frame in made
        for row in records(frame)
    }


def _store_summaries(warehouse: Warehouse, span: Between, rows: pd.DataFrame, scope: Scope) -> None:
    """In a short transaction, without those whose words were purged while the model read them."""
    with warehouse.session("call_summaries") as db, db.transaction(*_SUMMARY_TABLES):
        there = db.query("calls/texts_there", [span.first, span.last])
        still = set(zip(there["call_id"], there["text_hash"], strict=True))
        wanted = [key in still for key in zip(rows["call_id"], rows["text_hash"], strict=True)]
        db.replace("analytics.call_summaries", rows[wanted], scope)


def _summary_preview(rows: pd.DataFrame, at_most: int = 5) -> str:
    return "\n\n".join(f"**{r.call_id}** {r.summary}" for r in rows.head(at_most).itertuples())


@dg.asset(
    **daily("analytics.transcript_embeddings", group=_GROUP, deps=_STAGED, kinds=("sql", "ai"))
)
def transcript_embeddings(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    span = partition_span(context)
    with warehouse.session("transcript_embeddings") as db:
        sentences = db.query("calls/sentences", [span.first, span.last])
    rows = rows_of.chunk_rows(sentences)
    model = models_of(warehouse, settings)["embedding"]
    parameters = [model, span.first, span.last]
    statements = _statements(context, warehouse, settings)
    with warehouse.session("transcript_embeddings") as db:
        db.replace("analytics.transcript_chunks", rows, _scope(span))
        kept = db.query("calls/embeddings_kept", parameters)
    lacking = ai_backlog.without_vector(rows, kept)
    skipped = ""
    for number, ids in enumerate(ai_backlog.portions(lacking, is_billed=statements.is_billed)):
        statement = ai_backlog.embedding_statement(rows[rows["call_id"].isin(ids)], kept)
        chosen = "," if len(ids) == rows["call_id"].nunique() else ai_backlog.listed(ids)
        asked = [*parameters, chosen, chosen, model]
        embed = partial(_embed, warehouse, span, asked, ids)
        try:
            statements.run(statement, f"{_period(span)} part {number}", embed)
        except CeilingReached as ceiling:  # what was made is stored; the next run asks again
            skipped = str(ceiling)
            context.log.warning(skipped)
            break
    with warehouse.session("transcript_embeddings") as db:
        with db.transaction(*_VECTOR_TABLES, bulk=False):
            db.execute("calls/drop_vectors_without_chunk", [span.first, span.last])
        written = len(db.query("calls/embeddings_kept", parameters))
    told = {"calls": int(rows["call_id"].nunique()), "model": model}
    used = ai_statements.used(settings, "transcript_embeddings", context.run.run_id)
    return result(written, {**told, "not_embedded": skipped or "none", **used})


def _embed(warehouse: Warehouse, span: Between, asked: list[Any], ids: list[str]) -> None:
    """Vectors of some calls: made without a lock, stored in a short transaction."""
    with warehouse.session("transcript_embeddings") as db:
        db.replace_from(
            "analytics.transcript_embeddings", "calls/embed_chunks", asked, {"call_id": ids}
        )


@dg.asset(
    **daily(
        "analytics.call_analysis",
        group=_GROUP,
        deps=[
            *_STAGED,
            "call_sentiment",
            "call_signals",
            "source_hubspot_deals",
            "source_exchange_rates",
        ],
        kinds=("python",),
    )
)
def call_analysis(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    span = partition_span(context)
    rubric, taxonomy = load_rules(settings)
    with warehouse.session("call_analysis") as db:
        calls = db.query("calls/calls", [span.first, span.last])
        sentences = db.query("calls/sentences", [span.first, span.last])
        kept = db.query("calls/analysis_kept", [span.first, span.last])
    rows, report = rows_of.analysis_rows(calls, sentences, kept, rubric, taxonomy)
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
            "preview": _analysis_preview(rows),
        },
    )


@dg.asset(
    **daily(
        "analytics.call_judgements",
        group=_GROUP,
        deps=[*_STAGED, "call_analysis"],
        kinds=("python", "ai"),
    )
)
def call_judgements(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    span = partition_span(context)
    rubric, taxonomy = load_rules(settings)
    asset = context.asset_key.to_user_string()
    judge = call_judges.model_judge(
        settings, warehouse, rubric, asset=asset, run_id=context.run.run_id, span=span
    )
    with warehouse.session(asset) as db:
        kept = db.query("calls/judgements_kept", [span.first, span.last])
        if judge is None and kept.empty:
            return result(0, {"judge": "rules alone"})
        calls = db.query("calls/calls_to_judge", [span.first, span.last])
        sentences = db.query("calls/sentences", [span.first, span.last])
        people = db.query("calls/people", [span.first, span.last])
    how = call_judges.load_rules(settings)
    found = comparing.compare(
        rows_of.cases(calls, sentences, people),
        kept, judge, RulesJudge(how, rubric, taxonomy), how,
    )  # fmt: skip
    with warehouse.session(asset) as db:
        db.replace(comparing.TABLE, found.rows, _scope(span))
    counts = Counter(found.rows["compared"])
    return result(
        len(found.rows),
        {
            "judge": judge.name if judge else "rules alone",
            "judged_now": found.asked,
            "kept": found.kept,
            "not_judged": json.dumps(found.not_judged) if found.not_judged else "none",
            **ai_statements.used(settings, asset, context.run.run_id),
            **{f"{one}_criteria": counts[one] for one in ("agrees", "differs", "rejected")},
        },
    )


def _analysis_preview(rows: pd.DataFrame, at_most: int = 12) -> dg.MarkdownMetadataValue:
    """The calls that a coach should look at first, as a table."""
    order = pd.Categorical(rows["priority"], ["Critical", "High", "Medium", "Low"], ordered=True)
    first = rows.assign(order=order).sort_values(["order", "call_id"]).head(at_most)
    return previews.table(
        first,
        {
            "call_id": "call",
            "status": "status",
            "priority": "priority",
            "overall_score": "overall",
            "next_step": "next step",
        },
        most=at_most,
        write={
            "overall_score": lambda v: "not scored" if pd.isna(v) else f"{v:.0f}",
            "next_step": lambda v: "none" if text_or_none(v) is None else "agreed",
        },
    )


assets = [
    call_sentiment, call_signals, call_summaries, transcript_embeddings, call_analysis,
    call_judgements,
]  # fmt: skip
