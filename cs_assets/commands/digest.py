"""``cs-assets digest``: one rep's digest of a week, on the terminal or as a file."""

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cs_assets.commands.terminal import echo, echo_json
from cs_assets.commands.week_given import day_of, monday_of

if TYPE_CHECKING:
    from cs_assets.coaching.preview import Read
    from cs_assets.coaching.rep_week import Rep
    from cs_assets.coaching.windows import Days
    from resources.warehouse import Session, Warehouse

app = typer.Typer(help="Coaching digests.")


@app.command()
def digest(
    rep: Annotated[str, typer.Argument(help="Gong user id, e-mail or name of the rep.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Every rep with a digest.")] = False,
    week: Annotated[
        str, typer.Option("--week", help="Monday of the week, YYYY-MM-DD; default: the last made.")
    ] = "",
    html: Annotated[
        Path | None,
        typer.Option("--html", help="Write the HTML to this file; with --all into this folder."),
    ] = None,
    pdf: Annotated[
        Path | None,
        typer.Option("--pdf", help="Write a PDF to this file; with --all into this folder."),
    ] = None,
    text: Annotated[
        bool, typer.Option("--md", "--text", help="Print as plain text, undecorated.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the facts and passages as JSON.")
    ] = False,
    first_day: Annotated[
        str, typer.Option("--from", help="Preview of any days: the first, YYYY-MM-DD.")
    ] = "",
    last_day: Annotated[
        str, typer.Option("--to", help="Preview: the last day. Nothing of it is kept or sent.")
    ] = "",
) -> None:
    """Show a rep's coaching digest, or all of them, as made for the week; or preview any days."""
    from cs_assets.coaching.rep_week import users_of
    from cs_assets.errors import UsageError
    from cs_assets.frames import records
    from resources.settings import Settings

    if every == bool(rep):
        raise UsageError("name one rep, or give --all")
    if first_day or last_day:
        if every or week or not (first_day and last_day):
            raise UsageError("a preview is of one rep, with --from and --to and no --week")
        span = day_of(first_day, "--from"), day_of(last_day, "--to")
        return _preview(rep, *span, html, pdf, text, as_json)
    settings = Settings.load()
    first, last = (dt.date(1970, 1, 1), dt.date(9999, 1, 1)) if not week else (monday_of(week),) * 2
    with _warehouse().reading("digest") as db:
        users = users_of(db.query("coaching/reps"))
        chosen = None if every else find_rep(rep, list(users.values()))
        rows = records(db.query("coaching/rep_digests", [first, last]))
    if chosen is None:
        picked = [(users[row["rep_user_id"]].name, row) for row in _last_week(rows, week)]
    else:
        own = [row for row in rows if row["rep_user_id"] == chosen.user_id]
        picked = [(chosen.name, _pick(own, chosen, week))]
    root = settings.home.root
    if pdf is not None:
        for name, row in picked:
            target = pdf / Path(row["html_path"]).with_suffix(".pdf").name if every else pdf
            _print_pdf(row, root, target, settings.cs_assets_config_dir)
            echo(f"{target}: digest of {name}, week {_monday(row)}")
    elif html is not None:
        for name, row in picked:
            target = html / Path(row["html_path"]).name if every else html
            _copy(root / row["html_path"], target)
            echo(f"{target}: digest of {name}, week {_monday(row)}")
    elif as_json:
        documents = [_document(name, row, root) for name, row in picked]
        echo_json(documents if every else documents[0])
    else:
        for name, row in picked:
            _show(name, row, root, text)


def _preview(
    wanted: str,
    first: dt.date,
    last: dt.date,
    html: Path | None,
    pdf: Path | None,
    plain: bool,
    as_json: bool,
) -> None:
    """A digest of these days by rules, from what is in the warehouse now."""
    from cs_assets.ai.prompting import prompts
    from cs_assets.ai.writing import RulesWriter
    from cs_assets.coaching import policy as policies
    from cs_assets.coaching import preview
    from cs_assets.coaching.digest.digests import write_digest
    from cs_assets.coaching.rep_week import rep_week, users_of
    from cs_assets.coaching.windows import Days
    from cs_assets.errors import UsageError
    from resources.settings import Settings

    if first > last or last - first > dt.timedelta(days=366):
        raise UsageError("--from is a day before --to, and at most a year before it")
    folder = Settings.load().cs_assets_config_dir
    span = Days(first, last)
    policy = preview.span_policy(span, policies.load(folder))
    with _warehouse().reading("digest preview") as db:
        rep = find_rep(wanted, list(users_of(db.query("coaching/reps")).values()))
        read = _read_days(db, rep, span, preview.first_day(span, policy))
    inputs = preview.preview_inputs(read, span, policy)
    own = inputs.calls[inputs.calls["rep_user_id"] == rep.user_id]
    if not (own["status"] == "scored").any():
        raise UsageError(f"{rep.name} has no scored call from {first} to {last}")
    made = write_digest(
        rep_week(rep, inputs, policy),
        RulesWriter(),
        prompts.load("coaching/digest", folder),
        policy,
    )
    note = f"Preview of {first} to {last}, neither kept nor sent."
    if html is not None:
        html.parent.mkdir(parents=True, exist_ok=True)
        html.write_text(made.html, encoding="utf-8")
        echo(f"{html}: {note}")
    elif pdf is not None:
        _write_pdf(made.layout, made.sheet.cutoff, pdf, folder)
        echo(f"{pdf}: {note}")
    elif as_json:
        sheet = json.loads(made.identified_sheet[1])
        echo_json({"rep": rep.name, "from": first, "to": last, "subject": made.subject,
                   "passages": made.passages, "sheet": sheet})  # fmt: skip
    else:
        echo(f"{note}\n")
        _print(made.text, plain)


