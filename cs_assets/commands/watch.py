"""``cs-assets watch``: a look from outside of Dagster, for a timer; each trouble alerts once."""

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cs_assets.commands.terminal import echo, echo_json

if TYPE_CHECKING:
    from cs_assets.delivery.alerts import Trouble
    from resources.settings import Settings

app = typer.Typer()


@app.command()
def watch(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell here only.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look whether the daemon lives, checks pass and tables are fresh; alert once of each trouble.

    For cron or a systemd timer, every few minutes. Exit status 1 where there is trouble.
    """
    from resources.settings import Settings

    settings = Settings.load()
    settings.home.existing()
    found = list(troubles(settings, dt.datetime.now(dt.UTC)))
    said = {} if dry_run else _alerted(settings, found)
    if as_json:
        echo_json(
            [{"name": one.name, "what": one.subject, "alert": said.get(one.name)} for one in found]
        )
    else:
        for one in found:
            echo(f"{one.subject}" + (f" ({said[one.name]})" if one.name in said else ""))
        if not found:
            echo("daemon alive, checks passed, tables fresh")
    raise typer.Exit(1 if found else 0)


def troubles(settings: "Settings", now: dt.datetime) -> "Iterator[Trouble]":
    """What is wrong now, each under a name that stays while it lasts."""
    from cs_assets.commands.running import looked_at, prepare_instance
    from cs_assets.definitions import build_defs
    from cs_assets.delivery.alerts import Trouble
    from resources.instance import health

    prepare_instance(settings.home)
    graph = build_defs(settings).resolve_asset_graph()
    with looked_at(settings.home) as instance:
        yield from _silence(health.last_sign_of_life(instance), now)
        checks = sorted(graph.asset_check_keys, key=str)
        for key, run_id, day in health.failed_checks(instance, checks):
            asset = key.asset_key.to_user_string()
            yield Trouble(
                f"check-{key.name}-{run_id[:8]}", day, f"check {key.name} of {asset} fails",
                f"Since run {run_id}. What it found and how to mend it stands on the page of "
                f"{asset} in the Dagster UI, under Checks.",
            )  # fmt: skip
        with_policy = [key for key in graph.get_all_asset_keys() if graph.get(key).freshness_policy]
        for asset_key, since in health.stale_assets(instance, with_policy):
            name = asset_key.to_user_string()
            yield Trouble(
                f"stale-{name}-{since:%Y%m%dT%H%M%S}", since.date(), f"{name} is not fresh",
                "Its runs are late or fail: cs-assets doctor shows schedules, the UI the runs.",
            )  # fmt: skip


def _silence(last: dt.datetime | None, now: dt.datetime) -> "Iterator[Trouble]":
    from cs_assets.delivery.alerts import Trouble
    from resources.instance.health import SILENT_AFTER

    if last is not None and now - last >= SILENT_AFTER:
        yield Trouble(
            f"daemon-silent-{last:%Y%m%dT%H%M%S}", last.date(),
            f"the Dagster daemon is silent since {last:%Y-%m-%d %H:%M} UTC",
            "No schedule or sensor runs. Start it: cs-assets up, or its service.",
        )  # fmt: skip


def _alerted(settings: "Settings", found: "list[Trouble]") -> dict[str, str]:
    """By trouble what became of its alert; one that was told before is not told again."""
    from cs_assets.commands.deliveries_opened import outbox
    from cs_assets.delivery.alerts import send_alert

    said: dict[str, Any] = {}
    if found:
        with outbox() as box:
            for one in found:
                said[one.name] = send_alert(
                    box, one, slack_channel=settings.alert_slack_channel, email=settings.alert_email
                )
    return said
