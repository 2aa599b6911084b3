"""R-35: SQL in names, addresses and questions is text, through a whole week and every question.

Customers, contacts and accounts are called by payloads; the week is run; then people ask by the
same payloads. A name is stored letter by letter, and asking changes no table and no column.
(That no query is put together from text is a rule of the linter, S608, with its exceptions.)
"""

import csv
import random
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from cs_assets.errors import CsAssetsError
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.home import Home
from resources.sources.files import load_folder
from tests.faults.cycle_state import Table, read_state
from tests.faults.forked_commands import Commands, commands
from tests.figures import Figure
from tests.snowflake import small_tenant

_WEEK = "2026-11-09"
_FRAGMENTS = (
    "'", "''", '"', "`", ";", "--", "/*", "*/", ")", "||", "\\", "\\'", "?", "%s", "{0}", ":1",
    "$$", "DROP TABLE source.customers", "DELETE FROM source.accounts", "UNION SELECT worker_email",
    "UPDATE source.customers SET arr = 0", "OR 1=1", "ATTACH 'other.duckdb'", "PRAGMA version",
    "COPY source.customers TO 'out.csv'", "INSERT INTO ops.deliveries SELECT 1", "CHR(39)", "%",
    "_",
)  # fmt: skip
#: What is asked by a payload, in the place of PAYLOAD.
_QUESTIONS = (
    ("customers", "show", "PAYLOAD"),
    ("customers", "search", "PAYLOAD"),
    ("calls", "search", "PAYLOAD"),
    ("rep", "plan", "PAYLOAD"),
    ("route", "--account", "PAYLOAD"),
    ("route", "--explain", "PAYLOAD"),
    ("report", "PAYLOAD", "--week", _WEEK),
)
#: Files whose first row is the pattern of the rows with payloads, their id and what is replaced.
_FILES = {
    "customers": ("customer_id", ("customer_name", "goal")),
    "accounts": ("account_id", ("account_name", "industry")),
    "hubspot_companies": ("company_id", ("company_name",)),
    "hubspot_contacts": ("contact_id", ("full_name", "job_title")),
}


def payloads(count: int, seed: int = 35) -> list[str]:
    """So many, each another; a letter first, or the command line would take some for options."""
    draw, found = random.Random(seed), set[str]()
    while len(found) < count:
        found.add("x" + " ".join(draw.choices(_FRAGMENTS, k=draw.randint(1, 5))))
    return sorted(found)


def sql_in_text(count: int, *, week: bool = True) -> Figure:
    """R-35: payloads stored otherwise than they came, tables changed by asking, questions lost."""
    told = payloads(count)
    with tempfile.TemporaryDirectory() as folder, commands(CS_ASSETS_START_WEEK=_WEEK) as at:
        home = Home(Path(folder) / "home").ensure()
        small_tenant.put(home)
        _put(home.sources, told)
        if week:
            done = at.run(home.root, ("run", "week", _WEEK))
            if done.status != 0:
                raise CsAssetsError(f"the week ended with {done.status}: {done.last_line}")
        else:
            load_folder(home.sources, DuckDBWarehouse(path=str(home.warehouse)))
        before = read_state(home).tables
        otherwise = list(_stored_otherwise(before, told))
        lost = list(_asked_in_vain(at, home, told))
        after = read_state(home).tables
        changed = sorted(name for name in before.keys() | after.keys()
                         if _rows(before.get(name)) != _rows(after.get(name)))  # fmt: skip
    for one in (*otherwise, *lost, *changed):
        print(f"  {one}")
    value = f"{len(otherwise)}, {len(changed)}, {len(lost)}"
    name = f"{count} SQL payloads as names and questions: stored otherwise, tables changed, lost"
    return Figure("R-35", name, value, "0, 0, 0", value == "0, 0, 0")


def _put(folder: Path, told: list[str]) -> None:
    """Rows that are like the first, but for their id and their words."""
    for name, (key, replaced) in _FILES.items():
        path = folder / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for number, payload in enumerate(told):
            own = rows[0] | {key: f"{rows[0][key][:4]}9{number:06}"}
            own |= dict.fromkeys(replaced, payload)
            for other in {"customer_id", "company_id"} & own.keys() - {key}:
                own[other] = f"{own[other][:4]}9{number:06}"
            rows.append(own)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


def _stored_otherwise(tables: dict[str, Table], told: list[str]) -> Iterator[str]:
    for name, (_, replaced) in _FILES.items():
        table = tables[f"source.{name}"]
        for column in replaced:
            stored = {row[0] for row in table.only([column], frozenset())}
            yield from (f"{name}.{column}: {one!r}" for one in told if one not in stored)


def _asked_in_vain(at: Commands, home: Home, told: list[str]) -> Iterator[str]:
    """Two questions by each payload, in turn: an answer or one line that says why there is none."""
    for number, payload in enumerate(told):
        for place in (number, number + 3):
            question = _QUESTIONS[place % len(_QUESTIONS)]
            asked = [payload if word == "PAYLOAD" else word for word in question]
            done = at.run(home.root, asked)
            if (
                done.status not in (0, 1, 2)
                or "Traceback" in done.said
                or "unexpected" in done.said
            ):
                yield f"{' '.join(question)} {payload!r}: {done.status} {done.last_line}"


def _rows(table: Table | None) -> object:
    return table and (table.columns, table.only(table.columns, frozenset()))


BY_ID = {"R-35": partial(sql_in_text, 500)}
