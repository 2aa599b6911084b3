"""``cs-assets ai plan``: what a week of model calls will cost, before it runs."""

import dataclasses
import datetime as dt
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cs_assets.commands.terminal import echo, echo_json

if TYPE_CHECKING:
    from cs_assets.ai.configuration import AiConfiguration
    from cs_assets.ai.planning import Planned, Volume
    from resources.settings import Settings

#: Weeks of the ledger that tell what an item uses.
_WEEKS = 5


def plan(
    week: Annotated[
        str | None, typer.Option("--week", help="Monday whose calls are counted; else the last.")
    ] = None,
    customers: Annotated[
        int | None, typer.Option(min=0, help="Instead of those there are.")
    ] = None,
    reps: Annotated[int | None, typer.Option(min=0, help="Instead of those there are.")] = None,
    calls: Annotated[int | None, typer.Option(min=0, help="Instead of those of the week.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say what a week's model calls will cost, by asset, and what a ceiling will cut.

    Asks no model. Items that the ledger knows are taken from it; the rest is assumed.
    """
    from cs_assets.ai import configuration, planning
    from cs_assets.ai.ledger.ledger import AiLedger
    from resources.models.choosing import CORTEX_MODEL, choice
    from resources.settings import Settings

    settings = Settings.load()
    config = configuration.load(settings.cs_assets_config_dir)
    chosen = choice(settings)
    model = CORTEX_MODEL if chosen == "cortex" else settings.anthropic_model
    path, now = settings.home.ai_ledger, dt.datetime.now(dt.UTC).replace(tzinfo=None)
    ledger = AiLedger(path, config.ceilings) if path.exists() else None
    volume = _volume(settings, week, customers, reps, calls)
    found = planning.of_week(
        volume,
        (chosen, model),
        _judge(settings, config),
        config,
        ledger.rows(now - dt.timedelta(weeks=_WEEKS)) if ledger else [],
        ledger.spent("month", f"{now:%Y-%m}") if ledger else (0, 0, 0),
        on_snowflake=settings.cs_assets_warehouse == "snowflake",
        insight=_insight(settings, CORTEX_MODEL),
        in_batches=settings.cs_assets_writer_batch_hours > 0,
    )
    if as_json:
        echo_json(_document(volume, chosen, found, config))
    else:
        _print(volume, chosen, found, config)


def _insight(settings: "Settings", agent: str) -> tuple[str, str] | None:
    """Who writes what is told of customers, where that is not the writer of all texts."""
    models = {
        "ai_complete": ("cortex-sql", "ai_complete"),
        "claude": ("claude", settings.anthropic_model),
        "cortex": ("cortex", agent),
        "rules": ("rules", "rules"),
    }
    return models.get(settings.cs_assets_insight_writer or "")


def _judge(settings: "Settings", config: "AiConfiguration") -> tuple[str, str]:
    wanted = settings.cs_assets_call_judge
    named = settings.cs_assets_call_judge_model
    if wanted == "cortex":
        return "cortex-sql", "ai_complete"
    return wanted, named or settings.anthropic_model


def _volume(
    settings: "Settings",
    week: str | None,
    customers: int | None,
    reps: int | None,
    calls: int | None,
) -> "Volume":
    """What there is in the warehouse, with what was given instead of it."""
    from cs_assets.ai.planning import A_CALL, Volume
    from cs_assets.commands.week_given import check_week
    from cs_assets.partitions import last_full_week
    from resources.warehouse_choice import existing_warehouse

    if customers is not None and reps is not None and calls is not None:
        return Volume.usual(customers, reps, calls)
    now = dt.datetime.now(dt.UTC)
    monday = dt.date.fromisoformat(check_week(week, now.date()) if week else last_full_week(now))
    sunday = monday + dt.timedelta(days=6)
    with existing_warehouse(settings).reading("ai plan") as db:
        row = db.query("ai/plan_items", [monday, sunday, monday, sunday]).iloc[0]
        users = db.query("coaching/reps")
    there = int(row["calls"])
    count = there if calls is None else calls
    # Where other calls are given, they are as long as those there are, or of half an hour.
    each = {name: float(row[name]) / there for name in A_CALL} if there else A_CALL
    return Volume(
        int(row["customers"]) if customers is None else customers,
        int(users["is_active"].fillna(False).sum()) if reps is None else reps,
        count,
        **{name: round(count * value) for name, value in each.items()},
    )


def _document(
    volume: "Volume", writer: str, found: Sequence["Planned"], config: "AiConfiguration"
) -> dict[str, Any]:
    return {
        "customers": volume.customers,
        "reps": volume.reps,
        "calls": volume.calls,
        "writer": writer,
        "dollars": round(sum(one.dollars for one in found), 2),
        "prices_as_of": config.prices_as_of.isoformat(),
        "assets": [
            {
                **{k: v for k, v in dataclasses.asdict(one).items() if k != "ceiling"},
                "dollars": round(one.dollars, 2),
                "credits": _rounded(one.credits(config.dollars_a_credit)),
                "ceiling": one.ceiling.model_dump(),
                "price_assumed": config.model(one.model).assumed,
            }
            for one in found
        ],
    }


def _rounded(credits: float | None) -> float | None:
    return None if credits is None else round(credits, 2)


def _thousands(tokens: int) -> str:
    return f"{math.ceil(tokens / 1000):,}k"


def _print(
    volume: "Volume", writer: str, found: Sequence["Planned"], config: "AiConfiguration"
) -> None:
    from rich.table import Table

    from cs_assets.commands.console import Console

    echo(f"{volume.customers:,} customers, {volume.reps:,} reps, {volume.calls:,} calls a week")
    if not found:
        echo(f"No model will be asked: the writer is {writer}, and no AI function is billed.")
        return
    # Eighty columns hold it: models below their assets, tokens in thousands.
    shown = Table(title="A week of model calls", title_justify="left", box=None, pad_edge=False)
    shown.add_column("asset\n  model", no_wrap=True)
    names = ("items", "calls", "tokens\nin", "\nout", "USD", "AI\ncredits", "ceiling\nUSD", "cut")
    for name in names:
        shown.add_column(name, justify="right", vertical="top")
    for one in found:
        credits = one.credits(config.dollars_a_credit)
        shown.add_row(
            f"{one.asset}\n  {one.model}", f"{one.items:,}", f"{one.calls:,}",
            _thousands(one.input_tokens), _thousands(one.output_tokens), f"{one.dollars:,.2f}",
            "" if credits is None else f"{credits:,.1f}", f"{one.ceiling.dollars:,.0f}",
            f"{one.cut:,}" if one.cut else "-",
        )  # fmt: skip
    Console().print(shown)
    echo(f"{sum(one.dollars for one in found):,.2f} USD a week, prices as of {config.prices_as_of}")
    if assumed := [one.asset for one in found if one.basis == "assumed"]:
        echo(f"Assumed, for the ledger has no ten answers yet: {', '.join(assumed)}.")
    for one in found:
        if one.cut:
            echo(
                f"{one.asset}: {one.cut:,} of {one.items:,} will be done without this model; one "
                f"costs {one.dollars / one.items:.2f} USD: raise ceilings in ai.yaml, or choose "
                "another model"
            )
