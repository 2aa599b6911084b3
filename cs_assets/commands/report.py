"""``cs-assets report``: reviews now, on the screen or as files; those are not stored or sent."""

import datetime as dt
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from cs_assets.commands import report_records
from cs_assets.commands.terminal import echo

if TYPE_CHECKING:
    from cs_assets.paper.brand import Brand
    from cs_assets.reviews.configuration import ReviewSettings
    from cs_assets.reviews.writing.report import Report


class _MakeUnlessSaid(TyperGroup):
    """``report CUST_12345`` is short for ``report make CUST_12345``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        said = bool(args) and (args[0] in self.commands or args[0] == "--help")
        asked = args if said else ["make", *args]
        return super().parse_args(ctx, _with_paths(asked) if asked[0] == "make" else asked)


#: Kinds of files; each option takes a path or none.
_KINDS = ("pdf", "html", "pptx")


def _with_paths(args: list[str]) -> list[str]:
    """``--pptx q.pptx`` as ``--pptx=q.pptx``, and ``--pptx`` alone as ``--pptx=``."""
    made: list[str] = []
    rest = list(args)
    while rest:
        one = rest.pop(0)
        if one in [f"--{kind}" for kind in _KINDS]:
            one = f"{one}={rest.pop(0) if rest and _is_path(one, rest[0]) else ''}"
        made.append(one)
    return made


def _is_path(option: str, text: str) -> bool:
    """Whether what follows the option is its path, and no customer or option."""
    if text.startswith("-"):
        return False
    ends = (f".{option.removeprefix('--')}", "/", os.sep)
    return option == "--pdf" or text.lower().endswith(ends) or Path(text).is_dir()


app = typer.Typer(
    cls=_MakeUnlessSaid,
    help="Reviews: made now (report CUST_12345), what was made, and a CSM's own hand.",
)
report_records.register(app)

_EDITIONS = ("weekly", "quarterly")
_AUDIENCES = ("internal", "customer")
_PAPERS = ("A4", "Letter")


@app.command("make")
def report(
    customers: Annotated[list[str] | None, typer.Argument(help="Customers, by id or name.")] = None,
    week: Annotated[
        str | None, typer.Option("--week", help="Monday of the week; default: the newest.")
    ] = None,
    csm: Annotated[
        list[str] | None, typer.Option("--csm", help="All customers of a CSM: id, mail or name.")
    ] = None,
    everybody: Annotated[bool, typer.Option("--all", help="All customers.")] = False,
    shard: Annotated[str, typer.Option("--shard", help="Part i of n of them, as i/n.")] = "1/1",
    compare: Annotated[
        bool, typer.Option("--compare", help="One report that compares the customers named.")
    ] = False,
    pdf: Annotated[
        str | None, typer.Option("--pdf", metavar="[PATH]", help="Write the PDF, to this path.")
    ] = None,
    html: Annotated[
        str | None, typer.Option("--html", metavar="[PATH]", help="Write HTML, to this path.")
    ] = None,
    pptx: Annotated[
        str | None, typer.Option("--pptx", metavar="[PATH]", help="Write slides, to this path.")
    ] = None,
    text: Annotated[bool, typer.Option("--text", help="Print the text (the default).")] = False,
    output: Annotated[
        Path, typer.Option("--output", help="Folder for files that have no path.")
    ] = Path(),
    edition: Annotated[str, typer.Option("--edition", help="weekly or quarterly.")] = "weekly",
    audience: Annotated[
        str | None, typer.Option("--audience", help="internal or customer.")
    ] = None,
    paper: Annotated[str | None, typer.Option("--paper", help="A4 or Letter.")] = None,
) -> None:
    """Make executive reviews now: one customer's, a CSM's, all, or several compared."""
    from cs_assets.errors import UsageError
    from cs_assets.reviews.editions.text import text_of_view
    from cs_assets.reviews.editions.view import view_of
    from cs_assets.reviews.scope import Wanted

    if not customers and not csm and not everybody:
        raise UsageError("name a customer, or a CSM with --csm, or --all")
    files = {
        kind: given for kind, given in zip(_KINDS, (pdf, html, pptx), strict=True)
        if given is not None
    }  # fmt: skip
    if compare and "pptx" in files:
        raise UsageError("--compare makes no slides: take --pdf, --html or --text")
    settings, brand = _settings(audience, paper, edition)
    part, parts = _shard(shard)
    wanted = Wanted(tuple(csm or ()), tuple(customers or ()), part, parts)
    reports = _reports(wanted, _week(week), edition, settings)
    if compare:
        _write_comparison(reports, settings, brand, files, output)
        return
    for made in reports:
        stem = _stem(made, edition, settings)
        for kind, given in files.items():
            path = _place(given, output / f"{stem}.{kind}", several=len(reports) > 1)
            _save(path, _MAKERS[kind](made, settings, brand))
        if text or not files:
            echo(text_of_view(view_of(made, settings), made.sheet.entity_id))


def _settings(
    audience: str | None, paper: str | None, edition: str
) -> tuple["ReviewSettings", "Brand"]:
    from cs_assets.paper.brand import brand_of
    from cs_assets.reviews import configuration
    from resources.settings import Settings

    folder = Settings.load().cs_assets_config_dir
    settings = configuration.review_settings(folder)
    changes = {
        "edition": _one_of("--audience", audience or settings.edition, _AUDIENCES),
        "paper": _one_of("--paper", paper or settings.paper, _PAPERS),
    }
    _one_of("--edition", edition, _EDITIONS)
    return settings.model_copy(update=changes), brand_of(folder)


def _one_of(option: str, value: str, known: Sequence[str]) -> str:
    from cs_assets.errors import UsageError

    if value not in known:
        raise UsageError(f"{option} {value}: one of {', '.join(known)}")
    return value


def _week(text: str | None) -> dt.date | None:
    """A week that is over: one with days still to come would show their absence as a fall."""
    from cs_assets.commands.week_given import check_week

    if text is None:
        return None
    return dt.date.fromisoformat(check_week(text, dt.datetime.now(dt.UTC).date()))


def _shard(text: str) -> tuple[int, int]:
    from cs_assets.errors import UsageError

    part, slash, parts = text.partition("/")
    if not (slash and part.isdecimal() and parts.isdecimal()):
        raise UsageError(f"--shard {text}: write it as i/n, e.g. 1/4")
    return int(part), int(parts)


def _reports(
    wanted: Any, week: dt.date | None, edition: Any, settings: "ReviewSettings"
) -> list["Report"]:
    """The reports, from the installation's own warehouse and with its writer."""
    from cs_assets.ai.prompting import prompts
    from cs_assets.ai.writing import Prompt
    from cs_assets.commands.meant import meant
    from cs_assets.reviews.on_demand import NoReport, only_reports, read_now, written_now
    from resources.looking import reading
    from resources.models.choosing import writer_of
    from resources.models.cortex_search import case_study_search
    from resources.settings import Settings

    installation = Settings.load()
    folder = installation.cs_assets_config_dir
    writer = writer_of(installation, "report", "on-demand")
    with reading(installation, "report") as db:
        wanted = replace(
            wanted,
            csm_ids=tuple(meant(db, "CSM", one) for one in wanted.csm_ids),
            customer_ids=tuple(meant(db, "customer", one) for one in wanted.customer_ids),
        )
        if week is None:
            newest = db.query("reviews/newest_week")["week_start"].dropna()
            if newest.empty:
                raise NoReport("no week has been computed yet: name one with --week")
            week = newest.iloc[0].date()
        material = read_now(db.query, wanted, week, edition, settings)
    told: dict[str, Prompt] = {
        name: prompts.load(f"reviews/{name}", folder) for name in settings.sections
    }
    search_over = partial(case_study_search, installation)
    outcomes = written_now(material, writer, told, settings, search_over)
    reports = [o.report for o in outcomes if o.report is not None]
    if len(outcomes) == 1 or not reports:
        return only_reports(outcomes, week)
    for outcome in outcomes:
        if outcome.report is None:
            reason = outcome.failure or "nothing is recorded"
            echo(f"cs-assets: no report of {outcome.customer_id}: {reason}", error=True)
    return reports


