"""``cs-assets gong``: the calls that came in."""

import typer

app = typer.Typer(no_args_is_help=True, help="Calls from Gong.")


@app.callback()
def _gong() -> None:
    """Calls from Gong."""
