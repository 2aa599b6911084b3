"""``cs-assets scale``: what a company of some size would ask of the platform, as it is set here."""

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from cs_assets.commands.home_option import HomeOption, use_home
from cs_assets.commands.terminal import echo, echo_json

if TYPE_CHECKING:
    from cs_assets.operations.scale.sizing import Company, Scale, Setting
    from cs_assets.operations.scale.units import Units
    from resources.settings import Settings

app = typer.Typer()


@app.command()
def scale(
    customers: Annotated[int, typer.Option("--customers", min=1, help="With a review a week.")],
    reps: Annotated[int, typer.Option("--reps", min=0, help="With a digest a week.")] = 0,
    calls: Annotated[
        int | None, typer.Option("--calls", min=0, help="A week; default: the usual of a rep.")
    ] = None,
    workers: Annotated[
        int, typer.Option("--workers", min=1, max=10_000, help="Runs side by side (max runs).")
    ] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    home: HomeOption = None,
) -> None:
    """Requests, rows, hours and cost of a week at some size, and what would be the limit."""
    use_home(home)
    from cs_assets.operations.scale.sizing import Company
    from cs_assets.operations.scale.sizing import scale as sized
    from cs_assets.operations.scale.units import load
    from resources.settings import Settings

    settings = Settings.load()
    units = load(settings.cs_assets_config_dir)
    calls = round(reps * units.calls_a_rep.value) if calls is None else calls
    company = Company(customers, reps, calls)
    setting = _setting(settings, workers, company, units)
    found = sized(company, setting, units)
    if as_json:
        told = asdict(found) | {"company": asdict(company), "setting": asdict(setting)}
        told["limits"] = [{**asdict(limit), "load": limit.load} for limit in found.limits]
        told["assumed"] = _assumed(units.model_dump())
        echo_json(told)
        return
    _print(company, setting, found, _assumed(units.model_dump()))


def _setting(settings: "Settings", workers: int, company: "Company", units: "Units") -> "Setting":
    from cs_assets.ai.configuration import load as ai
    from cs_assets.operations.scale.sizing import Setting
    from schedules import cost, rhythm

    models = ai(settings.cs_assets_config_dir)
    rhythms = rhythm.load(settings.cs_assets_config_dir)
    size = cost.Company(
        company.customers,
        company.reps,
        round(company.calls / 5),
        statement_seconds=units.statement_seconds.value * math.sqrt(company.customers / 100),
    )
    writers = {"claude": settings.anthropic_model, "cortex": "cortex-agent"}
    writer = writers.get(settings.cs_assets_writer)
    on_snowflake = settings.cs_assets_warehouse == "snowflake"
    return Setting(
        workers=workers if on_snowflake else 1,
        shards=settings.cs_assets_review_shards,
        look_back_days=settings.gong_look_back_days,
        look_back_reads=round(len(cost.ticks(rhythms, "gong_schedule")) / 28),
        today_reads=round(len(cost.ticks(rhythms, "gong_today_schedule")) / 28),
        requests_a_day=settings.gong_requests_per_day,
        requests_a_second=settings.gong_requests_per_second,
        ceiling=models.ceilings.month,
        writer=models.model(writer) if writer else None,
        sentiment=models.model("ai_sentiment"),
        summary=models.model("ai_summarize"),
        dollars_a_credit=models.dollars_a_credit,
        on_snowflake=on_snowflake,
        warehouse_credits=cost.month(rhythms, size).credits * 12 / 52 if on_snowflake else 0.0,
    )


def _assumed(units: object, name: str = "") -> list[str]:
    """The units that nothing here could measure, by name."""
    if not isinstance(units, dict):
        return []
    if units.get("assumed"):
        return [name]
    return [
        found
        for key, value in units.items()
        for found in _assumed(value, f"{name}.{key}".lstrip("."))
    ]


def _print(company: "Company", setting: "Setting", found: "Scale", assumed: list[str]) -> None:
    from cs_assets.facts.wording import counted

    where = "Snowflake" if setting.on_snowflake else "the embedded warehouse"
    echo(
        f"A week of {counted(company.customers, 'customer')}, {counted(company.reps, 'rep')} and "
        f"{counted(company.calls, 'call')}, on {where}, {counted(setting.shards, 'shard')} on "
        f"{counted(setting.workers, 'worker')}"
    )
    rows = [
        ("Gong requests a day", f"{found.gong_requests_a_day:,.0f}"),
        ("rows written", f"{found.rows:,.0f}"),
        ("documents", f"{found.documents:,} ({found.gigabytes:,.1f} GB)"),
        ("mails", f"{found.mails:,}"),
        ("model calls", f"{found.model_calls:,.0f} ({found.model_tokens / 1e6:,.1f} M tokens)"),
        ("processor", f"{found.core_hours:,.1f} core hours"),
        (
            "reviews are there after",
            f"{found.queue.median_hours:.1f} h ({found.queue.worst_hours:.1f} h in the worst week "
            f"of 50; workers busy {found.queue.busy:.0%})",
        ),
        ("Snowflake credits", f"{found.warehouse_credits:,.0f}, and {found.ai_credits:,.0f} of AI"),
        *((f"$ {kind}", f"{value:,.0f}") for kind, value in found.dollars.items()),
        ("$ a week", f"{sum(found.dollars.values()):,.0f}"),
    ]
    for name, value in rows:
        echo(f"  {name:<26} {value}")
    echo("Limits, the tightest first:")
    for limit in found.limits:
        mark = "!" if limit.load > 1 else " "
        needs = f"{limit.needs:,.{0 if limit.needs >= 100 else 1}f}"
        echo(
            f"{mark} {limit.load:>7.0%}  {limit.name}: {needs} of {limit.has:,.0f} "
            f"{limit.unit}" + (f"; {limit.mend}" if limit.load > 1 else "")
        )
    echo(f"Assumed, not measured (scale.yaml): {', '.join(assumed)}")
