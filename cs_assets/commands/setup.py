"""``cs-assets setup``: prepares what the platform stands on."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from cs_assets.commands.terminal import echo
from cs_assets.errors import UsageError

if TYPE_CHECKING:
    from resources.settings import Settings
    from resources.snowflake.names import Names
    from resources.snowflake.setup import Step
    from resources.snowflake.source_rows import Run
    from schedules.cost import Month
    from schedules.rhythm import Rhythms

app = typer.Typer(help="Prepare what the platform stands on.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """So that ``setup`` keeps its subcommands when there is only one."""


@app.command()
def snowflake(
    print_only: Annotated[
        bool, typer.Option("--print", help="Print the SQL and run nothing.")
    ] = False,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="A step of the plan; may be repeated.")
    ] = None,
    sources: Annotated[
        str | None,
        typer.Option("--sources", help="DATABASE.SCHEMA whose relations the source views read."),
    ] = None,
    credits: Annotated[
        int | None,
        typer.Option(
            "--credits",
            min=1,
            help="Monthly ceiling of the warehouse, also where there is one; at first what the "
            "schedules need, and a half.",
        ),
    ] = None,
    calls: Annotated[
        int, typer.Option("--calls", min=0, help="Calls on a working day, for that first ceiling.")
    ] = 40,
    cross_region: Annotated[
        str | None,
        typer.Option(
            "--cross-region",
            metavar="REGIONS",
            help="Where the account's models may run: AWS_EU, ANY_REGION, DISABLED ..; "
            "for the whole account.",
        ),
    ] = None,
    without_public: Annotated[
        bool,
        typer.Option(
            "--revoke-public", help="Take AI from the role PUBLIC; for the whole account."
        ),
    ] = False,
    sample: Annotated[
        bool,
        typer.Option("--sample", help="Fill the source tables, if empty, with the sample company."),
    ] = False,
    semantic_yaml: Annotated[
        bool, typer.Option("--semantic-yaml", help="Print the semantic model as YAML.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before running.")] = False,
) -> None:
    """Set up a Snowflake account: plan first, then each step; running it again changes nothing.

    Signs in as SNOWFLAKE_ADMIN_USER: through the browser with
    SNOWFLAKE_ADMIN_AUTHENTICATOR=externalbrowser, with a password or an
    access token in SNOWFLAKE_ADMIN_PASSWORD, else with the key of the
    settings. Who may not run every step runs some with --only and leaves
    the others to another administrator. The step desk (Streamlit inside
    Snowflake) is done where it is named alone.
    """
    from resources.settings import Settings
    from resources.snowflake import setup
    from resources.snowflake.names import Names
    from resources.snowflake.semantics import semantic_yaml as yaml_of
    from schedules.cost import ceiling

    if sample and sources:
        raise UsageError("--sample fills tables, and with --sources the sources are views")
    settings = Settings.load()
    needed = _month(settings, calls=calls).credits
    names = Names.of(
        settings,
        first_credits=ceiling(needed),
        sources=sources,
        credits=credits,
        cross_region=cross_region,
        without_public=without_public,
        **({"without_call_search": False} if "call_search" in (only or []) else {}),
    )
    if semantic_yaml:
        echo(yaml_of(names.database, names.schemas))
        return
    agents = setup.load_agents(settings.cs_assets_config_dir)
    with ExitStack() as kept:
        files = ""
        if "desk" in (only or []):
            files = "FOLDER" if print_only else kept.enter_context(_desk_files(settings))
        steps = setup.chosen(setup.plan(names, agents, files), only)
        if any(step.name == "monitor" for step in steps):
            echo(
                f"-- The schedules need about {needed:.0f} credits a month at {calls} calls a "
                f"working day, asleep after {names.auto_suspend} s\n-- (cs-assets setup cost); the "
                f"monitor's ceiling{'' if names.credits else ' at first'}: "
                f"{names.credits or names.first_credits}.\n"
            )
        _carry_out(
            steps, settings, print_only=print_only, yes=yes, sample=names if sample else None
        )


@app.command()
def cost(
    calls: Annotated[int, typer.Option("--calls", min=0, help="Calls on a working day.")] = 40,
    auto_suspend: Annotated[
        int | None,
        typer.Option("--auto-suspend", min=30, max=3600, help="Seconds; else as set."),
    ] = None,
    sizes: Annotated[
        bool, typer.Option("--sizes", help="Three sizes of company, as docs/snowflake.md has them.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """What the schedules cost on Snowflake: credits of the warehouse, each beside its rhythm.

    Four weeks of schedules.yaml are played against a warehouse's clock, with the statements that
    each kind of run was measured to send. AI is apart: cs-assets ai plan.
    """
    import json

    from cs_assets.ai import configuration
    from resources.settings import Settings
    from schedules import cost_told

    settings = Settings.load()
    rhythms = _rhythms(settings)
    if sizes:
        prices = configuration.load(settings.cs_assets_config_dir)
        asleep = auto_suspend or settings.snowflake_auto_suspend
        echo(cost_told.of_sizes(rhythms, asleep, prices))
        return
    month = _month(settings, calls=calls, auto_suspend=auto_suspend)
    if as_json:
        echo(json.dumps(cost_told.as_data(month, rhythms, calls)))
    else:
        echo(cost_told.of_month(month, rhythms, calls))


def _rhythms(settings: "Settings") -> "Rhythms":
    from schedules import rhythm

    return rhythm.load(settings.cs_assets_config_dir)


def _month(settings: "Settings", *, calls: int, auto_suspend: int | None = None) -> "Month":
    from schedules.cost import company_of, month

    return month(
        _rhythms(settings),
        company_of(calls),
        auto_suspend=auto_suspend or settings.snowflake_auto_suspend,
    )


@contextmanager
def _desk_files(settings: "Settings") -> Iterator[str]:
    """A folder with the files that the step desk uploads, for as long as they are needed."""
    from resources.snowflake import desk_files

    with TemporaryDirectory(prefix="cs-assets-desk-") as folder:
        desk_files.write(Path(folder), settings)
        yield folder


def _carry_out(
    steps: "list[Step]",
    settings: "Settings",
    *,
    print_only: bool,
    yes: bool,
    sample: "Names | None",
) -> None:
    """Print the steps, or show them, ask, and apply them; then fill ``sample``'s tables."""
    from cs_assets.commands.console import Console
    from resources.snowflake import setup
    from resources.snowflake.admin import administrator, sign_in

    if print_only:
        for step in steps:
            echo(f"-- {step.name}: {step.meaning}")
            for statement in step.statements:
                if reason := step.reasons.get(statement):
                    echo(reason)
                echo(f"{statement};\n")
        return
    sign_in(settings)  # what is missing for it is said before anything is asked
    console = Console(markup=True)
    for step in steps:
        console.print(f"{step.name:<14} {step.meaning}: {len(step.statements)} statements")
    if not yes:
        typer.confirm("Apply this plan?", abort=True)
    with administrator(settings) as run:
        setup.apply(
            steps,
            run,
            lambda step, count: console.print(f"[green]✓[/] {step.name}: {count} statements"),
        )
        if sample is not None:
            rows = _load_sample(sample, run)
            console.print(f"[green]✓[/] sample: {rows:,} rows; then cs-assets run week")


def _load_sample(names: "Names", run: "Run") -> int:
    """The sample company's rows, by way of its files; how many."""
    from cs_assets.sample.tables import write_sources
    from resources.snowflake import source_rows

    with TemporaryDirectory() as folder:
        write_sources(Path(folder))
        return sum(source_rows.load(Path(folder), names, run).values())
