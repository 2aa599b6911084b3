"""``cs-assets ai``: what model calls have used, and what the prompts are."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import pandas as pd

app = typer.Typer(help="Model calls: usage, prompts.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps ``usage`` a sub-command even while it is alone."""


@app.command("usage")
def show_usage(
    by: Annotated[str, typer.Option(help="asset, model, account or week.")] = "asset",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show calls, tokens and dollars from the AI ledger."""
    from cs_assets.ai import configuration
    from cs_assets.ai.ledger import AiLedger
    from cs_assets.ai.usage import BY, calls_frame, usage
    from resources.errors import UsageError
    from resources.settings import Settings

    if by not in BY:
        raise UsageError(f"--by {by}: choose one of {', '.join(BY)}")
    settings = Settings.load()
    config = configuration.load(settings.cs_assets_config_dir)
    path = settings.home.ai_ledger
    rows = AiLedger(path, config.ceilings).rows() if path.exists() else []
    calls = calls_frame(rows, config)
    table = usage(calls, by)
    if as_json:
        typer.echo(json.dumps(table.to_dict("records"), default=str, indent=1))
        return
    if table.empty:
        typer.echo("No model has been called: all texts are by rules.")
        return
    _print(table, by, bool(calls["price_assumed"].any()), config.prices_as_of.isoformat())


def _print(table: "pd.DataFrame", by: str, assumed: bool, as_of: str) -> None:
    from rich.console import Console
    from rich.table import Table

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
