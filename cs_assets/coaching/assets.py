"""Coaching as assets: read the week's calls, compute, write; then digests and team summary."""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd
from pydantic import Field

from cs_assets import config as configuration
from cs_assets import desk_addresses
from cs_assets.ai.prompting import prompts
from cs_assets.ai.side_by_side import side_by_side
from cs_assets.ai.writing import Prompt, RulesWriter, Writer
from cs_assets.coaching import effects, windows
from cs_assets.coaching import policy as policies
from cs_assets.coaching.digest.digests import Digest, file_stem, write_digest
from cs_assets.coaching.digest.team import BOARD_WEEKS, TeamWeek, audiences, reached
from cs_assets.coaching.digest.team_view import Summary, write_summary
from cs_assets.coaching.inputs import (
    Frames,
    Told,
    reps_with_scores,
    reps_without_scores,
    told_before,
    week_inputs,
    with_leaves,
)
from cs_assets.coaching.objections import week_objections
from cs_assets.coaching.planning.evidence import readable
from cs_assets.coaching.policy import CoachingPolicy
from cs_assets.coaching.quotes import Transcripts
from cs_assets.coaching.rep_week import Rep, RepWeek, WeekInputs, rep_of, rep_week, users_of
from cs_assets.coaching.rows import (
    artefact,
    digest_row,
    failed_row,
    focus_rows,
    gate,
    row_without_calls,
    summary_artefact,
    summary_gate,
    summary_row,
    text_artefact,
)
from cs_assets.coaching.scored_calls import dated
from cs_assets.coaching.scores import week_scores
from cs_assets.coaching.texting import Urgent, text_of, urgent_calls
from cs_assets.coaching.trends import week_trends
from cs_assets.collector import collector_off
from cs_assets.config.deals import DealRules
from cs_assets.frames import records
from cs_assets.kit import previews
from cs_assets.kit.assets import partition_dates, partition_span, replace_dates, result, weekly
from cs_assets.over_cores import over_cores
from resources.files import appearing_together, write_aside
from resources.home import Home
from resources.home_resource import HomeResource
from resources.models.writer import WriterResource
from resources.settings import Settings
from resources.warehouse import Between, Scope, Session, Warehouse
from sql import catalog

_GROUP = "coaching"
_CALLS = ["call_analysis", "stg_gong_calls"]

#: Weeks before in which reading Gong may have begun: days since then are read, or late.
_READ_WEEKS = 52

#: The tables that are written together.
_FILED = ("ops.artefacts", "ops.send_gate")
_DIGEST_TABLES = ("analytics.rep_week_focus", "analytics.rep_digests", *_FILED)
_TEAM_TABLES = ("analytics.team_summary", *_FILED)


def load_policy(settings: Settings) -> CoachingPolicy:
    """The coaching policy in force; where no bot posts, no picture is drawn for it."""
    policy = policies.load(settings.cs_assets_config_dir, settings.desk_url)
    if settings.slack_bot_token is None:
        policy = policy.model_copy(update={"slack_picture": False})
    return policy


def _days(mondays: list[dt.date], weeks_back: int) -> list[dt.date]:
    """First and last day of the calls that these weeks need."""
    return [windows.recent(mondays[0], weeks_back).first, windows.week(mondays[-1]).last]


def _store(
    warehouse: Warehouse,
    table: str,
    frames: list[pd.DataFrame],
    context: dg.AssetExecutionContext,
) -> int:
    with warehouse.session(table) as db:
        return len(replace_dates(db, table, frames, context))