def _read_days(db: "Session", rep: "Rep", span: "Days", scored_from: dt.date) -> "Read":
    """What a digest of ``span`` rests on, with scores from ``scored_from`` on."""
    from cs_assets.coaching.preview import Read
    from cs_assets.coaching.windows import WEEK

    days = [span.first, span.last]
    return Read(
        scores_of_calls=db.query("coaching/scores_of_calls", [scored_from, span.last]),
        calls_of_window=db.query("coaching/calls_of_window", days),
        sentences_of_window=db.query("coaching/sentences_of_rep", [*days, rep.user_id]),
        topics_of_window=db.query("coaching/topics_of_window", days),
        disputes=db.query("coaching/disputes", days),
        read_days=db.query("gong/read_days", [span.first - 52 * WEEK, span.last]),
    )


def _last_week(rows: list[dict[str, Any]], week: str) -> list[dict[str, Any]]:
    """The digests of the week, or of the last that has some, by file name."""
    from cs_assets.errors import UsageError

    made = [row for row in rows if row["status"] in ("written", "nothing_new")]
    if not made:
        when = f"for week {week}" if week else "yet"
        raise UsageError(f"no digest {when}; make them with: cs-assets run coaching")
    latest = max(map(_monday, made))
    return sorted((r for r in made if _monday(r) == latest), key=lambda r: str(r["html_path"]))


def _copy(source: Path, target: Path) -> None:
    from cs_assets.errors import UsageError

    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
    except OSError as error:
        raise UsageError(f"--html {target}: {error.strerror}") from error


def _print_pdf(row: dict[str, Any], root: Path, target: Path, folder: Path | None) -> None:
    from cs_assets.errors import CsAssetsError

    proof = json.loads((root / row["facts_path"]).read_text(encoding="utf-8"))
    if "layout" not in proof:
        raise CsAssetsError(
            f"the digest of week {_monday(row)} was made before digests kept their layout; make it "
            f"anew with: cs-assets run coaching --week {_monday(row)}"
        )
    _write_pdf(json.dumps(proof["layout"]), row["data_cutoff"], target, folder)


def _write_pdf(layout: str, cutoff: dt.datetime, target: Path, folder: Path | None) -> None:
    from cs_assets.coaching import policy as policies
    from cs_assets.coaching.digest.digests import on_paper
    from cs_assets.errors import UsageError
    from resources.files import write_atomically

    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(target, on_paper(layout, cutoff, policies.load(folder)))
    except OSError as error:
        raise UsageError(f"--pdf {target}: {error.strerror}") from error


def _document(name: str, row: dict[str, Any], root: Path) -> dict[str, Any]:
    """What the proof beside a digest holds, with whose it is."""
    proof = json.loads((root / row["facts_path"]).read_text(encoding="utf-8"))
    return {"rep": name, "week": _monday(row), "status": row["status"], **proof}


def _show(name: str, row: dict[str, Any], root: Path, plain: bool) -> None:
    content = (root / row["text_path"]).read_text(encoding="utf-8")
    if not plain:
        echo(f"{name}, week {_monday(row)} ({root / row['html_path']})\n")
    _print(content, plain)


def _print(content: str, plain: bool) -> None:
    if plain:
        return echo(content, end="")
    from rich.markdown import Markdown

    from cs_assets.commands.console import Console

    Console(markup=True).print(Markdown(content))


def find_rep(wanted: str, reps: "list[Rep]") -> "Rep":
    """The one rep of Gong's users that an id, an address or a name means; raises ``UsageError``."""
    from cs_assets.called import the_one

    by_id = {rep.user_id: rep for rep in reps}
    names = {rep.user_id: rep.name for rep in reps}
    return by_id[the_one(names, wanted, "rep", {rep.user_id: rep.email for rep in reps})]


def _pick(rows: list[dict[str, Any]], rep: "Rep", week: str) -> dict[str, Any]:
    from cs_assets.errors import CsAssetsError, UsageError

    if not rows:
        when = f"for week {week}" if week else "yet"
        raise UsageError(
            f"{rep.name} has no digest {when}; make it with: cs-assets run coaching --week MONDAY"
        )
    made = [row for row in rows if row["status"] in ("written", "nothing_new")]
    if not made:
        row = rows[-1]
        why = row["failure"] or "no scored call in the window"
        raise CsAssetsError(f"{rep.name} has no digest for week {_monday(row)}: {why}")
    return max(made, key=_monday)


def _monday(row: dict[str, Any]) -> dt.date:
    import pandas as pd

    return pd.Timestamp(row["week_start"]).date()


def _warehouse() -> "Warehouse":
    from resources.settings import Settings
    from resources.warehouse_choice import warehouse

    return warehouse(Settings.load())
