"""``cs-assets ai``: what model calls have used, and the prompts with their golden cases."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cs_assets.commands.ai_plan import plan
from cs_assets.commands.terminal import echo, echo_json

if TYPE_CHECKING:
    import pandas as pd

app = typer.Typer(help="Model calls: usage, prompts, golden cases.", no_args_is_help=True)
app.command("plan")(plan)


@app.command("usage")
def show_usage(
    by: Annotated[str, typer.Option(help="asset, model, account or week.")] = "asset",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show calls, tokens and dollars from the AI ledger."""
    from cs_assets.ai import configuration
    from cs_assets.ai.ledger.ledger import stored_rows
    from cs_assets.ai.ledger.usage import BY, calls_frame, usage
    from cs_assets.errors import UsageError
    from resources.settings import Settings

    if by not in BY:
        raise UsageError(f"--by {by}: choose one of {', '.join(BY)}")
    settings = Settings.load()
    config = configuration.load(settings.cs_assets_config_dir)
    calls = calls_frame(stored_rows(settings.existing_home.ai_ledger), config)
    table = usage(calls, by)
    if as_json:
        echo_json(table.to_dict("records"))
        return
    if table.empty:
        echo("No model has been called: all texts are by rules.")
        return
    _print_usage(table, by, bool(calls["price_assumed"].any()), config.prices_as_of.isoformat())


@app.command("forget")
def forget_answers(
    before: Annotated[str, typer.Option(help="Day, YYYY-MM-DD (UTC).")],
) -> None:
    """Delete what models answered before a day; what it cost stays counted."""
    import datetime as dt

    from cs_assets.ai import configuration
    from cs_assets.ai.ledger.ledger import AiLedger
    from cs_assets.commands.week_given import day_of
    from cs_assets.facts.wording import counted
    from resources.settings import Settings

    day = dt.datetime.combine(day_of(before, "--before"), dt.time())
    settings = Settings.load()
    path = settings.home.ai_ledger
    if not path.exists():
        echo("There is no AI ledger: nothing to forget.")
        return
    ceilings = configuration.load(settings.cs_assets_config_dir).ceilings
    answers, calls = AiLedger(path, ceilings).forget(day)
    echo(f"Forgotten: {counted(answers, 'answer')} and {counted(calls, 'call')} before {before}.")


@app.command("prompts")
def show_prompts(
    accept: Annotated[
        bool, typer.Option("--accept", help="Accept the prompts as they are now.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the prompts with their versions, and what is not accepted yet."""
    from rich.table import Table

    from cs_assets.ai.prompting import golden, prompts
    from cs_assets.commands.console import Console

    files = [prompts.read(name) for name in prompts.names()]
    if accept:
        prompts.accept(files)
    told = [
        {
            "prompt": file.name,
            "version": file.version,
            "max_characters": file.header.max_characters,
            "golden_cases": len(golden.load(file.name).cases)
            if (golden.FOLDER / f"{file.name}.yaml").is_file()
            else 0,
            "purpose": file.header.purpose,
        }
        for file in files
    ]
    problems = [str(problem) for problem in prompts.problems(files, prompts.accepted())]
    if as_json:
        echo_json({"prompts": told, "problems": problems})
        return
    table = Table(title="Prompts", title_justify="left")
    for title in ("prompt", "version", "at most", "golden cases", "purpose"):
        table.add_column(title)
    for one in told:
        table.add_row(*(f"{v:,}" if isinstance(v, int) else str(v) for v in one.values()))
    console = Console()
    console.print(table)
    for problem in problems:
        console.print(problem)


@app.command("golden")
def answer_golden(
    out: Annotated[Path, typer.Option(help="File to write the answers to (JSON).")],
    prompt: Annotated[
        list[str] | None, typer.Option(help="Prompt, e.g. reviews/performance; all by default.")
    ] = None,
) -> None:
    """Have the model of the settings answer the golden cases; calls cost money."""
    from cs_assets.ai import configuration
    from cs_assets.ai.prompting import golden, prompts
    from cs_assets.ai.writing import RulesWriter
    from cs_assets.errors import UsageError
    from resources.files import write_atomically
    from resources.models.writer import WriterResource
    from resources.settings import Settings

    settings = Settings.load()
    writer = WriterResource(settings=settings).for_run("golden", "golden")
    if isinstance(writer, RulesWriter):
        raise UsageError("golden cases need a model; set ANTHROPIC_API_KEY or CORTEX_AGENT")
    known = [n for n in prompts.names() if (golden.FOLDER / f"{n}.yaml").is_file()]
    if unknown := [name for name in prompt or [] if name not in known]:
        raise UsageError(f"--prompt {unknown[0]}: choose one of {', '.join(known)}")
    cases = golden.cases_of(prompt or known, settings.cs_assets_config_dir)
    found = golden.answers(cases, writer)
    write_atomically(out, json.dumps(found, indent=1, ensure_ascii=False).encode())
    banned = configuration.load(settings.cs_assets_config_dir).banned
    broken = {
        name: golden.breaches(found[name], case, file, banned)
        for name, (case, file) in cases.items()
    }
    for name, reasons in broken.items():
        echo(f"{name}: {'keeps all' if not reasons else '; '.join(reasons)}")
    echo(f"{len(cases)} answers in {out}")
    if any(broken.values()):
        raise typer.Exit(1)


@app.command("diff")
def compare_answers(
    old: Annotated[Path, typer.Argument(help="Answers before, from 'ai golden'.")],
    new: Annotated[Path, typer.Argument(help="Answers after.")],
) -> None:
    """Report what an edit of a prompt or another model changed; exit 1 when a case got worse."""
    from cs_assets.ai import configuration
    from cs_assets.ai.prompting import golden
    from resources.settings import Settings

    folder = Settings.load().cs_assets_config_dir
    before, after = golden.read_answers(old), golden.read_answers(new)
    names = sorted({key.split(": ")[0] for key in (*before, *after)})
    cases = golden.cases_of(names, folder)
    cases = {name: case for name, case in cases.items() if name in before or name in after}
    found = golden.changes(cases, before, after, configuration.load(folder).banned)
    echo(golden.report(found, old.stem, new.stem))
    if any(change.is_worse for change in found):
        raise typer.Exit(1)


def _print_usage(table: "pd.DataFrame", by: str, assumed: bool, as_of: str) -> None:
    from rich.table import Table

    from cs_assets.commands.console import Console

    shown = Table(title=f"Model calls by {by}", title_justify="left")
    for name in table.columns:
        label = str(name).replace("_", " ").replace("usd", "USD")
        shown.add_column(label, justify="left" if name == by else "right")
    for row in table.itertuples(index=False):
        group, *numbers, cost = row
        shown.add_row(str(group), *(f"{int(n):,}" for n in numbers), f"{cost:,.4f}")
    console = Console()
    console.print(shown)
    console.print(f"Prices as of {as_of}" + ("; some are assumed (ai.yaml)." if assumed else "."))