def _stem(made: "Report", edition: str, settings: "ReviewSettings") -> str:
    """A file name that no other edition of the same week has."""
    from cs_assets.reviews.editions.filing import file_stem

    parts = [file_stem(made.sheet.entity_id), str(made.sheet.period_start)]
    parts += [edition] if edition != "weekly" else []
    parts += [settings.edition] if settings.edition != "internal" else []
    return "-".join(parts)


def _place(given: str, otherwise: Path, *, several: bool = False) -> Path:
    """Where a file goes: the path or folder given, else ``otherwise``."""
    if not given:
        return otherwise
    path = Path(given)
    is_folder = several or path.is_dir() or given.endswith(("/", os.sep))
    return path / otherwise.name if is_folder else path


def _pdf(made: "Report", settings: "ReviewSettings", brand: "Brand") -> bytes:
    from cs_assets.reviews.editions.pdf.report_pdf import printer

    looks = (brand.model_dump_json(), settings.model_dump_json())
    return printer(*looks, settings.paper, settings.edition).print(made).pdf


def _html(made: "Report", settings: "ReviewSettings", brand: "Brand") -> bytes:
    from cs_assets.reviews.editions.html import html_of

    return html_of(made, brand, settings, settings.edition).encode()


def _slides(made: "Report", settings: "ReviewSettings", brand: "Brand") -> bytes:
    from cs_assets.reviews.editions.pptx import pptx_of

    return pptx_of(made, brand, settings, settings.edition)


_MAKERS: Mapping[str, Callable[["Report", "ReviewSettings", "Brand"], bytes]] = {
    "pdf": _pdf, "html": _html, "pptx": _slides,
}  # fmt: skip


def _write_comparison(
    reports: list["Report"], settings: "ReviewSettings", brand: "Brand",
    files: Mapping[str, str], output: Path,
) -> None:  # fmt: skip
    from cs_assets.reviews.editions.comparison import compare

    view = compare(reports)
    stem = output / f"comparison-{reports[0].sheet.period_start}"
    if "pdf" in files:
        from cs_assets.reviews.editions.pdf.report_pdf import Printer

        press = Printer(brand, settings, settings.paper, settings.edition)
        path = _place(files["pdf"], stem.with_name(f"{stem.name}.pdf"))
        _save(path, press.print_view(view).pdf)
    if "html" in files:
        from cs_assets.reviews.editions.html import html_of_view

        document = html_of_view(view, brand, settings.edition)
        path = _place(files["html"], stem.with_name(f"{stem.name}.html"))
        _save(path, document.encode())
    if not files:
        echo("\n".join([view.customer, view.headline, *view.summary]))
        for row in view.table:
            echo(": ".join((row[0].words, ", ".join(cell.words for cell in row[1:]))))


def _save(path: Path, content: bytes) -> None:
    from cs_assets.errors import UsageError
    from resources.files import write_atomically

    try:
        write_atomically(path, content)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    echo(f"{path} ({len(content) // 1024} KB)")
