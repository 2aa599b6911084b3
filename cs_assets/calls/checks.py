"""Asset checks of the call room: every call accounted for, quotes real, one model a table."""

import json

import dagster as dg
import pandas as pd

from cs_assets.calls.judging import comparing
from cs_assets.kit.checks import no_rows, unique_grains
from resources.warehouse import Warehouse

#: Below this share of scored external calls something upstream is wrong more often than the calls.
_LEAST_SCORED_SHARE = 0.6
#: What no rule judges, whatever is said.
_NEVER_SCORED = ("internal", "private", "language")
#: Mean difference to Gong's talk ratio from which speakers or times are likely mixed up.
_TALK_RATIO_DIFFERENCE = 0.10
#: Days with calls whose quotes are compared again.
_QUOTE_DAYS = 7


call_analysis_has_every_call = no_rows(
    "call_analysis_has_every_call",
    "call_analysis",
    "calls/check_missing_analysis",
    holds="Every staged call has a row; the broken ones are named.",
    mend="a missing call broke the analysis or was staged later: run its day again",
)


@dg.asset_check(asset="call_analysis", description="Most external calls can be scored.")
def call_analysis_scored_share(warehouse: Warehouse) -> dg.AssetCheckResult:
    with warehouse.session("check call_analysis") as db:
        counts = db.query("calls/check_status_counts")
    by_status = {str(s): int(n) for s, n in zip(counts["status"], counts["calls"], strict=True)}
    chance = sum(n for status, n in by_status.items() if status not in _NEVER_SCORED)
    share = by_status.get("scored", 0) / chance if chance else None
    return dg.AssetCheckResult(
        passed=share is None or share >= _LEAST_SCORED_SHARE,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "scored_share": "no calls" if share is None else round(share, 3),
            "least": _LEAST_SCORED_SHARE,
            **by_status,
        },
    )


@dg.asset_check(
    asset="call_analysis",
    description="Quotes and objections of the last days stand in the transcripts, word for word.",
)
def call_analysis_quotes_are_verbatim(warehouse: Warehouse) -> dg.AssetCheckResult:
    with warehouse.session("check call_analysis") as db:
        rows = db.query("calls/check_recent_quotes", [_QUOTE_DAYS])
        sentences = db.query("calls/check_recent_sentences", [_QUOTE_DAYS])
    checked, wrong = wrong_quotes(rows, sentences)
    return dg.AssetCheckResult(
        passed=not wrong,
        metadata={"quotes": checked, "wrong": len(wrong), "where": ", ".join(wrong[:50]) or "none"},
    )


def wrong_quotes(rows: pd.DataFrame, sentences: pd.DataFrame) -> tuple[int, list[str]]:
    """How many quotes were compared, and ``call/sentence`` of each that differs."""
    keys = zip(sentences["call_id"], sentences["sentence_index"], strict=True)
    spoken = dict(
        zip(keys, zip(sentences["start_ms"], sentences["sentence"], strict=True), strict=True)
    )
    wrong: list[str] = []
    checked = 0
    for call, evidence, objections in rows[["call_id", "evidence", "objections"]].itertuples(
        index=False
    ):
        quotes = [q for dimension in json.loads(evidence).values() for q in dimension["quotes"]]
        quotes += [before for q in quotes if (before := q.get("before"))]
        for quote in [*quotes, *json.loads(objections)]:
            checked += 1
            said = spoken.get((call, quote["sentence_index"]))
            if said != (quote["start_ms"], quote["text"]):
                wrong.append(f"{call}/{quote['sentence_index']}")
    return checked, wrong


@dg.asset_check(
    asset="call_analysis",
    description="Our talk ratio and Gong's own are close on the same calls.",
)
def call_analysis_talk_ratio_is_near_gongs(warehouse: Warehouse) -> dg.AssetCheckResult:
    with warehouse.session("check call_analysis") as db:
        found = db.query("calls/check_talk_ratio").iloc[0]
    calls = int(found["calls"])
    if not calls:
        return dg.AssetCheckResult(passed=True, metadata={"calls": 0, "difference": "no data"})
    mean = float(found["mean_difference"])
    return dg.AssetCheckResult(
        passed=mean <= _TALK_RATIO_DIFFERENCE,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "calls": calls,
            "mean_difference": round(mean, 3),
            "largest_difference": round(float(found["largest_difference"]), 3),
        },
    )


@dg.asset_check(asset="transcript_embeddings", description="All vectors are of one model.")
def transcript_embeddings_one_model(warehouse: Warehouse) -> dg.AssetCheckResult:
    with warehouse.session("check transcript_embeddings") as db:
        counts = db.query("calls/check_embedding_models")
    found = {str(m): int(n) for m, n in zip(counts["model"], counts["chunks"], strict=True)}
    return dg.AssetCheckResult(
        passed=len(found) <= 1,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"models": ", ".join(f"{m}: {n} chunks" for m, n in found.items()) or "none"},
        description="Vectors of different models are never compared: embed the older days again.",
    )


call_signals_are_verbatim = no_rows(
    "call_signals_are_verbatim",
    "call_signals",
    "calls/check_signals_verbatim",
    holds="Signals stand in the transcripts, word for word, and in no private call.",
    mend="the transcript changed since: run the day of the call again",
)

call_judgements_are_verbatim = no_rows(
    "call_judgements_are_verbatim",
    "call_judgements",
    "calls/check_judgements_verbatim",
    holds="Sentences that a model quotes stand in the transcripts, and in no private call.",
    mend="the transcript changed since: run the day of the call again",
)

#: Agreement of model and rules below which neither may be taken for right, from so many verdicts.
_LEAST_KAPPA, _ENOUGH_VERDICTS = 0.6, 40


@dg.asset_check(
    asset="call_judgements",
    description="Rules and model agree on calls; where they do not, rows say so.",
)
def call_judgements_agree(warehouse: Warehouse) -> dg.AssetCheckResult:
    with warehouse.session("check call_judgements") as db:
        rows = db.query("calls/check_judgements")
    found = comparing.agreement_by_dimension(rows)
    apart = {
        dimension: one.kappa
        for dimension, one in found.items()
        if one.n >= _ENOUGH_VERDICTS and one.kappa is not None and one.kappa < _LEAST_KAPPA
    }
    return dg.AssetCheckResult(
        passed=not apart,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "differ": int((rows["compared"] == "differs").sum()),
            "rejected": int((rows["compared"] == "rejected").sum()),
            "of": len(rows),
            **{
                f"kappa_{dimension}": "too few" if one.kappa is None else round(one.kappa, 2)
                for dimension, one in found.items()
            },
            **{f"n_{dimension}": one.n for dimension, one in found.items()},
        },
        description="cs-assets calls judgements --differ lists where they do not agree.",
    )


#: Tables of which no key may stand twice.
_KEYED = ("call_judgements", "call_signals", "call_sentiment", "call_summaries", "call_patterns")

checks = [
    call_judgements_are_verbatim,
    call_judgements_agree,
    call_signals_are_verbatim,
    call_analysis_has_every_call,
    call_analysis_scored_share,
    call_analysis_quotes_are_verbatim,
    call_analysis_talk_ratio_is_near_gongs,
    transcript_embeddings_one_model,
    unique_grains("calls", {f"analytics.{name}": name for name in _KEYED}),
]
