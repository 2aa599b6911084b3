"""``cs-assets sources``: templates for own data, and what is wrong with files, before any run."""

from pathlib import Path
from typing import Annotated, Any

import typer

from cs_assets.commands.terminal import echo, echo_json
from cs_assets.errors import UsageError

app = typer.Typer(no_args_is_help=True, help="Your own data, as files.")

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ForOption = Annotated[
    list[str] | None,
    typer.Option("--for", help="reviews, routing or digests: what the files are for (repeatable)."),
]
#: Problems of one kind (file, column and rule) that are told one by one.
_KEEP = 1_000
_EXAMPLES = 2


@app.command("template")
def write_template(
    folder: Annotated[Path, typer.Argument(help="Folder for the files; what is there stays.")],
    purposes: ForOption = None,
) -> None:
    """Write a file to fill in for each source table, its columns explained above the header."""
    from cs_assets.sample.tables import source_tables as sample
    from cs_assets.sources.template import FORMS, template
    from resources.files import write_atomically
    from resources.sources.forms import FILE_NAME
    from resources.sources.purposes import needed
    from resources.sources.staging import source_tables

    asked = _purposes(purposes)
    tables = source_tables()
    names = {name for p in asked for name in needed(p)} if purposes else set(tables)
    folder.mkdir(parents=True, exist_ok=True)
    rows = sample()
    texts = {f"{n}.csv": template(tables[n], rows[n][:_EXAMPLES]) for n in sorted(names)}
    texts[FILE_NAME] = FORMS
    kept = [name for name in texts if (folder / name).exists()]
    for name, text in texts.items():
        if name not in kept:
            write_atomically(folder / name, text.encode())
    echo(f"{len(texts) - len(kept)} files written to {folder}; fill in those that you have")
    if kept:
        echo(f"left as they were: {', '.join(kept)}")
    echo(f"then: cs-assets sources check {folder}")


@app.command()
def check(
    folder: Annotated[
        Path | None, typer.Argument(help="Folder of the files; else this installation's own.")
    ] = None,
    purposes: ForOption = None,
    json_output: JsonOption = False,
) -> None:
    """Tell everything that is wrong with the files, and how to mend it. Nothing is loaded."""
    from cs_assets.commands.console import Console
    from cs_assets.progress import Progress
    from resources.settings import Settings
    from resources.sources.files import check_folder

    asked = _purposes(purposes)
    where = folder or Settings.load().existing_home.sources
    if json_output:
        found = check_folder(where, keep=_KEEP)
        echo_json(_document(found))
    else:
        progress = Progress(Console(markup=True))
        with progress.step(f"Files of {where}"):
            found = check_folder(where, keep=_KEEP, tell=progress.detail)
        _tell(found)
    unfit = [p for p in asked if p in found.lacking] if purposes else []
    raise typer.Exit(1 if found.problems.total or unfit else 0)


@app.command()
def load(
    folder: Annotated[Path, typer.Argument(help="Folder of the files.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before loading.")] = False,
) -> None:
    """Fill the empty source tables of a Snowflake account from files, as its administrator.

    Nothing is loaded where a source is a view or a table has rows. The embedded
    warehouse needs no such step: each run reads the files of the home.
    """
    from resources.settings import Settings
    from resources.snowflake import source_rows
    from resources.snowflake.admin import administrator, sign_in
    from resources.snowflake.names import Names

    settings = Settings.load()
    if settings.cs_assets_warehouse != "snowflake":
        raise UsageError(
            "sources load is for CS_ASSETS_WAREHOUSE=snowflake; the embedded warehouse reads "
            f"{settings.home.sources} in each run"
        )
    sign_in(settings)
    if not yes:
        typer.confirm(f"Fill the source tables from {folder}?", abort=True)
    with administrator(settings) as run:
        rows = source_rows.load(folder, Names.of(settings), run)
    for table, count in rows.items():
        echo(f"  {table:<30} {count:>12,} rows")
    echo(f"{sum(rows.values()):,} rows loaded")


def _purposes(asked: list[str] | None) -> list[str]:
    from resources.sources.purposes import PURPOSES

    for word in asked or []:
        if word not in PURPOSES:
            raise typer.BadParameter(f"--for {word}: there are {', '.join(PURPOSES)}")
    return asked or list(PURPOSES)


def _document(found: Any) -> dict[str, Any]:
    return {
        "folder": str(found.path),
        "files": [
            {
                "file": file.name,
                "table": file.table.name,
                "rows": file.rows,
                "rows_left_out": file.left_out,
                "ignored_columns": file.ignored,
            }
            for file in found.there
        ],
        "files_not_read": found.passed_over,
        "lacking": found.lacking,
        "problems": [problem.as_document() for problem in found.problems.in_order()],
        "problem_count": found.problems.total,
        "doubts": [problem.as_document() for problem in found.doubts.in_order()],
    }


def _tell(found: Any) -> None:
    for file in found.there:
        ignored = f"   not read: {', '.join(file.ignored)}" if file.ignored else ""
        needs = f" of {file.rows + file.left_out:,}" if file.left_out else ""
        echo(f"  {file.name:<30} {file.rows:>12,} rows{needs}{ignored}")
    if found.passed_over:
        echo(f"  of no table: {', '.join(found.passed_over)}")
    for problems, said in (
        (found.problems, "problem"),
        (found.doubts, "doubt, loaded all the same"),
    ):
        if problems.total:
            echo()
        for problem in problems.in_order():
            echo(f"{problem}")
            echo(f"    mend: {problem.mend}")
        hidden = problems.total - len(problems.kept)
        if hidden:
            echo(f"... and {hidden:,} more of these kinds ({said})")
    echo()
    total = found.problems.total
    echo(f"{total:,} problem{'s' * (total != 1)}" if total else "no problems")
    for purpose in ("reviews", "routing", "digests"):
        gone = found.lacking.get(purpose)
        files = ", ".join(f"{name}.csv" for name in gone or [])
        said = f"cannot be made: no rows of {files}" if gone else "can be made"
        echo(f"  {purpose:<8} {said}{', they rest on calls' * (purpose == 'digests')}")
