"""The rows that coaching writes: one function a table."""

import datetime as dt
import json
from dataclasses import asdict
from typing import Any

from cs_assets.coaching import windows
from cs_assets.coaching.digest.digests import Digest
from cs_assets.coaching.digest.gate import (
    Reason,
    address_reasons,
    content_reasons,
    unread_reasons,
    verdict,
)
from cs_assets.coaching.digest.sheet import cutoff
from cs_assets.coaching.digest.team_view import Summary
from cs_assets.coaching.digest.writing import told_by
from cs_assets.coaching.planning.focus import behaviour_of
from cs_assets.coaching.policy import CoachingPolicy
from cs_assets.coaching.rep_week import Rep, RepWeek, WeekInputs


def digest_row(digest: Digest, paths: dict[str, str]) -> dict[str, Any]:
    """Row of ``analytics.rep_digests``; ``paths`` by part, below the home folder."""
    week = digest.week
    filled = {passage["key"]: passage["filled"] for passage in digest.passages}
    writer, model = told_by(digest.drafts)
    snapshot_id, sheet_json = digest.identified_sheet
    return {
        "rep_user_id": week.rep.user_id,
        "week_start": week.monday,
        "status": "nothing_new" if week.nothing_new else "written",
        "calls_week": week.calls_week,
        "calls_window": len(week.calls),
        "skipped_window": sum(week.skipped.values()),
        "subject": digest.subject,
        "headline": filled["headline"],
        "win": filled.get("win"),
        "focus": filled.get("focus.1.title"),
        "texts": digest.passages_json,
        "sheet": sheet_json,
        "snapshot_id": snapshot_id,
        "writer": writer,
        "model": model,
        "prompt_version": digest.drafts[0].prompt_version,
        "html_path": paths["html"],
        "text_path": paths["text"],
        "facts_path": paths["facts"],
        "html_bytes": len(digest.html.encode()),
        "content_sha256": digest.content_sha256,
        "data_cutoff": digest.sheet.cutoff,
        "form": digest.form,
        "trial": digest.trial,
    }


def failed_row(rep: Rep, inputs: WeekInputs, error: Exception) -> dict[str, Any]:
    """Row of ``analytics.rep_digests`` of a rep whose digest could not be made."""
    reason = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
    return {**_bare_row(rep, inputs), "status": "failed", "failure": reason}


def row_without_calls(rep: Rep, inputs: WeekInputs) -> dict[str, Any]:
    """Row of ``analytics.rep_digests`` of a rep who has nothing to be told."""
    return {**_bare_row(rep, inputs), "status": "no_calls"}


def _bare_row(rep: Rep, inputs: WeekInputs) -> dict[str, Any]:
    own = inputs.calls[inputs.calls["rep_user_id"] == rep.user_id]
    scored = own[own["status"] == "scored"]
    week = windows.week(inputs.monday)
    return {
        "rep_user_id": rep.user_id,
        "week_start": inputs.monday,
        "calls_week": sum(day in week for day in scored["call_date"]),
        "calls_window": len(scored),
        "skipped_window": len(own) - len(scored),
        "data_cutoff": cutoff(inputs.monday),
    }


#: Parts that a digest's mail carries as files, and what they are called there.
_ATTACHED = {"calendar": "follow-up.ics", "pdf": "coaching-digest.pdf"}


def artefact(digest: Digest, paths: dict[str, str]) -> dict[str, Any]:
    """Row of ``ops.artefacts``: the digest as mail to its rep."""
    rep, attached = digest.week.rep, [part for part in _ATTACHED if part in paths]
    return {
        "kind": "rep_digest",
        "artefact_id": rep.user_id,
        "period_start": digest.week.monday,
        "period_end": windows.week(digest.week.monday).last,
        "channel": "email",
        "audience_id": rep.user_id,
        "recipient": rep.email,
        "subject": digest.subject,
        "text_path": paths["text"],
        "html_path": paths.get("html"),
        "attachment_path": "\n".join(paths[part] for part in attached) or None,
        "attachment_name": "\n".join(map(_ATTACHED.__getitem__, attached)) or None,
        "content_sha256": digest.content_sha256,
    }


