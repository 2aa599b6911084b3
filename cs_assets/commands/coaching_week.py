"""``cs-assets run coaching``: one week's digests and team page, made and sent as asked."""

from typing import Any

from cs_assets.commands.console import Console
from cs_assets.commands.demo import DELIVER_LATE, current_day, latest_week
from cs_assets.commands.digest import find_rep
from cs_assets.commands.running import instance_of, run_job
from cs_assets.commands.week_given import check_week
from cs_assets.facts.wording import counted
from cs_assets.progress import Progress
from resources.settings import Settings

_JOB = "weekly_coaching_job"


def run(week: str | None, reps: str, *, send_emails: bool, send_slack: bool) -> int:
    """Run the week's coaching job; returns the exit status.

    ``week``: a Monday, or the latest with calls; ``reps``: names with commas, all when empty.
    """
    if week is not None:
        check_week(week, current_day())
    from cs_assets.definitions import build_defs

    settings = Settings.load()
    settings.home.ensure()
    definitions = build_defs(settings)
    resources = dict(definitions.resources or {})
    progress = Progress(Console(markup=True))
    chosen = check_week(week or latest_week(settings, resources["gong"]), current_day())
    config = run_config(_ids(reps, resources["warehouse"]), send_emails, send_slack)
    with instance_of(settings.home, progress.warn) as instance, progress.step("Coaching digests"):
        report = run_job(
            definitions, instance, _JOB, partition=chosen, run_config=config, tags=DELIVER_LATE
        )
    for asset, why in report.failed.items():
        progress.warn(f"{asset}: {why}")
    made = report.metadata.get("rep_digests", {})
    sent = report.metadata.get("rep_digest_deliveries", {})
    summary = report.metadata.get("team_summary_delivery", {})
    progress.console.print(
        f"Week of {chosen}: {counted(made.get('written', 0), 'digest')} made, "
        f"{sent.get('sent', 0)} sent, {counted(summary.get('sent', 0), 'team page')} sent"
    )
    return 0 if report.succeeded else 1


def run_config(reps: list[str], send_emails: bool, send_slack: bool) -> dict[str, Any]:
    """What the job is asked for: the same as its run config in the Dagster UI."""
    channels = {"send_emails": send_emails, "send_slack": send_slack}
    return {
        "ops": {
            "rep_digests": {"config": {"reps": reps}},
            "rep_digest_deliveries": {"config": channels},
            "team_summary_delivery": {"config": channels},
        }
    }


def _ids(reps: str, warehouse: Any) -> list[str]:
    from cs_assets.coaching.rep_week import users_of

    wanted = [one.strip() for one in reps.split(",") if one.strip()]
    if not wanted:
        return []
    with warehouse.reading("run coaching") as db:
        users = list(users_of(db.query("coaching/reps")).values())
    return [find_rep(one, users).user_id for one in wanted]