@dg.asset(**weekly("analytics.rep_week_scores", group=_GROUP, deps=_CALLS, kinds=("python",)))
def rep_week_scores(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    policy, mondays = load_policy(settings), partition_dates(context)
    with warehouse.session("rep_week_scores") as db:
        calls = dated(db.query("coaching/scores_of_calls", _days(mondays, policy.window_weeks)))
    frames = [week_scores(calls, monday, policy) for monday in mondays]
    rows = _store(warehouse, "analytics.rep_week_scores", frames, context)
    columns = ["rep_user_id", "dimension", "mean_week", "calls_week", "mean_window", "calls_window"]
    return result(
        rows,
        {
            "reps": int(frames[-1]["rep_user_id"].nunique()),
            "calls": len(calls),
            "last_week": previews.table(frames[-1], columns, most=40),
        },
    )


@dg.asset(
    **weekly(
        "analytics.rep_week_objections",
        group=_GROUP,
        deps=[*_CALLS, "stg_gong_call_transcripts"],
        kinds=("python",),
    )
)
def rep_week_objections(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    policy, mondays = load_policy(settings), partition_dates(context)
    days = _days(mondays, policy.window_weeks)
    with warehouse.session("rep_week_objections") as db:
        calls = db.query("coaching/calls_of_window", days)
        transcripts = Transcripts(db.query("coaching/sentences_of_window", days))
    calls, broken = readable(dated(calls))
    frames = [week_objections(calls, transcripts, monday, policy) for monday in mondays]
    rows = _store(warehouse, "analytics.rep_week_objections", frames, context)
    columns = ["rep_user_id", "objection_type", "calls", "scored_calls", "accounts", "is_recurring"]
    return result(
        rows,
        {
            "unreadable_calls": sorted(broken),
            "last_week": previews.table(frames[-1], columns, most=40),
        },
    )


@dg.asset(**weekly("analytics.rep_week_trends", group=_GROUP, deps=_CALLS, kinds=("python",)))
def rep_week_trends(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    policy, mondays = load_policy(settings), partition_dates(context)
    back = max(policy.history_weeks, policy.window_weeks + policy.before_weeks)
    with warehouse.session("rep_week_trends") as db:
        calls = dated(db.query("coaching/scores_of_calls", _days(mondays, back)))
    frames = [week_trends(calls, monday, policy) for monday in mondays]
    rows = _store(warehouse, "analytics.rep_week_trends", frames, context)
    verdicts = Counter(frames[-1]["verdict"])
    columns = ["rep_user_id", "dimension", "calls_before", "calls_recent", "change", "q_value"]
    return result(
        rows,
        {
            **{f"{verdict}_last_week": count for verdict, count in sorted(verdicts.items())},
            "last_week": previews.table(frames[-1], [*columns, "chart_signal", "verdict"], most=40),
        },
    )


def read_frames(db: Session, mondays: list[dt.date], policy: CoachingPolicy) -> Frames:
    """All that digests and summaries of these weeks are made from: nine statements."""
    window = _days(mondays, policy.window_weeks)
    span = [mondays[0], mondays[-1]]
    return Frames(
        scores_of_calls=db.query("coaching/scores_of_calls", _days(mondays, policy.history_weeks)),
        calls_of_window=_at_desk(db.query("coaching/calls_of_window", window), policy),
        sentences_of_window=db.query("coaching/sentences_of_window", window),
        rep_week_scores=db.query("coaching/rep_week_scores", span),
        rep_week_objections=db.query("coaching/rep_week_objections", span),
        rep_week_trends=db.query("coaching/rep_week_trends", span),
        disputes=_at_desk(db.query("coaching/disputes", window), policy),
        topics_of_window=db.query("coaching/topics_of_window", window),
        read_days=db.query(
            "gong/read_days", [mondays[0] - dt.timedelta(weeks=_READ_WEEKS), window[1]]
        ),
    )


def _at_desk(calls: pd.DataFrame, policy: CoachingPolicy) -> pd.DataFrame:
    """The calls with their pages at the desk, if there is one, instead of those at Gong."""
    if not policy.desk_url:
        return calls
    pages = [desk_addresses.call(policy.desk_url, str(one)) for one in calls["call_id"]]
    return calls.assign(url=pd.Series(pages, index=calls.index, dtype=object))


def read_told(db: Session, monday: dt.date, policy: CoachingPolicy) -> Told:
    """What the digests before this week left."""
    span = [windows.recent(monday, policy.history_weeks).first, monday - windows.DAY]
    return told_before(
        db.query("coaching/rep_week_focus", span), db.query("coaching/rep_digests", span)
    )


class DigestConfig(dg.Config):
    """What a person can ask of one run."""

    reps: list[str] = Field(default_factory=list)
    """Gong users whose digests are made; the others' stay as they are. Empty: all."""


@dg.asset(
    **weekly(
        "analytics.rep_digests",
        group=_GROUP,
        deps=[
            "rep_week_scores",
            "rep_week_objections",
            "rep_week_trends",
            *_CALLS,
            "call_signals",
            "gong_users",
            "source_workday_workers",
        ],
        kinds=("html",),
    )
)
def rep_digests(
    context: dg.AssetExecutionContext,
    config: DigestConfig,
    warehouse: Warehouse,
    home: HomeResource,
    writer: WriterResource,
    settings: dg.ResourceParam[Settings],
) -> dg.MaterializeResult:
    policy, mondays = load_policy(settings), partition_dates(context)
    instructions = prompts.load("coaching/digest", settings.cs_assets_config_dir)
    with warehouse.session("rep_digests") as db:
        frames = read_frames(db, mondays, policy)
        told = read_told(db, mondays[0], policy)
        users = users_of(db.query("coaching/reps"))
        policy = with_leaves(policy, db.query("coaching/leaves"))
        days = _days(mondays, 1)
        calls = db.query("coaching/urgent_calls", days) if policy.texts else None
    made = _Made()
    scribe = writer.for_run("rep_digests", context.run.run_id, len(users))
    with collector_off():
        for monday in mondays:
            inputs, broken = week_inputs(frames, told, monday, policy)
            made.broken.update(broken)
            wanted = [r for r in reps_with_scores(inputs, users) if _is_wanted(r, config)]
            made.urgent = urgent_calls(calls, monday) if calls is not None else {}
            focus = _week_digests(inputs, wanted, scribe, instructions, policy, home.paths, made)
            silent = reps_without_scores(frames, inputs, users, policy)
            for rep in (one for one in silent if _is_wanted(one, config)):
                made.digests.append(row_without_calls(rep, inputs))
            told = told.with_week(monday, focus)
        _keep(warehouse, made, partition_span(context), config.reps)
    used = writer.used("rep_digests", context.run.run_id)
    return result(len(made.digests), {**made.metadata(), **used})


def _is_wanted(rep: Rep, config: DigestConfig) -> bool:
    return not config.reps or rep.user_id in config.reps


class _Made:
    """Rows of a run, collected week by week."""

    def __init__(self) -> None:
        self.digests: list[dict[str, Any]] = []
        self.focus: list[dict[str, Any]] = []
        self.artefacts: list[dict[str, Any]] = []
        self.gate: list[dict[str, Any]] = []
        self.broken: dict[str, str] = {}
        self.shown = ""
        self.urgent: Mapping[str, Urgent] = {}
        """By rep, what calls of the week at hand hold that cannot wait."""

    def metadata(self) -> dict[str, Any]:
        statuses = Counter(row["status"] for row in self.digests)
        held = [row["artefact_id"] for row in self.gate if row["verdict"] == "hold"]
        return {
            **dict(sorted(statuses.items())),
            "held": held,
            "failed_reps": {
                row["rep_user_id"]: row["failure"]
                for row in self.digests
                if row["status"] == "failed"
            },
            "unreadable_calls": self.broken,
            **({"example": dg.MetadataValue.md(self.shown)} if self.shown else {}),
        }


#: Digests by rule that a core is worth: each takes ten milliseconds.
_DIGESTS_PER_CORE = 24


def _week_digests(
    inputs: WeekInputs,
    reps: list[Rep],
    writer: Writer,
    instructions: Prompt,
    policy: CoachingPolicy,
    home: Home,
    made: _Made,
) -> dict[str, list[Any]]:
    """Digests of one week into ``made``; returns the focus areas of reps that got one.

    A rep whose digest fails is recorded with the reason and stops nobody else. Rules write over
    all cores, and nobody holds a thousand digests.
    """

    folder = home.digests(inputs.monday.isoformat())
    with appearing_together(folder) as aside:

        def kept(rep: Rep) -> _Kept:
            try:
                digest = write_digest(rep_week(rep, inputs, policy), writer, instructions, policy)
            except Exception as error:
                return _Kept(failed_row(rep, inputs, error))
            return _kept(digest, made.urgent.get(rep.user_id, Urgent()), policy, home, aside)

        if type(writer) is RulesWriter:
            found = over_cores(kept, reps, _DIGESTS_PER_CORE)
        else:
            found = list(side_by_side(kept, reps, writer.concurrency))
    focus: dict[str, list[Any]] = {}
    for rep, one in zip(reps, found, strict=True):
        made.digests.append(one.row)
        made.focus += one.focus_rows
        made.artefacts += one.artefacts
        made.gate += one.gate
        made.shown = made.shown or one.text
        if one.focus is not None:
            focus[rep.user_id] = one.focus
    return focus


@dataclass(frozen=True)
class _Kept:
    """What tables keep of one digest, whose files are written."""

    row: dict[str, Any]
    focus_rows: list[dict[str, Any]] = field(default_factory=list)
    artefacts: list[dict[str, Any]] = field(default_factory=list)
    gate: list[dict[str, Any]] = field(default_factory=list)
    text: str = ""
    focus: list[Any] | None = None
    """``None`` of one that could not be made."""


def _kept(digest: Digest, urgent: Urgent, policy: CoachingPolicy, home: Home, aside: Path) -> _Kept:
    week = digest.week
    rep, folder = week.rep.user_id, home.digests(week.monday.isoformat())
    paths = _write_parts(aside, folder, digest.file_stem, digest.files, home.root)
    artefacts = [artefact(digest, paths)]
    verdicts = [gate("rep_digest", rep, week.monday, digest.reasons, digest.content_sha256)]
    words = text_of(digest, urgent, policy) if policy.texts else None
    if words is not None:
        parts = {"text": (".sms.txt", words)}
        path = _write_parts(aside, folder, digest.file_stem, parts, home.root)["text"]
        sha256 = hashlib.sha256(words.encode()).hexdigest()
        artefacts.append(text_artefact(digest, path, sha256))
        verdicts.append(gate("rep_text", rep, week.monday, digest.reasons, sha256))
    return _Kept(
        digest_row(digest, paths), focus_rows(week, policy), artefacts, verdicts, digest.text,
        list(week.focus),
    )  # fmt: skip


def _keep(warehouse: Warehouse, made: _Made, span: Between, reps: list[str]) -> None:
    """All rows of the run in one transaction: a digest without its gate must not be seen.

    Only rows of ``reps`` are replaced, of all when none are named.
    """
    weekly: Scope = {"week_start": span, **({"rep_user_id": reps} if reps else {})}
    period: Scope = {
        "kind": ["rep_digest", "rep_text"],
        "period_start": span,
        **({"artefact_id": reps} if reps else {}),
    }
    with warehouse.session("rep_digests") as db, db.transaction(*_DIGEST_TABLES):
        db.replace("analytics.rep_week_focus", _frame(made.focus, "rep_week_focus"), weekly)
        db.replace("analytics.rep_digests", _frame(made.digests, "rep_digests"), weekly)
        db.replace("ops.artefacts", _frame(made.artefacts, "artefacts", "ops"), period)
        db.replace("ops.send_gate", _frame(made.gate, "send_gate", "ops"), period)


def _frame(rows: list[dict[str, Any]], table: str, schema: str = "analytics") -> pd.DataFrame:
    columns = catalog.table(f"{schema}.{table}").column_names
    return pd.DataFrame(rows, columns=columns, dtype=object)


def _write_parts(
    aside: Path, folder: Path, stem: str, parts: Mapping[str, tuple[str, str | bytes]], root: Path
) -> dict[str, str]:
    """The files of ``folder``, written aside; returns their paths below the home by part."""
    paths = {}
    for kind, (ending, content) in parts.items():
        name = f"{stem}{ending}"
        write_aside(aside / name, content.encode() if isinstance(content, str) else content)
        paths[kind] = (folder / name).relative_to(root).as_posix()
    return paths


@dg.asset(
    **weekly(
        "analytics.coaching_effects",
        group=_GROUP,
        deps=["rep_digests", *_CALLS, "call_sentiment"],
        kinds=("python",),
    )
)
def coaching_effects(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    policy, mondays = load_policy(settings), partition_dates(context)
    deals = configuration.load("deals.yaml", DealRules, settings.cs_assets_config_dir)
    frames = [_frame([], "coaching_effects")]
    with warehouse.session("coaching_effects") as db:
        for monday in filter(effects.is_quarters_last, mondays):
            days = _days([monday], policy.history_weeks)
            calls = db.query("coaching/calls_of_window", days)
            told = db.query("coaching/outcomes_of_calls", days)
            focus = db.query("coaching/rep_week_focus", [days[0], monday])
            frames.append(effects.of_quarter(calls, told, focus, monday, policy, deals))
        rows = replace_dates(db, "analytics.coaching_effects", frames, context)
    columns = ["measure", "treated", "untreated", "effect", "effect_low", "effect_high", "verdict"]
    nothing = "No quarter ends in these weeks."
    shown = previews.table(rows, {name: name for name in columns}, nothing=nothing)
    return result(len(rows), {"preview": shown})


@dg.asset(
    **weekly(
        "analytics.team_summary",
        group=_GROUP,
        deps=["rep_digests", "coaching_effects"],
        kinds=("html", "slack"),
    )
)
def team_summary(
    context: dg.AssetExecutionContext,
    warehouse: Warehouse,
    home: HomeResource,
    settings: dg.ResourceParam[Settings],
) -> dg.MaterializeResult:
    policy, mondays = load_policy(settings), partition_dates(context)
    with warehouse.session("team_summary") as db:
        frames = read_frames(db, mondays, policy)
        told = read_told(db, mondays[0], policy)
        users = users_of(db.query("coaching/reps"))
        digests = db.query("coaching/rep_digests", [mondays[0], mondays[-1]])
        since = windows.recent(mondays[0], BOARD_WEEKS).first
        focus = db.query("coaching/rep_week_focus", [since, mondays[-1]])
        changed = records(db.query("coaching/coaching_effects", [mondays[0], mondays[-1]]))
    rows: list[dict[str, Any]] = []
    artefacts: list[dict[str, Any]] = []
    verdicts: list[dict[str, Any]] = []
    shown: Summary | None = None
    for monday in mondays:
        inputs, _ = week_inputs(frames, told, monday, policy)
        found, failed = _rep_weeks(inputs, users, digests, policy)
        told = told.with_week(monday, {week.rep.user_id: list(week.focus) for week in found})
        silent = reps_without_scores(frames, inputs, users, policy)
        if not found and not silent and not failed:
            continue
        own = tuple(one for one in changed if pd.Timestamp(one["week_start"]).date() == monday)
        reaching = reached(records(focus), monday)
        made = [
            write_summary(replace(team, effects=own, reached=reaching), policy)
            for team in audiences(monday, found, silent, failed, users, policy, inputs.unread_week)
        ]
        for summary, paths in zip(made, _write_summaries(made, home.paths), strict=True):
            rows.append(summary_row(summary, paths))
            artefacts.append(summary_artefact(summary, paths, policy))
            verdicts.append(summary_gate(summary))
            shown = summary if summary.team.manager is None else shown
    span = partition_span(context)
    period: Scope = {"kind": "team_summary", "period_start": span}
    with warehouse.session("team_summary") as db, db.transaction(*_TEAM_TABLES):
        db.replace("analytics.team_summary", _frame(rows, "team_summary"), {"week_start": span})
        db.replace("ops.artefacts", _frame(artefacts, "artefacts", "ops"), period)
        db.replace("ops.send_gate", _frame(verdicts, "send_gate", "ops"), period)
    return result(
        len(rows),
        {
            "audiences": [row["audience_id"] for row in rows],
            **({"summary": dg.MetadataValue.md(shown.text)} if shown else {}),
        },
    )


@collector_off()
def _rep_weeks(
    inputs: WeekInputs, users: dict[str, Rep], digests: pd.DataFrame, policy: CoachingPolicy
) -> tuple[list[RepWeek], list[Rep]]:
    """The weeks of reps that have a digest, and the reps whose digest failed."""
    own = digests[pd.to_datetime(digests["week_start"]).dt.date == inputs.monday]
    failed = sorted(own[own["status"] == "failed"]["rep_user_id"])
    found = [
        rep_week(rep, inputs, policy)
        for rep in reps_with_scores(inputs, users)
        if rep.user_id not in failed
    ]
    return found, [rep_of(str(user_id), users) for user_id in failed]


def _write_summaries(summaries: list[Summary], home: Home) -> list[dict[str, str]]:
    """The files of a week's summaries; returns their paths by part."""
    if not summaries:
        return []
    folder = home.digests(summaries[0].team.monday.isoformat())
    with appearing_together(folder) as aside:
        return [
            _write_parts(aside, folder, _stem_of(one.team), one.files, home.root)
            for one in summaries
        ]


def _stem_of(team: TeamWeek) -> str:
    return f"_{file_stem(team.manager.name if team.manager else 'team', team.audience_id)}"


assets = [
    rep_week_scores, rep_week_objections, rep_week_trends, rep_digests, coaching_effects,
    team_summary,
]  # fmt: skip
