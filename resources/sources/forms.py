"""How the files of a folder are written: ``sources.yaml`` beside them, all of it optional.

It names files and columns that are called otherwise than ours, and says how cells are written
(delimiter, decimal mark, days, marks for "nothing", encoding), for all files or for one table.
"""

import re
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from cs_assets.errors import UsageError
from sql import catalog

FILE_NAME = "sources.yaml"
_LARGEST = 2**20

#: Parts of a day's or time's pattern, the longer ones first.
_PATTERN_PARTS = {
    "YYYY": "%Y", "YY": "%y", "MMM": "%b", "MM": "%m", "M": "%m", "DD": "%d", "D": "%d",
    "HH": "%H", "hh": "%I", "mm": "%M", "ss": "%S", "SSS": "%g", "AM": "%p",
}  # fmt: skip
_PART = re.compile("|".join(_PATTERN_PARTS) + r"|[A-Za-z%]+")


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"no time zone is called {name[:40]}; one is Europe/Berlin") from None
    return name


def _known_encoding(name: str) -> str:
    try:
        if "a".encode(name).decode(name) != "a":
            raise LookupError
    except (LookupError, UnicodeError):
        raise ValueError(f"no encoding is called {name[:40]}; one is windows-1252") from None
    return name


def _one_mark(mark: str) -> str:
    if len(mark) != 1 or mark in '"\r\n' or mark.isalnum():
        raise ValueError(f"expected one mark, not {mark[:10]!r}")
    return mark


def as_strptime(pattern: str) -> str:
    """``DD.MM.YYYY`` as ``%d.%m.%Y``; raises ``ValueError`` naming the part that is unknown."""

    def part(found: re.Match[str]) -> str:
        if found[0] not in _PATTERN_PARTS:
            raise ValueError(f"{found[0][:20]} is no part of a day or time, as in DD.MM.YYYY HH:mm")
        return _PATTERN_PARTS[found[0]]

    return _PART.sub(part, pattern.replace("T", "\0")).replace("\0", "T")


def _pattern(patterns: list[str]) -> list[str]:
    for pattern in patterns:
        as_strptime(pattern)
    return patterns


Mark = Annotated[str, AfterValidator(_one_mark)]
Words = Annotated[list[str], BeforeValidator(_listed)]
Patterns = Annotated[list[str], BeforeValidator(_listed), AfterValidator(_pattern)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Writing(_Strict):
    """How cells are written; what is not said is as in the sample's files."""

    delimiter: Mark = ","
    decimal: Mark = "."
    thousands: Annotated[str, Field(max_length=1)] = ""
    dates: Patterns = []
    """Patterns of days, such as DD.MM.YYYY; empty is YYYY-MM-DD."""
    times: Patterns = []
    time_zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    """The zone of times that do not say theirs."""
    nulls: Words | None = None
    """Marks that stand for nothing beside the empty cell; None: nobody has said."""
    true_words: Words = []
    false_words: Words = []
    encoding: Annotated[str, AfterValidator(_known_encoding)] = "utf-8"


class ColumnForm(_Strict):
    """Where a column of ours comes from: the file's column, several joined, or one value."""

    column: str | None = None
    joined: list[str] = []
    """Columns of the file whose cells together make an id that it has no column for."""
    value: str | None = None
    values: dict[str, str] = {}
    """Our words for the file's."""


def _column_form(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


class TableForm(Writing):
    """One table: its file, its columns by our names, and what it writes otherwise."""

    file: str | None = None
    columns: dict[str, Annotated[ColumnForm, BeforeValidator(_column_form)]] = {}
    needs: Words = []
    """Columns of ours without which a row is left out, and counted."""


class Forms(_Strict):
    """The whole of ``sources.yaml``."""

    formats: Writing = Writing()
    tables: dict[str, TableForm] = {}

    def of(self, table: str) -> TableForm:
        """The form of one table, what is said for all included."""
        own = self.tables.get(table, TableForm())
        both = {
            **self.formats.model_dump(exclude_unset=True),
            **{name: getattr(own, name) for name in own.model_fields_set},
        }
        return TableForm(**both)


def read_forms(folder: Path) -> Forms:
    """The forms of a folder; those of the sample where it has no ``sources.yaml``.

    Raises ``UsageError`` that names the entry which cannot be.
    """
    path = folder / FILE_NAME
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST + 1)
    except FileNotFoundError:
        return Forms()
    if len(text) > _LARGEST:
        raise UsageError(f"{path} is longer than {_LARGEST >> 20} MiB")
    try:
        said = yaml.safe_load(text)
        forms = Forms.model_validate({} if said is None else said)
    except yaml.YAMLError as error:
        at = getattr(error, "problem_mark", None)
        where = f":{at.line + 1}" if at is not None else ""
        raise UsageError(f"{path}{where}: this is no YAML; see docs/sources.md") from None
    except ValidationError as error:
        raise UsageError(f"{path}: {_first_fault(error)}") from None
    _refuse_unknown(path, forms)
    return forms


def _first_fault(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"{where} is no entry of this file; see docs/sources.md"
    said = first["msg"].removeprefix("Value error, ")
    said = said.replace("Input should be", "expected")
    return f"{where}: {said}" if where else said


def _refuse_unknown(path: Path, forms: Forms) -> None:
    for name, form in forms.tables.items():
        full = f"source.{name}"
        if full not in catalog.tables():
            known = ", ".join(t.name for t in catalog.tables().values() if t.schema == "source")
            raise UsageError(f"{path}: tables.{name} is no source table; there are {known}")
        if form.file is not None and (Path(form.file).name != form.file or form.file in ("", ".")):
            raise UsageError(f"{path}: tables.{name}.file names a file of this folder, no path")
        table = catalog.table(full)
        for column, of in form.columns.items():
            if column not in table.column_names:
                raise UsageError(
                    f"{path}: tables.{name}.columns.{column} is no column of {name}; "
                    f"there are {', '.join(table.column_names)}"
                )
            if (of.column is not None) + bool(of.joined) + (of.value is not None) != 1:
                raise UsageError(
                    f"{path}: tables.{name}.columns.{column} needs the file's column, columns that "
                    "are joined, or a value for all rows, and one of these"
                )
        for column in form.needs:
            if column not in table.column_names:
                raise UsageError(f"{path}: tables.{name}.needs: {column} is no column of {name}")
