"""Loading a folder of CSV files: whole or not at all, and every problem told."""

import datetime as dt
import time
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from cs_assets.errors import UsageError
from resources.sources.files import check_folder, load_folder, opened
from resources.sources.problems import SHOWN, BadSourceFiles
from resources.sources.staging import source_tables

#: What these tests look at; the others cost time and show nothing more.
FEW = {
    "accounts", "case_studies", "conversions", "csm_assignments", "csms", "customers",
    "onboarding_detail", "products", "survey_responses", "svot_signals", "support_tickets",
    "workday_workers",
}  # fmt: skip


@pytest.fixture
def sources(sources):
    for path in sources.glob("*.csv"):
        if path.stem not in FEW:
            path.unlink()
    return sources


def rewrite(path: Path, change) -> None:
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


def change_line(path: Path, number: int, old: str, new: str) -> None:
    """Replace in one line; ``number`` counts from 1 with the header."""

    def change(text: str) -> str:
        lines = text.split("\n")
        assert old in lines[number - 1], lines[number - 1]
        lines[number - 1] = lines[number - 1].replace(old, new, 1)
        return "\n".join(lines)

    rewrite(path, change)


def told(folder: Path) -> list[str]:
    """Every problem that is shown for the folder."""
    found = check_folder(folder)
    with pytest.raises(BadSourceFiles):
        found.refuse_bad()
    return [str(problem) for problem in found.problems.in_order()]


def read(folder: Path, table: str) -> dict[str, list]:
    """The values of one table's columns, as they would be loaded."""
    with opened(folder) as (found, staged):
        found.refuse_bad()
        file = found.files[table]
        names = [column.name for column in file.columns]
        rows = staged.execute(
            f"SELECT {', '.join(names)} FROM {file.relation} ORDER BY line"
        ).fetchall()
        return {name: [row[at] for row in rows] for at, name in enumerate(names)}


def rows(warehouse, table, order="ALL"):
    with duckdb.connect(warehouse.path) as connection:
        return connection.execute(f"SELECT * FROM source.{table} ORDER BY {order}").fetchall()


def test_the_sample_loads_in_under_three_seconds(full_sources, warehouse):
    with warehouse.session("set up"):
        pass
    started = time.process_time()
    counts = load_folder(full_sources, warehouse)
    assert time.process_time() - started < 3
    assert set(counts) == set(source_tables())
    assert counts["historical_engagement"] == 10_000
    assert len(rows(warehouse, "historical_engagement")) == 10_000


def test_values_arrive_with_their_types(sources, warehouse):
    load_folder(sources, warehouse)
    first = rows(warehouse, "conversions", "conversion_id")[0]
    assert isinstance(first[2], dt.date)
    assert isinstance(first[4], Decimal)
    accounts = {row[0]: row for row in rows(warehouse, "accounts")}
    assert isinstance(accounts["CUST_12345"][-3], dt.datetime)
    assert accounts["ACC_90001"][-3] is None
    assert accounts["ACC_90009"][-5] is True
    names = {row[0]: row[1] for row in rows(warehouse, "customers")}
    assert names["CUST_45678"] == "みなと市財政局"


def test_loading_again_replaces_and_does_not_add(sources, warehouse):
    load_folder(sources, warehouse)
    before = rows(warehouse, "products")
    assert load_folder(sources, warehouse)["products"] == len(before)
    assert rows(warehouse, "products") == before


def test_a_file_beyond_all_measure_is_one_line(sources, monkeypatch):
    monkeypatch.setattr("resources.sources.staging.LARGEST_FILE", 2_000)
    with pytest.raises(UsageError, match=r"^\S+accounts\.csv holds more than 0 MiB$"):
        check_folder(sources)


def test_a_missing_folder_is_one_line(tmp_path, warehouse):
    with pytest.raises(UsageError, match="does not exist") as caught:
        load_folder(tmp_path / "nowhere", warehouse)
    assert caught.value.exit_status == 2


