"""New calls from Gong: today every few minutes, the look-back every 15, a month every night.

Calls appear late, change and vanish, and Gong has no feed of changes: the days of
the look-back are read again each time, and what is the same is not stored again.
A call is visible minutes after its end, so that the two quarter-hourly reads, half a
quarter apart, see it within eight minutes. The nightly read finds what changed, came
or vanished later than the look-back, reads the users, and makes the viewer anew, which a
purge may have removed.
"""

import dagster as dg

from cs_assets.jobs import AUTOMATION
from resources.settings import Settings
from schedules.look_back import frequent_days, run_of_days, staged_nightly
from schedules.rhythm import schedule

gong_job = dg.define_asset_job(
    "gong_job",
    dg.AssetSelection.groups("gong") - dg.AssetSelection.assets("gong_users"),
    tags=AUTOMATION,
    description="Days of calls from Gong, staged. A range of days is one run.",
)

gong_nightly_job = dg.define_asset_job(
    "gong_nightly_job",
    dg.AssetSelection.groups("gong") | dg.AssetSelection.assets("review_site"),
    tags=AUTOMATION,
    description="A month of calls and all users from Gong, staged; the viewer, without calls "
    "that are gone.",
)


@schedule(
    "gong_schedule",
    gong_job,
    "Today's calls and those of the look-back",
)
def gong_schedule(
    context: dg.ScheduleEvaluationContext, settings: dg.ResourceParam[Settings]
) -> dg.RunRequest:
    return run_of_days(context, frequent_days(settings))


@schedule(
    "gong_today_schedule",
    gong_job,
    "Between the reads of the look-back: calls of today and yesterday",
)
def gong_today_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    return run_of_days(context, 1)


@schedule(
    "gong_nightly_schedule",
    gong_nightly_job,
    "The last five weeks of calls, and the users",
)
def gong_nightly_schedule(
    context: dg.ScheduleEvaluationContext, settings: dg.ResourceParam[Settings]
) -> dg.RunRequest:
    return run_of_days(context, staged_nightly(settings))


schedules = [gong_schedule, gong_today_schedule, gong_nightly_schedule]