def text_artefact(digest: Digest, path: str, sha256: str) -> dict[str, Any]:
    """Row of ``ops.artefacts``: a text message to the rep of a digest, called by their mail."""
    own = {"kind": "rep_text", "channel": "sms", "content_sha256": sha256}
    return {**artefact(digest, {"text": path}), **own}


def gate(
    kind: str, artefact_id: str, monday: dt.date, reasons: list[Reason], sha256: str
) -> dict[str, Any]:
    """Row of ``ops.send_gate``."""
    return {
        "kind": kind,
        "artefact_id": artefact_id,
        "period_start": monday,
        "verdict": verdict(reasons),
        "reasons": json.dumps([asdict(reason) for reason in reasons]),
        "content_sha256": sha256,
    }


def summary_row(summary: Summary, paths: dict[str, str]) -> dict[str, Any]:
    """Row of ``analytics.team_summary``."""
    team, sheet = summary.team, summary.sheet
    return {
        "audience_id": team.audience_id,
        "week_start": team.monday,
        "reps": len(team.weeks) + len(team.failed),
        "digests": len(team.weeks),
        "scored_calls": team.scored_calls,
        "skipped_calls": int(sheet["calls.skipped"].number),
        "texts": json.dumps(summary.passages, ensure_ascii=False),
        "sheet": sheet.as_json(indent=None),
        "snapshot_id": sheet.snapshot_id,
        "html_path": paths.get("html"),
        "text_path": paths["text"],
        "payload_path": paths.get("payload"),
        "content_sha256": summary.content_sha256,
        "data_cutoff": sheet.cutoff,
    }


def summary_artefact(
    summary: Summary, paths: dict[str, str], policy: CoachingPolicy
) -> dict[str, Any]:
    """Row of ``ops.artefacts``: mail to a manager, or a post to the team's channel."""
    team = summary.team
    return {
        "kind": "team_summary",
        "artefact_id": team.artefact_id,
        "period_start": team.monday,
        "period_end": windows.week(team.monday).last,
        "channel": "email" if team.manager else "slack",
        "audience_id": team.audience_id,
        "recipient": team.manager.email if team.manager else policy.slack_channel,
        "subject": summary.subject,
        "text_path": paths["text"],
        "html_path": paths.get("html"),
        "payload_path": paths.get("payload"),
        "attachment_path": paths.get("picture"),
        "content_sha256": summary.content_sha256,
    }


def summary_gate(summary: Summary) -> dict[str, Any]:
    """Row of ``ops.send_gate`` of a team summary."""
    team = summary.team
    reasons = content_reasons(summary.html, summary.text, summary.passages)
    if team.manager is not None:
        reasons = [*address_reasons(team.manager), *reasons]
    reasons = [*unread_reasons(team.unread), *reasons]
    if not team.weeks:
        reasons = [*reasons, Reason("no_digest", "no rep of this audience has a digest")]
    return gate("team_summary", team.artefact_id, team.monday, reasons, summary.content_sha256)


def focus_rows(week: RepWeek, policy: CoachingPolicy) -> list[dict[str, Any]]:
    """Rows of ``analytics.rep_week_focus``."""
    rows = []
    for area in week.focus:
        shown = week.focus_moments.get(area.focus_id)
        rows.append(
            {
                "rep_user_id": week.rep.user_id,
                "week_start": week.monday,
                "focus_id": area.focus_id,
                "state": area.state,
                "place": area.place,
                "since_week": area.since_week,
                "weeks_at_target": area.weeks_at_target,
                "weeks_unseen": area.weeks_unseen,
                "behaviour": behaviour_of(area, policy).title,
                "calls": area.calls,
                "missing": area.missing,
                "level": area.level,
                "level_then": area.level_then,
                "target": area.target,
                "priority": area.priority,
                "is_clear": area.is_clear,
                "moment_call_id": shown.call_id if shown else None,
                "moment_start_ms": shown.words.start_ms if shown else None,
                "moment_quote": shown.words.text if shown else None,
            }
        )
    return rows