def test_what_cannot_be_made_of_the_files_that_are_there_is_told(sources):
    (sources / "csms.csv").unlink()
    (sources / "products.csv").unlink()
    found = check_folder(sources)
    assert found.lacking == {"reviews": ["csms"]}
    assert not found.problems.total  # whose CSM is unknown is not judged where nobody lists them


def test_a_folder_without_source_files_is_one_line(tmp_path):
    with pytest.raises(UsageError, match=r"holds no source file .* sources template"):
        check_folder(tmp_path)


def test_a_file_that_is_gone_does_not_empty_its_table(sources, warehouse):
    load_folder(sources, warehouse)
    (sources / "products.csv").unlink()
    with pytest.raises(
        UsageError, match=r"lacks products\.csv \(\d+ rows\), loaded before; put it"
    ):
        load_folder(sources, warehouse)
    assert rows(warehouse, "products")


def test_an_optional_table_without_a_file_is_empty(sources, warehouse):
    (sources / "support_tickets.csv").unlink()
    counts = load_folder(sources, warehouse)
    assert counts["support_tickets"] == 0
    assert counts["survey_responses"] > 100


def test_problems_of_several_files_are_told_together_and_nothing_is_loaded(sources, warehouse):
    load_folder(sources, warehouse)
    before = {name: rows(warehouse, name) for name in ("csms", "products", "customers")}
    change_line(sources / "csms.csv", 3, "Asia Pacific", "Mars")
    change_line(sources / "products.csv", 2, "active", "actve")
    change_line(sources / "customers.csv", 4, "Mid-Market", "Tiny")
    with pytest.raises(BadSourceFiles) as caught:
        load_folder(sources, warehouse)
    text = str(caught.value)
    assert text.startswith("3 problems in 3 files of ")
    assert "nothing was loaded" in text
    assert "csms.csv:3: region: expected one of North America" in text
    assert "found 'Mars'" in text
    assert "products.csv:2: status: expected one of active, cancelled, found 'actve'" in text
    assert {name: rows(warehouse, name) for name in before} == before


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("conversions", "2025-08-18", "18/08/2025", "conversion_date: expected a day as YYYY"),
        ("conversions", "2025-08-18", "2025-02-30", "conversion_date: expected a day"),
        ("conversions", "2025-08-18", "0001-01-01", "conversion_date: expected a day"),
        ("conversions", "2025-08-18", "2025-08-18 11:30", "conversion_date: expected a day"),
        ("conversions", "138.01", "$138.01", "conversion_value: expected a number with at most 2"),
        ("conversions", "138.01", "129.225", "conversion_value: expected a number with at most 2"),
        ("conversions", "138.01", "1e30", "conversion_value: expected a number with at most 2"),
        ("conversions", "138.01", "NaN", "conversion_value: expected a number with at most 2"),
        ("conversions", "138.01", "", "conversion_value: expected a value, the cell is empty"),
        ("conversions", "CUST_10678", "CUST_1", "customer_id: expected a customer_id of cust"),
        ("conversions", "CUST_10678", "  ", "customer_id: expected a value, the cell is empty"),
        ("accounts", "false", "maybe", "is_protected: expected true or false, found 'maybe'"),
        ("accounts", "153650,", "153650;", "expected 22 values as in the header, found 21"),
        ("accounts", ",0,1,0,", ",0,2.5,0,", "open_tickets: expected a whole number"),
        ("accounts", ",0,1,0,", ",0,1_000,0,", "open_tickets: expected a whole number"),
        ("accounts", ",18.8,", ",inf,", "tad_score: expected a number below 1e15"),
        ("accounts", ",18.8,", ",1e16,", "tad_score: expected a number below 1e15"),
        ("accounts", ",0,1,0,", ",0,9999999999999,0,", "open_tickets: expected a whole number"),
        ("accounts", "2022-10-25 14:59:00", "yesterday", "owned_since: expected a time as"),
        ("accounts", "CSM001", "CSM00X", "owner_worker_id: expected a worker_id of work"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named_by_line_column_and_expectation(sources, file, old, new, words):
    change_line(sources / f"{file}.csv", 2, old, new)
    problems = told(sources)
    assert len(problems) == 1
    assert problems[0].startswith(f"{file}.csv:2: ")
    assert words in problems[0]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2022-10-25T14:59:00Z", dt.datetime(2022, 10, 25, 14, 59)),
        ("2022-10-25 07:59:00-07:00", dt.datetime(2022, 10, 25, 14, 59)),
        ("2022-10-25 14:59:00.123456789", dt.datetime(2022, 10, 25, 14, 59, 0, 123456)),
        ("2022-10-25 14:59:00.000 +0000", dt.datetime(2022, 10, 25, 14, 59)),
        ("2022-10-25 14:59", dt.datetime(2022, 10, 25, 14, 59)),
        ("2022-10-25", dt.datetime(2022, 10, 25)),
    ],
)
def test_times_are_read_as_snowflake_and_iso_write_them(sources, text, moment):
    change_line(sources / "accounts.csv", 2, "2022-10-25 14:59:00", text)
    assert read(sources, "accounts")["owned_since"][0] == moment


