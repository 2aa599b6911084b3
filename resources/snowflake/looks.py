"""What the last look at tables showed, kept on this machine for as long as they stay as they are.

Schedules and sensors ask the same questions all day, and mostly nothing has changed. A question
to the tables wakes the warehouse for a minute at least; when a table last changed is told by
Snowflake's services, without one. So the rows of the last look are kept with the tables' versions
of that time.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from resources.files import write_atomically
from resources.warehouse_port import Scalar

#: Files of before are removed; what a day ago was asked with that day's dates is asked no more.
_KEPT = dt.timedelta(days=1)
#: What was not asked for so long is not looked up anew after a write.
_IN_USE = dt.timedelta(minutes=45)


@dataclass(frozen=True)
class Look:
    """A question: the name of a statement and its parameters."""

    statement: str
    parameters: tuple[Scalar, ...]


@dataclass(frozen=True)
class Looks:
    """A folder of kept answers, one file a question; ``account`` says of which account and role."""

    folder: Path
    account: str

    def rows(self, look: Look, text: str, version: str) -> pd.DataFrame | None:
        """The kept rows of ``look`` if they are of this ``version`` and of today; else None."""
        kept = _read(self._path(look))
        if kept is None or kept["asked"] != _asked(text, version):
            return None
        with suppress(OSError):
            self._path(look).touch()
        with suppress(KeyError, TypeError, ValueError):
            return _frame(kept["columns"])
        return None

    def keep(self, look: Look, text: str, version: str, rows: pd.DataFrame) -> None:
        """Keep ``rows`` in place of what was kept; where that cannot be, nothing is kept."""
        document = {
            "statement": look.statement,
            "parameters": [_told(value) for value in look.parameters],
            "asked": _asked(text, version),
            "columns": _columns(rows),
        }
        with suppress(OSError):
            self.folder.mkdir(exist_ok=True, mode=0o700)  # in a home that is there
            self._forget_old()
            write_atomically(self._path(look), json.dumps(document).encode())

    def in_use(self) -> Iterator[tuple[Look, str]]:
        """The questions asked of late, with what their answers were kept under."""
        since = dt.datetime.now(dt.UTC) - _IN_USE
        for path in sorted(self.folder.glob("*.json")) if self.folder.is_dir() else ():
            kept = _read(path) if _changed_at(path) >= since else None
            if kept is None:
                continue
            with suppress(KeyError, TypeError, ValueError):
                look = Look(str(kept["statement"]), tuple(map(_value, kept["parameters"])))
                if self._path(look) == path:  # of this account and role
                    yield look, str(kept["asked"])

    def is_kept(self, asked: str, text: str, version: str) -> bool:
        return asked == _asked(text, version)

    def _path(self, look: Look) -> Path:
        said = json.dumps([self.account, look.statement, [_told(v) for v in look.parameters]])
        return self.folder / f"{hashlib.sha256(said.encode()).hexdigest()[:32]}.json"

    def _forget_old(self) -> None:
        since = dt.datetime.now(dt.UTC) - _KEPT
        for path in self.folder.glob("*.json"):
            if _changed_at(path) < since:
                path.unlink(missing_ok=True)


def _asked(text: str, version: str) -> str:
    """What an answer depends on: the statement's text, its tables' versions, and the day, for a
    view of somebody's may change with the day and nothing else."""
    day = dt.datetime.now(dt.UTC).date().isoformat()
    return hashlib.sha256(f"{day}\n{version}\n{text}".encode()).hexdigest()


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and "asked" in found else None


def _changed_at(path: Path) -> dt.datetime:
    try:
        return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
    except OSError:
        return dt.datetime.min.replace(tzinfo=dt.UTC)


def _told(value: Scalar) -> list[Any]:
    """A parameter with its kind, as JSON holds it."""
    if isinstance(value, dt.datetime):
        return ["datetime", value.isoformat()]
    if isinstance(value, dt.date):
        return ["date", value.isoformat()]
    return ["plain", value]


def _value(told: Sequence[Any]) -> Scalar:
    kind, value = told
    if kind == "datetime":
        return dt.datetime.fromisoformat(value)
    if kind == "date":
        return dt.date.fromisoformat(value)
    plain: Scalar = value
    return plain


def _columns(rows: pd.DataFrame) -> list[list[Any]]:
    """Name, type and values of each column."""
    found = []
    for name in rows.columns:
        values = rows[name]
        if pd.api.types.is_datetime64_any_dtype(values):
            texts = [None if pd.isna(one) else one.isoformat() for one in values]
            found.append([str(name), str(values.dtype), texts])
        else:
            plain = values.astype(object).where(values.notna(), None).tolist()
            found.append([str(name), str(values.dtype), plain])
    return found


def _frame(columns: Sequence[Sequence[Any]]) -> pd.DataFrame:
    made = {}
    for name, kind, values in columns:
        if kind.startswith("datetime64"):
            made[name] = pd.Series(pd.to_datetime(values, format="ISO8601"), dtype=kind)
        else:
            made[name] = pd.Series(values, dtype=kind)
    return pd.DataFrame(made)
