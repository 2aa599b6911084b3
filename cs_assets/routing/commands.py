"""The command `cs-assets route`."""

import typer

app = typer.Typer(no_args_is_help=False)


@app.command("route")
def route() -> None:
    """Plan the accounts that wait for a CSM into a batch and show what is open."""
    import datetime as dt

    from rich.console import Console

    from cs_assets.routing import batches
    from resources.settings import Settings
    from resources.warehouse_choice import warehouse

    now = dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)
    with warehouse(Settings.load()).session("route") as db:
        batches.plan(db, now)
        waiting = batches.open_batches(db)
    Console().print("open batches: " + (", ".join(waiting) or "none"))
