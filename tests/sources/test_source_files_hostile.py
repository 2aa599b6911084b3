"""Whatever a file holds, it is read right or told about; the loader itself never fails."""

import csv
import datetime as dt
import io
import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.sources import staging
from resources.sources.files import opened
from resources.sources.problems import Problems
from resources.sources.staging import source_tables
from resources.sources.values import NOTHING

PATIENT = settings(max_examples=40)


def loaded(**files: bytes) -> tuple[dict[str, dict[str, list]], Problems]:
    """The values by table and column of a folder with these files, and what is wrong in them."""
    with tempfile.TemporaryDirectory(prefix="sources-") as name:
        folder = Path(name)
        for table, content in files.items():
            (folder / f"{table}.csv").write_bytes(content)
        with opened(folder) as (found, staged):
            return {
                f.table.name: values(f, staged) for f in found.there if f.is_read
            }, found.problems


def values(file, staged) -> dict[str, list]:
    names = [column.name for column in file.columns]
    if not names:
        return {}
    rows = staged.execute(
        f"SELECT {', '.join(names)} FROM {file.relation} ORDER BY line"
    ).fetchall()
    return {name: [row[at] for row in rows] for at, name in enumerate(names)}


def as_csv(header, lines) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows(lines)
    return out.getvalue().encode()


CSMS = source_tables()["csms"].column_names
HEADER = ",".join(CSMS).encode()

csv_like = st.lists(
    st.sampled_from([b",", b'"', b"\n", b"\r", b"\r\n", b";", b"\x00", b"\xff", b"\xef\xbb\xbf",
                     b"CSM001", b"Europe", b"a@b.example", "Zoë".encode(), b" ", HEADER]),
    max_size=40,
).map(b"".join)  # fmt: skip


@PATIENT
@given(
    st.one_of(st.binary(max_size=300), csv_like, csv_like.map(lambda tail: HEADER + b"\n" + tail))
)
def test_any_bytes_are_read_or_told_about(content):
    read, problems = loaded(csms=content)
    if not problems.total:
        assert all(read["csms"]["csm_id"])
    else:
        assert problems.total >= len(problems.kept) > 0
        assert all(problem.file == "csms.csv" and problem.line >= 1 for problem in problems.kept)
        assert all(str(problem).isprintable() and problem.mend for problem in problems.kept)


@PATIENT
@given(csv_like)
def test_both_readers_give_the_same_rows(tail):
    content = HEADER + b"\n" + tail
    by_engine, problems = loaded(csms=content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(staging, "_read_by_engine", lambda *anything: False)
        by_record, told = loaded(csms=content)
    assert by_engine == by_record
    assert problems.counts == told.counts


@pytest.mark.parametrize(
    "line",
    [
        b"CSM001,Lee, Ann,", b"CSM001,Ann Lee,a@b.example,Europe,", b"CSM001,Ann Lee,a@b.example,,",
        b"CSM001,Ann Lee,a@b.example", b'CSM001,Ann Lee,"a@b.example",Europe,""',
    ],
)  # fmt: skip
def test_a_line_of_another_width_is_told_and_not_read_with_its_cells_moved(line):
    whole = b"CSM002,Bo Roe,b@b.example,Europe"
    read, problems = loaded(csms=b"\n".join([HEADER, line, whole, b""]))
    wrong = len(next(csv.reader([line.decode()]))) != len(CSMS)
    assert read["csms"]["csm_id"] == (["CSM002"] if wrong else ["CSM001", "CSM002"])
    assert (("csms.csv", "", "row length") in problems.counts) is wrong


words = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30
).filter(
    lambda text: text == text.strip() and text.strip() and text not in NOTHING
)  # fmt: skip
money = st.decimals(-(10**15), 10**15, places=2, allow_nan=False, allow_infinity=False)
days = st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31))


@PATIENT
@given(st.lists(st.tuples(days, words, money, st.one_of(st.none(), words)), max_size=8))
def test_right_values_come_back_as_they_were(drawn):
    header = ["conversion_id", "customer_id", "conversion_date", "channel", "conversion_value",
              "region"]  # fmt: skip
    lines = [[f"C{i}", "CUST_1", *row] for i, row in enumerate(drawn)]
    customer = {
        "customer_id": "CUST_1",
        "customer_name": 'A, "B"\nC',
        "industry": "Retail",
        "segment": "Enterprise",
        "region": "Europe",
        "lifecycle_stage": "steady",
    }
    read, problems = loaded(
        conversions=as_csv(header, lines),
        customers=as_csv(customer.keys(), [customer.values()]),
    )
    assert not problems.total
    assert read["customers"]["customer_name"] == ['A, "B"\nC']
    columns = read["conversions"]
    assert columns["conversion_date"] == [row[2] for row in lines]
    assert columns["channel"] == [row[3] for row in lines]
    assert columns["conversion_value"] == [Decimal(row[4]) for row in lines]
    assert columns["region"] == [row[5] for row in lines]


@PATIENT
@given(
    st.integers(0, 19),
    st.sampled_from(["seats", "price", "day"]),
    st.sampled_from(
        ["12a", "--1", "1,5", "0x10", "9" * 30, "１２", "١٢", "1e999", "∞", "2020-13-01"]
    ),
)
def test_one_spoiled_cell_among_good_ones_is_the_one_that_is_told(at, what, bad):
    header = ["customer_id", "module_code", "purchased_on", "status", "contracted_seats",
              "annual_price"]  # fmt: skip
    lines = [[f"CUST_{i}", "GL", "2024-01-31", "active", "5", "10.50"] for i in range(20)]
    column = {"day": 2, "seats": 4, "price": 5}[what]
    lines[at][column] = bad
    customers = [
        [f"CUST_{i}", "Name", "Retail", "Enterprise", "Europe", "steady"] for i in range(20)
    ]
    _, problems = loaded(
        products=as_csv(header, lines),
        customers=as_csv(
            ["customer_id", "customer_name", "industry", "segment", "region", "lifecycle_stage"],
            customers,
        ),
    )
    assert problems.total, f"{bad!r} was read as {what}"
    [problem] = problems.kept
    assert (problem.line, problem.column) == (at + 2, header[column])
    assert problem.file == "products.csv"
