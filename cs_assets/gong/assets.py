"""Calls in: raw answers of Gong, and the tables staged from them."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from cs_assets.ai import configuration
from cs_assets.ai.ledger.ledger import AiLedger
from cs_assets.erasure.spoken import Spoken
from cs_assets.errors import Unavailable
from cs_assets.gong import day_states, staging, withdrawing
from cs_assets.gong.kept_answers import KeptAnswers
from cs_assets.gong.landing import CallsLanding, TranscriptsLanding
from cs_assets.gong.parse_pages import Intake, take_calls, take_transcripts, take_users
from cs_assets.gong.rules import load_rules
from cs_assets.gong.store_kept import store_users
from cs_assets.kit import days_to_make, previews
from cs_assets.kit.assets import OWNER, daily, partition_dates, result, table_asset
from resources.erasure import event_logs, quoting_files
from resources.gong import log
from resources.gong.errors import GongError, RateLimited
from resources.gong.source import GongSource, Window, bundles, rare_collections
from resources.home_resource import HomeResource
from resources.settings import Settings
from resources.warehouse import Warehouse

GROUP = "gong"
#: Who tells a run which days hold calls and sentences that have to be staged.
_CALLS, _WORDS = "gong_calls_raw", "gong_call_transcripts_raw"
_GONG = "answers of Gong, or files of them"

#: New days are staged within this time, or the asset counts as stale in the UI.
_FRESH = dg.FreshnessPolicy.time_window(
    fail_window=dt.timedelta(minutes=45), warn_window=dt.timedelta(minutes=20)
)


class TranscriptsConfig(dg.Config):
    """How transcripts are read."""

    reread: bool = False
    """Ask again for transcripts that are stored, to find those that Gong has corrected."""


@dg.asset(**table_asset("gong.gong_users", group=GROUP, kinds=("api",), made_of=_GONG))
def gong_users(
    context: dg.AssetExecutionContext,
    gong: GongSource,
    warehouse: Warehouse,
    settings: dg.ResourceParam[Settings],
) -> dg.MaterializeResult:
    kept = KeptAnswers(settings.home.gong_kept)
    with _reading(context):
        intake = take_users(gong.users())
    try:
        with warehouse.session("gong_users") as db:
            count, dead = store_users(db, intake)
    except Unavailable as away:
        if not warehouse.is_elsewhere:
            raise
        kept.keep_users(intake)
        raise _kept(kept, away) from away
    kept.forget(kept.users()[1])  # of before
    return result(count, {"dead_letters": dead, "requests": intake.pages})


@dg.asset(**daily("gong.gong_calls_raw", group=GROUP, kinds=("api",), made_of=_GONG))
def gong_calls_raw(
    context: dg.AssetExecutionContext,
    gong: GongSource,
    warehouse: Warehouse,
    settings: dg.ResourceParam[Settings],
) -> dg.MaterializeResult:
    dates, kept = partition_dates(context), KeptAnswers(settings.home.gong_kept)
    span = dates[0], dates[-1]
    landing = CallsLanding(warehouse, kept, span, context.run.run_id, _now())
    window = Window.of_days(*span)
    if landing.read is not None and landing.read.resume_from is not None:
        resume_from = landing.read.resume_from
        window = Window(resume_from.replace(tzinfo=dt.UTC), window.end)
        context.log.info(f"goes on from {resume_from}, where the last run was cut short")
    with _reading(context):
        last = None
        try:
            for pages in bundles(gong.calls(window)):
                if last is not None:  # another follows: from here on reading may be resumed
                    landing.take(last)
                    last = None  # not to be held beside the next
                last = take_calls(pages)
        except GongError:
            landing.take(last or Intake())
            raise
        landing.finish(last or Intake(), lambda ids: bundles(gong.calls_by_id(ids)))
        if landing.away is not None:
            _keep_transcripts(context, gong, landing)
    if (read := landing.read) is None or landing.away is not None:
        raise _kept(kept, landing.away) from landing.away
    if not read.seen and not read.known:
        context.log.warning(
            "Gong answered no call at all, and none is stored: the days are empty, or the key "
            "may see no calls (Gong gives both the same answer)"
        )
    facts = {
        "new": read.new,
        "changed": read.changed,
        "vanished": read.vanished,
        "vanished, not believed": read.not_believed,
        "purged": read.purged,
        "dead_letters": read.dead,
        "requests": read.requests,
        "written": int(read.has_written),
        "letters_waiting": len(read.letters) + read.other_letters,
        "stored late": landing.stored_late,
    }
    _tell(context, "gong.calls_stored", facts)
    states = day_states.calls_to_stage(read, load_rules(settings.cs_assets_config_dir))
    return result(len(read.seen), {**facts, **days_to_make.told(states)})


@dg.asset(
    **daily("gong.gong_call_transcripts_raw", group=GROUP, deps=["gong_calls_raw"], kinds=("api",))
)
def gong_call_transcripts_raw(
    context: dg.AssetExecutionContext,
    config: TranscriptsConfig,
    gong: GongSource,
    warehouse: Warehouse,
    settings: dg.ResourceParam[Settings],
) -> dg.MaterializeResult:
    dates, kept = partition_dates(context), KeptAnswers(settings.home.gong_kept)
    span = dates[0], dates[-1]
    landing = TranscriptsLanding(warehouse, kept, span, reread=config.reread, now=_now())
    with _reading(context):
        for call_ids in landing.portions():
            answered: set[str] = set()
            for pages in bundles(gong.transcripts(call_ids)):
                answered |= landing.take(take_transcripts(pages), _now())
            landing.miss([call_id for call_id in call_ids if call_id not in answered], _now())
    if landing.away is not None:
        raise _kept(kept, landing.away) from landing.away
    read = landing.read
    facts = {
        "asked_for": len(read.wanted),
        "received": read.received,
        "changed": read.changed,
        "pending": read.pending,
        "dead_letters": read.dead,
        "requests": read.requests,
    }
    _tell(context, "gong.transcripts_stored", facts)
    words = day_states.words_to_stage(read, anew=config.reread)
    return result(read.transcribed_before + read.received, {**facts, **days_to_make.told(words)})


@dg.asset(
    **table_asset("gong.gong_purges", group=GROUP, deps=["gong_calls_raw"], kinds=("python",))
)
def gong_purges(
    context: dg.AssetExecutionContext,
    warehouse: Warehouse,
    home: HomeResource,
    settings: dg.ResourceParam[Settings],
) -> dg.MaterializeResult:
    now, root = _now(), home.paths.root
    with warehouse.session("gong_purges") as db:
        withdrawals = withdrawing.due(db, now)
    spoken, purges, paths = withdrawals.spoken, None, []
    forgotten = drafts = shown = quotes = 0
    if withdrawals.purges:
        paths = withdrawing.paths_of(withdrawals.documents)
        found = quoting_files.documents(home.paths, spoken, withdrawals.files_since)
        paths = sorted({*paths, *found})
        for path in paths:
            (root / path).unlink(missing_ok=True)
        forgotten = _forget_answers(settings, spoken)
        drafts = quoting_files.drop_drafts(home.paths.desk, spoken)
        shown = event_logs.withdraw(home.paths.dagster, spoken, withdrawals.files_since)
        with warehouse.session("gong_purges") as db:
            quotes = withdrawing.withdraw(db, withdrawals, now, paths)
            purges = int(db.query("gong/count_purges").purges[0])
    facts = {
        "calls_due": len(spoken.call_ids),
        "documents_withdrawn": len(withdrawals.documents),
        "files_removed": len(paths),
        "rows_without_their_words": quotes,
        "answers_forgotten": forgotten,
        "drafts_dropped": drafts,
        "previews_emptied": shown,
    }
    _tell(context, "gong.withdrawn", facts)
    return result(purges, facts) if purges is not None else dg.MaterializeResult(metadata=facts)


@dg.asset(
    **daily(
        "gong.stg_gong_call_participants",
        group=GROUP,
        deps=["gong_calls_raw", "source_hubspot_contacts"],
    )
)
def stg_gong_call_participants(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> dg.MaterializeResult:
    if (span := days_to_make.of_run(context, _CALLS)) is None:
        return days_to_make.unchanged()
    with warehouse.session("stg_gong_call_participants") as db:
        return result(staging.stage_participants(db, staging.Days(*span)))


@dg.asset(**daily("gong.stg_gong_call_topics", group=GROUP, deps=["gong_calls_raw"]))
def stg_gong_call_topics(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> dg.MaterializeResult:
    if (span := days_to_make.of_run(context, _CALLS)) is None:
        return days_to_make.unchanged()
    with warehouse.session("stg_gong_call_topics") as db:
        return result(staging.stage_topics(db, staging.Days(*span)))


@dg.asset(
    **daily(
        "gong.stg_gong_calls",
        group=GROUP,
        deps=[
            "gong_calls_raw",
            "stg_gong_call_participants",
            "stg_gong_call_topics",
            "source_hubspot_deals",
            "source_hubspot_companies",
            "source_hubspot_contacts",
            "source_customers",
        ],
        freshness_policy=_FRESH,
    )
)
def stg_gong_calls(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    if (span := days_to_make.of_run(context, _CALLS)) is None:
        return days_to_make.unchanged()
    rules = load_rules(settings.cs_assets_config_dir)
    with warehouse.session("stg_gong_calls") as db:
        return result(staging.stage_calls(db, staging.Days(*span), rules, _now()))


@dg.asset(
    **daily(
        "gong.stg_gong_call_transcripts",
        group=GROUP,
        deps=["gong_call_transcripts_raw", "gong_calls_raw", "stg_gong_call_participants"],
    )
)
def stg_gong_call_transcripts(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> dg.MaterializeResult:
    is_told = days_to_make.states_by(context, _WORDS) is not None
    if (span := days_to_make.of_run(context, _WORDS)) is None:
        return days_to_make.unchanged(days_made_anew=0, sentences_written=0)
    with warehouse.session("stg_gong_call_transcripts") as db:
        made, written = staging.stage_transcripts(
            db, staging.Days(*span), _now(), all_changed=is_told
        )
        rows = written
        if not is_told:
            rows = int(db.query("gong/count_sentences", [*span]).sentences[0])
    return result(rows, {"days made anew": made, "sentences written": written})


@dg.asset(
    group_name=GROUP,
    kinds={"view", "sql"},
    owners=[OWNER],
    deps=[
        "stg_gong_calls",
        "stg_gong_call_participants",
        "stg_gong_call_transcripts",
        "gong_users",
        "source_exchange_rates",
        "source_hubspot_deals",
        "source_hubspot_companies",
        "source_hubspot_contacts",
        "source_customers",
    ],
    metadata={"dagster/table_name": "gong.vw_enriched_gong_calls"},
    description="One row per call with host, deal, company, contact and customer by name.",
)
def vw_enriched_gong_calls(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> dg.MaterializeResult:
    with warehouse.session("vw_enriched_gong_calls") as db:
        db.make_view("gong/create_vw_enriched_gong_calls")
        if days_to_make.are_none(context, _CALLS, _WORDS):
            return days_to_make.unchanged()
        matches = db.query("gong/enriched_matches")
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": int(matches.calls.sum()),
            "how calls were linked": previews.table(matches),
        }
    )


@dg.asset(
    **daily(
        "gong.gong_reconciliation",
        group=GROUP,
        deps=[
            "gong_call_transcripts_raw",
            "stg_gong_calls",
            "stg_gong_call_transcripts",
            "call_analysis",
        ],
    )
)
def gong_reconciliation(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> dg.MaterializeResult:
    if days_to_make.are_none(context, _CALLS, _WORDS) and not _counts_changed(context):
        return days_to_make.unchanged()
    span = staging.Days(*days_to_make.whole(context))
    with warehouse.session("gong_reconciliation") as db:
        table = staging.reconcile(
            db,
            span,
            _staged_by(context, "stg_gong_calls", _CALLS),
            _staged_by(context, "stg_gong_call_transcripts", _WORDS),
        )
    table["call_date"] = table.call_date.dt.date
    return result(len(table), {"by day": previews.table(table.tail(14))})


def _forget_answers(settings: Settings, spoken: Spoken) -> int:
    """Forget what models answered about these calls; the number of answers."""
    path = settings.home.ai_ledger
    if not path.exists():
        return 0
    ceilings = configuration.load(settings.cs_assets_config_dir).ceilings
    return AiLedger(path, ceilings).forget_sources(spoken.names_one)


def _keep_transcripts(
    context: dg.AssetExecutionContext, gong: GongSource, landing: CallsLanding
) -> None:
    """Read the transcripts of new calls too: the assets after this one will not run."""
    asked = landing.to_ask()
    answered: set[str] = set()
    if not asked:
        return
    try:
        for pages in bundles(gong.transcripts(list(asked))):
            intake = take_transcripts(pages)
            landing.kept.keep_transcripts(intake, asked)
            answered |= {row["call_id"] for row in intake.rows}
        landing.kept.keep_missing(asked, [one for one in asked if one not in answered], _now())
    except GongError as refused:  # the calls are kept
        context.log.warning(f"transcripts could not be read: {refused}")


def _kept(kept: KeptAnswers, away: Unavailable | None) -> dg.Failure:
    """The end of a run whose warehouse is away: what was read waits in the home."""
    counts = kept.counts()
    told = ", ".join(f"{n} {kind}{'s' * (n != 1)}" for kind, n in counts.items())
    return dg.Failure(
        f"{away}. What Gong answered is kept in the home ({told or 'nothing new'}); the next run "
        "that reaches the warehouse stores it.",
        metadata={f"kept: {kind}": n for kind, n in counts.items()},
        allow_retries=False,
    )


@contextmanager
def _reading(context: dg.AssetExecutionContext) -> Iterator[None]:
    """Requests inside are logged with run and partition; Gong's refusals end the run plainly."""
    try:
        with log.bound(**_whereabouts(context)), rare_collections():
            yield
    except RateLimited as limited:
        raise dg.Failure(
            f"{limited}. What was read is stored; the next run goes on from there.",
            metadata={"resume_at": limited.resume_at.isoformat()},
            allow_retries=False,
        ) from limited
    except GongError as refused:
        raise dg.Failure(str(refused), allow_retries=False) from refused