def test_a_repeated_key_names_the_line_that_has_it_first(sources):
    rewrite(sources / "csms.csv", lambda text: text + text.splitlines()[1] + "\n")
    assert told(sources) == [
        "csms.csv:6: csm_id: expected a key that is not there yet, line 2 has the same, "
        "found 'CSM001'"
    ]


def test_a_key_with_an_empty_part_may_repeat(sources):
    view = read(sources, "onboarding_detail")
    assert view["account_id_ob"].count(None) == 3


def test_missing_and_repeated_columns_are_told_and_others_listed(sources):
    change_line(sources / "csms.csv", 1, "csm_name,csm_email", "csm_mail,region")
    found = check_folder(sources)
    text = "\n".join(str(problem) for problem in found.problems.kept)
    assert "csms.csv:1: csm_name: expected this column, it is required" in text
    assert "csms.csv:1: csm_email: expected this column, it is required; 'csm_mail' may" in text
    assert "csms.csv:1: region: expected each column once, found 'region'" in text
    assert found.ignored == {"csms.csv": ["csm_mail"]}


def test_a_column_that_is_not_required_may_be_left_out(sources, warehouse):
    def drop_goal(text: str) -> str:
        import csv
        import io

        lines = list(csv.reader(io.StringIO(text)))
        at = lines[0].index("goal")
        out = io.StringIO()
        csv.writer(out).writerows([[c for i, c in enumerate(line) if i != at] for line in lines])
        return out.getvalue()

    rewrite(sources / "customers.csv", drop_goal)
    assert load_folder(sources, warehouse)["customers"] == 62
    at = source_tables()["customers"].column_names.index("goal")
    assert {row[at] for row in rows(warehouse, "customers")} == {None}


def test_columns_may_come_in_any_order_and_case(sources):
    (sources / "csms.csv").write_text(
        "REGION,CSM_NAME, csm_id ,Csm_Email\nEurope,Emma,CSM003,e@x.example\n"
    )
    (sources / "csm_assignments.csv").write_text("customer_id,csm_id,assigned_on\n")
    csms = read(sources, "csms")
    assert csms["csm_id"] == ["CSM003"]
    assert csms["region"] == ["Europe"]


