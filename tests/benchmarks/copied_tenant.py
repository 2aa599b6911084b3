"""The sample tenant many times over: companies, people, calls and sums grow alike.

Each copy has ids, names, addresses and domains of its own; what belongs to the market
(case studies, benchmarks) stays as it is.
"""

import csv
import gzip
import json
import re
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from string import ascii_lowercase
from typing import Any

from cs_assets.sample import write_tenant

_SHARED = ("case_studies", "exchange_rates", "industry_benchmarks")
#: Columns with names of people, who would otherwise be namesakes.
_PEOPLE = ("csm_name", "worker_name")
#: Domains of the company itself and of Gong stay.
_DOMAIN = re.compile(r"(?<![a-z0-9-])(?!fairlight\.|gong\.)([a-z0-9-]+\.example)")
_COLLEAGUE = re.compile(r"([a-z.]+)@fairlight\.example")
_GONG_ID = re.compile(r'"(\d{9,20})"')
_ITEMS = {"calls-extensive": "calls", "transcripts": "callTranscripts", "users": "users"}
_PAGE = 100


def write(sources: Path, gong: Path, times: int) -> None:
    """Write the CSV files and the answers of Gong of ``times`` sample tenants."""
    with tempfile.TemporaryDirectory() as folder:
        once = Path(folder, "sources"), Path(folder, "gong")
        write_tenant(*once)
        names = _names(once[0])
        _copy_sources(once[0], sources, names, times)
        _copy_gong(once[1], gong, names, times)


def _names(folder: Path) -> re.Pattern[str]:
    """Names of companies, the longest first."""
    found = set()
    for table, column in (("customers", "customer_name"), ("accounts", "account_name"),
                          ("hubspot_companies", "company_name")):  # fmt: skip
        found |= {row[column] for row in _rows(folder / f"{table}.csv")}
    ordered = sorted(found, key=lambda name: (-len(name), name))
    return re.compile("|".join(re.escape(name) for name in ordered))


def _code(copy: int) -> str:
    """Letters, since a digit in a name would be a figure in a text."""
    return ascii_lowercase[copy // 26] + ascii_lowercase[copy % 26]


def _renamed(text: str, names: re.Pattern[str], copy: int) -> str:
    if copy == 0:
        return text
    code = _code(copy)
    text = _COLLEAGUE.sub(rf"\1.{code}@fairlight.example", text)
    text = _DOMAIN.sub(rf"{code}-\1", text)
    return names.sub(lambda found: f"{found.group()} {code.title()}", text)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _copy_sources(source: Path, target: Path, names: re.Pattern[str], times: int) -> None:
    target.mkdir(parents=True)
    for path in sorted(source.glob("*.csv")):
        rows, copies = _rows(path), 1 if path.stem in _SHARED else times
        with (target / path.name).open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(rows[0])
            for copy in range(copies):
                for row in rows:
                    writer.writerow(_cell(name, row[name], names, copy) for name in row)


def _cell(column: str, value: str, names: re.Pattern[str], copy: int) -> str:
    if copy == 0 or not value:
        return value
    if column.endswith(("_id", "_id_ob")):
        return f"{value}{copy:02}"
    if column in _PEOPLE:
        return f"{value} {_code(copy).title()}"
    return _renamed(value, names, copy) if not value[0].isdigit() else value


def _copy_gong(source: Path, target: Path, names: re.Pattern[str], times: int) -> None:
    target.mkdir(parents=True)
    for kind, items in _ITEMS.items():
        texts = [
            json.dumps(record, ensure_ascii=False)
            for path in sorted(source.glob(f"{kind}*.json.gz"))
            for record in json.loads(gzip.decompress(path.read_bytes()))[items]
        ]
        copied = (_answered(text, names, copy) for copy in range(times) for text in texts)
        for number, page in enumerate(_pages(copied)):
            body = json.dumps({"requestId": f"{kind}-{number}", items: page}).encode()
            (target / f"{kind}-{number:04}.json.gz").write_bytes(gzip.compress(body, 1))


def _answered(text: str, names: re.Pattern[str], copy: int) -> Any:
    if copy:
        text = _renamed(_GONG_ID.sub(rf'"\g<1>{copy:02}"', text), names, copy)
    return json.loads(text)


def _pages(records: Iterator[Any]) -> Iterator[list[Any]]:
    while page := list(islice(records, _PAGE)):
        yield page
