"""``cs-assets setup``: prepares what the platform stands on."""

from typing import TYPE_CHECKING, Annotated

import typer

from cs_assets.commands.terminal import echo
from cs_assets.errors import UsageError

if TYPE_CHECKING:
    from resources.snowflake.setup import Names
    from resources.snowflake.source_rows import Run

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
            help="Monthly ceiling of the warehouse, also where there is one; 100 at first.",
        ),
    ] = None,
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
    the others to another administrator.
    """
    from cs_assets.commands.console import Console
    from resources.settings import Settings
    from resources.snowflake import setup
    from resources.snowflake.admin import administrator, sign_in
    from resources.snowflake.semantics import semantic_yaml as yaml_of

    if sample and sources:
        raise UsageError("--sample fills tables, and with --sources the sources are views")
    settings = Settings.load()
    names = setup.Names.of(
        settings,
        sources=sources,
        credits=credits,
        cross_region=cross_region,
        without_public=without_public,
    )
    if semantic_yaml:
        echo(yaml_of(names.database, names.schemas))
        return
    agents = setup.load_agents(settings.cs_assets_config_dir)
    steps = setup.chosen(setup.plan(names, agents), only)
    if print_only:
        for step in steps:
            echo(f"-- {step.name}: {step.meaning}")
            for statement in step.statements:
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
        if sample:
            rows = _load_sample(names, run)
            console.print(f"[green]✓[/] sample: {rows:,} rows; then cs-assets run week")


def _load_sample(names: "Names", run: "Run") -> int:
    """The sample company's rows, by way of its files; how many."""
    import tempfile
    from pathlib import Path

    from cs_assets.sample.tables import write_sources
    from resources.snowflake import source_rows

    with tempfile.TemporaryDirectory() as folder:
        write_sources(Path(folder))
        return sum(source_rows.load(Path(folder), names, run).values())