@pytest.mark.parametrize(
    ("separator", "name"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")]
)
def test_a_wrong_separator_is_recognized(sources, separator, name):
    rewrite(sources / "csms.csv", lambda text: text.replace(",", separator))
    assert told(sources) == [
        f"csms.csv:1: expected columns separated by commas, these are separated by {name}"
    ]


def test_a_byte_order_mark_and_windows_line_ends_are_fine(sources):
    tables = ("accounts", "customers", "conversions", "csms")
    before = {name: read(sources, name) for name in tables}
    for path in sources.glob("*.csv"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert {name: read(sources, name) for name in tables} == before


def test_quoted_line_ends_keep_the_line_numbers_right(sources):
    case_studies = sources / "case_studies.csv"
    lines = case_studies.read_text(encoding="utf-8").split("\n")
    last = max(number for number, line in enumerate(lines, start=1) if line.startswith("CS_007,"))
    change_line(case_studies, last, ",Small Business,", ",Huge,")
    [problem] = told(sources)
    assert problem.startswith(f"case_studies.csv:{last}: company_size: ")


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_another_encoding_is_told_with_line_and_remedy(sources, encoding):
    path = sources / "csms.csv"
    path.write_bytes(path.read_text(encoding="utf-8").replace("Chen", "Chén").encode(encoding))
    [problem] = told(sources)
    assert problem.startswith("csms.csv:3: " if encoding == "latin-1" else "csms.csv:1: ")
    assert "save the file as UTF-8" in problem


def test_an_empty_file_lacks_a_header(sources):
    (sources / "csms.csv").write_bytes(b"")
    assert told(sources) == ["csms.csv:1: expected a header line with the column names"]


def test_a_broken_header_is_told_once(sources):
    change_line(sources / "csms.csv", 1, "csm_id", '"csm"_id')
    [problem] = told(sources)
    assert problem.startswith("csms.csv:1: expected a row of comma-separated values")


def test_a_file_with_only_a_header_is_an_empty_table(sources, warehouse):
    (sources / "svot_signals.csv").write_text(
        "signal_id,account_id,signal_date,signal_type,severity,is_active\n"
    )
    assert load_folder(sources, warehouse)["svot_signals"] == 0


def test_ragged_rows_are_told_and_do_not_cast_doubt_on_other_files(sources):
    change_line(sources / "customers.csv", 2, ",", "")
    change_line(sources / "customers.csv", 3, ",", ",,")
    problems = told(sources)
    assert problems == [
        "customers.csv:2: expected 14 values as in the header, found 13",
        "customers.csv:3: expected 14 values as in the header, found 15",
    ]


def test_a_quote_that_is_never_closed_is_told_at_the_line_it_opens(sources):
    change_line(sources / "csms.csv", 4, "Emma", '"Emma')
    [problem] = told(sources)
    assert problem.startswith("csms.csv:4: expected a row of comma-separated values")


def test_a_nul_character_is_no_text(sources):
    change_line(sources / "csms.csv", 2, "Sarah", "Sa\x00rah")
    assert "text without NUL characters" in told(sources)[0]


def test_shown_values_are_cut_and_control_characters_are_escaped(sources):
    change_line(sources / "csms.csv", 2, "North America", "x" * 5_000)
    change_line(sources / "csms.csv", 3, "Asia Pacific", "\x1b[31mred")
    first, second = told(sources)
    assert len(first) < 160
    assert "\x1b" not in second


def test_thousands_of_bad_rows_are_counted_and_some_are_shown(full_sources):
    rewrite(
        full_sources / "historical_engagement.csv",
        lambda text: text.replace(",email,", ",email,many").replace(",CUST_", ",KUST_"),
    )
    started = time.process_time()
    with pytest.raises(BadSourceFiles) as caught:
        check_folder(full_sources).refuse_bad()
    assert time.process_time() - started < 3
    error = caught.value
    assert error.total > 13_000
    assert error.counts[("historical_engagement.csv", "customer_id",
                         "expected a customer_id of customers.csv")] == 10_000  # fmt: skip
    lines = str(error).splitlines()
    assert len(lines) <= SHOWN + 2
    assert "historical_engagement.csv customer_id 10,000" in lines[-1]
    assert any("messages_sent: expected a whole number" in line for line in lines)


def test_no_temporary_or_foreign_file_in_the_folder_disturbs(sources):
    (sources / "notes.txt").write_text("mine")
    (sources / ".csms.csv.swp").write_bytes(b"\x00\xff")
    found = check_folder(sources)
    assert len(found.there) == len(FEW)
    assert found.passed_over == ["notes.txt"]
