"""``cs-assets report``: one customer's review now, on the screen or as a file."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cs_assets.reviews.report_writing import Report

app = typer.Typer()


@app.command()
def report(
    customer_id: Annotated[str, typer.Argument(help="The customer, e.g. CUST_12345.")],
    week: Annotated[
        str | None, typer.Option("--week", help="Monday of the week; default: the newest.")
    ] = None,
    pdf: Annotated[Path | None, typer.Option("--pdf", help="Write the PDF to this path.")] = None,
    text: Annotated[bool, typer.Option("--text", help="Print the text (the default).")] = False,
) -> None:
    """Make one customer's executive review now; nothing is stored or sent."""
    made = _make(customer_id, _week(week))
    if pdf is not None:
        pages = _save_pdf(made, pdf)
        typer.echo(f"{pdf}: {pages} pages, snapshot {made.snapshot_id}")
    if text or pdf is None:
        typer.echo(made.full_text)


def _week(text: str | None) -> dt.date | None:
    from resources.errors import UsageError

    if text is None:
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--week {text}: write a date as YYYY-MM-DD") from None
    if day.weekday() != 0:
        monday = day - dt.timedelta(days=day.weekday())
        raise UsageError(f"--week {text} is no Monday; the week's Monday is {monday}")
    return day


def _make(customer_id: str, week: dt.date | None) -> "Report":
    """The report, from the installation's own warehouse and with its writer."""
    from cs_assets.ai import prompts
    from cs_assets.reviews import configuration
    from cs_assets.reviews.on_demand import NoReport, report_now
    from resources.duckdb_warehouse import DuckDBWarehouse
    from resources.settings import Settings
    from resources.writer import WriterResource

    settings = Settings.load()
    folder = settings.cs_assets_config_dir
    reviews = configuration.review_settings(folder)
    writer = WriterResource(root=str(settings.home.root))
    with DuckDBWarehouse(path=str(settings.home.warehouse)).session("report") as db:
        if week is None:
            newest = db.query("reviews/newest_week")["week_start"].dropna()
            if newest.empty:
                raise NoReport("no week has been computed yet: name one with --week")
            week = newest.iloc[0].date()
        return report_now(
            db.query,
            customer_id,
            week,
            "weekly",
            writer.for_run("report", "on-demand"),
            {name: prompts.load(f"reviews/{name}", folder) for name in reviews.sections},
            reviews,
        )


def _save_pdf(report: "Report", path: Path) -> int:
    """Print the report to ``path``; returns its pages."""
    from cs_assets.reviews import configuration
    from cs_assets.reviews.pdf.report_pdf import Printer
    from resources.files import write_atomically
    from resources.settings import Settings

    folder = Settings.load().cs_assets_config_dir
    reviews = configuration.review_settings(folder)
    printer = Printer(configuration.brand(folder), reviews, reviews.paper, reviews.edition)
    rendered = printer.print(report)
    write_atomically(path, rendered.pdf)
    return rendered.pages