def _whereabouts(context: dg.AssetExecutionContext) -> dict[str, str | None]:
    """Run and partitions, as every line of the log names them."""
    partition = None
    if context.has_partition_key:
        partition = context.partition_key
    elif context.has_partition_key_range:
        keys = context.partition_key_range
        partition = f"{keys.start}...{keys.end}"
    return {"run_id": context.run.run_id, "partition": partition}


def _tell(context: dg.AssetExecutionContext, event: str, facts: dict[str, int]) -> None:
    """The summary of an asset, beside the lines of its requests."""
    context.log.info(log.line(event, **_whereabouts(context), **facts))


def _staged_by(
    context: dg.AssetExecutionContext, asset: str, told_by: str
) -> day_states.States | None:
    """The days that ``asset`` has staged in this run; None where nobody told it which."""
    if days_to_make.said_in_run(context, asset) is None:
        return {}
    return days_to_make.states_by(context, told_by)


def _counts_changed(context: dg.AssetExecutionContext) -> bool:
    """Whether this run wrote down another number of calls for a day, or cannot tell."""
    said = days_to_make.said_in_run(context, _CALLS)
    return said is None or bool(said.get("written"))


def _now() -> dt.datetime:
    """The time that is written beside what was read; it decides nothing."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


assets = [
    gong_users,
    gong_calls_raw,
    gong_call_transcripts_raw,
    gong_purges,
    stg_gong_call_participants,
    stg_gong_call_topics,
    stg_gong_calls,
    stg_gong_call_transcripts,
    vw_enriched_gong_calls,
    gong_reconciliation,
]
