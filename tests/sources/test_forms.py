"""Exports as they are: what ``sources.yaml`` says of files is how they are read."""

import datetime as dt
from decimal import Decimal

import duckdb
import pytest

from cs_assets.errors import UsageError
from resources.sources.files import check_folder, opened

FORMS = """
formats:
  delimiter: ";"
  decimal: ","
  thousands: "."
  dates: [DD.MM.YYYY, YYYY-MM-DD]
  times: DD.MM.YYYY HH:mm
  time_zone: Europe/Berlin
  nulls: ["NULL", "9999-12-31"]
  true_words: ja
  false_words: nein
  encoding: windows-1252
tables:
  customers:
    file: Kunden Export.csv
    columns:
      customer_id: Kunden-Nr
      customer_name: Name
      region: {column: Land, values: {DE: Europe, US: North America}}
      industry: Branche
      segment: {value: Enterprise}
      lifecycle_stage: {value: steady}
      contract_start: Beginn
      renewal_date: Ende
"""
ACCOUNTS = """\
  accounts:
    file: Konten.csv
    delimiter: ","
    columns: {account_id: Konto, account_name: Name}
"""
CUSTOMERS = """\
Notiz;Name;Kunden-Nr;Land;Branche;Beginn;Ende
x;Müller & Söhne;K1;DE;Handel;1.2.2025;31.12.2025
y;Zoë Ltd;K2;US;NULL;2025-02-01;9999-12-31
"""


def values(folder, table):
    with opened(folder) as (found, staged):
        assert not found.problems.total, found.problems.kept
        file = found.files[table]
        return staged.execute(f"SELECT * FROM {file.relation} ORDER BY line").df(), found


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "sources.yaml").write_text(FORMS, "utf-8")
    (tmp_path / "Kunden Export.csv").write_text(CUSTOMERS.replace("NULL", "Retail"), "cp1252")
    return tmp_path


def test_foreign_names_marks_days_and_words_are_read_as_said(folder):
    rows, found = values(folder, "customers")
    assert list(rows["customer_id"]) == ["K1", "K2"]
    assert list(rows["customer_name"]) == ["Müller & Söhne", "Zoë Ltd"]
    assert list(rows["region"]) == ["Europe", "North America"]
    assert set(rows["segment"]) == {"Enterprise"}
    assert [d.date() for d in rows["contract_start"]] == [dt.date(2025, 2, 1)] * 2
    assert rows["renewal_date"].isna().tolist() == [False, True]
    assert found.ignored == {"Kunden Export.csv": ["Notiz"]}


def test_a_mark_for_nothing_in_a_required_column_is_an_empty_cell(folder):
    (folder / "Kunden Export.csv").write_text(CUSTOMERS, "cp1252")
    [problem] = check_folder(folder).problems.kept
    assert (problem.line, problem.column) == (3, "industry")
    assert "the cell is empty" in problem.expected


@pytest.mark.parametrize(
    ("written", "value"),
    [("1.234,5", "1234.50"), ("1234,5", "1234.50"), ("-0,25", "-0.25"), ("1.234.567", "1234567")],
)
def test_numbers_of_other_locales_are_read(tmp_path, written, value):
    (tmp_path / "sources.yaml").write_text(
        'formats: {delimiter: ";", decimal: ",", thousands: "."}'
    )
    (tmp_path / "conversions.csv").write_text(
        "conversion_id;customer_id;conversion_date;channel;conversion_value;region\n"
        f"1;K1;2025-01-31;email;{written};Europe\n"
    )
    rows, _ = values(tmp_path, "conversions")
    assert Decimal(str(rows["conversion_value"][0])) == Decimal(value)


@pytest.mark.parametrize("written", ["1.23,5", "12.34", "1,234.5", "1.2345,6"])
def test_numbers_of_a_third_locale_are_told(tmp_path, written):
    (tmp_path / "sources.yaml").write_text(
        'formats: {delimiter: ";", decimal: ",", thousands: "."}'
    )
    (tmp_path / "conversions.csv").write_text(
        "conversion_id;customer_id;conversion_date;channel;conversion_value;region\n"
        f"1;K1;2025-01-31;email;{written};Europe\n"
    )
    [problem] = check_folder(tmp_path).problems.kept
    assert problem.column == "conversion_value"


def test_times_of_a_zone_become_utc_and_other_words_booleans(folder):
    (folder / "sources.yaml").write_text(FORMS + ACCOUNTS, "utf-8")
    [missing] = check_folder(folder).problems.kept
    assert str(missing) == "Konten.csv:1: expected this file, sources.yaml names it for accounts"
    (folder / "Konten.csv").write_text(
        "Konto,Name,owned_since,is_protected\nA1,Eins,01.07.2025 12:00,Ja\nA2,Zwei,,nein\n",
        "cp1252",
    )
    rows, _ = values(folder, "accounts")
    assert rows["owned_since"][0] == dt.datetime(2025, 7, 1, 10)
    assert list(rows["is_protected"]) == [True, False]


def test_parquet_is_read_and_checked_likewise(tmp_path):
    with duckdb.connect() as db:
        db.execute(
            "COPY (SELECT * FROM (VALUES ('C1', 'Ann', 'a@x.example', 'Europe', 1), "
            "('C2', 'Bob', 'b@x.example', 'Mars', 2)) t(csm_id, csm_name, csm_email, "
            "region, more)) "
            f"TO '{tmp_path / 'csms.parquet'}' (FORMAT parquet)"
        )
    found = check_folder(tmp_path)
    [problem] = found.problems.kept
    assert (problem.file, problem.line, problem.column) == ("csms.parquet", 2, "region")
    assert found.ignored == {"csms.parquet": ["more"]}


def test_a_file_that_is_no_parquet_is_told(tmp_path):
    (tmp_path / "csms.parquet").write_bytes(b"PAR1 nothing")
    [problem] = check_folder(tmp_path).problems.kept
    assert "expected a Parquet file" in problem.expected


@pytest.mark.parametrize(
    ("forms", "words"),
    [
        ("formats: {delimitr: ';'}", "formats.delimitr is no entry"),
        ("formats: {delimiter: ';;'}", "formats.delimiter: expected one mark"),
        ("formats: {encoding: klingon}", "formats.encoding: no encoding is called klingon"),
        ("formats: {time_zone: Mars/Base}", "no time zone is called Mars/Base"),
        ("formats: {dates: DD.QQ.YYYY}", "QQ is no part of a day or time"),
        ("tables: {costumers: {}}", "tables.costumers is no source table"),
        ("tables: {csms: {columns: {name: x}}}", "tables.csms.columns.name is no column of csms"),
        (
            "tables: {csms: {columns: {region: {values: {}}}}}",
            "needs the file's column, columns that are joined, or a value",
        ),
        ("tables: {csms: {file: ../csms.csv}}", "names a file of this folder"),
        ("formats: [", "this is no YAML"),
    ],
)
def test_a_wrong_entry_is_one_line_that_names_it(tmp_path, forms, words):
    (tmp_path / "sources.yaml").write_text(forms)
    with pytest.raises(UsageError, match=words.replace("[", r"\[")):
        check_folder(tmp_path)


def test_a_column_that_the_file_lacks_is_told_with_its_place_in_the_yaml(folder):
    path = folder / "Kunden Export.csv"
    path.write_text(CUSTOMERS.replace("NULL", "Retail").replace("Branche", "Sparte"), "cp1252")
    [problem] = check_folder(folder).problems.kept
    assert problem.column == "industry"
    assert "'Branche'" in problem.expected
    assert "tables.customers.columns.industry" in problem.mend


def test_an_id_is_joined_of_columns_and_rows_without_what_they_need_are_counted(tmp_path):
    (tmp_path / "sources.yaml").write_text(
        "tables: {historical_engagement: {file: Versand.csv, needs: messages_sent, columns: "
        "{engagement_id: {joined: [customer_id, engagement_date, channel]}}}}"
    )
    path = tmp_path / "Versand.csv"
    head = "customer_id,engagement_date,channel,messages_sent,messages_opened,messages_clicked"
    rows = ["K1,2026-11-09,email,10,5,1", "K1,2026-11-10,email,,,", "K1,2026-11-09,sms,7,x,0"]
    path.write_text("\n".join([head, *rows]))
    found = check_folder(tmp_path)
    (file,) = found.there
    assert (file.rows, file.left_out) == (2, 1)
    [problem] = found.problems.kept
    assert (problem.line, problem.column) == (4, "messages_opened"), "no value is no empty cell"
    path.write_text("\n".join([head, rows[0], rows[2].replace("x", "3")]))
    loaded, _ = values(tmp_path, "historical_engagement")
    assert list(loaded["engagement_id"]) == ["K1-2026-11-09-email", "K1-2026-11-09-sms"]
    path.write_text("\n".join([head.replace("channel", "Kanal"), rows[0]]))
    assert {(one.column, one.rule) for one in check_folder(tmp_path).problems.kept} == {
        ("engagement_id", "missing column"), ("channel", "missing column"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (
            "products",
            "customer_id,module_code,purchased_on,status,contracted_seats,annual_price\n"
            "K1,GL,2024-01-01,cancelled,3,10\n",
            ("cancelled_on", "a cancelled module has a day of cancellation"),
        ),
        (
            "module_usage",
            "customer_id,module_code,week_start,active_users,last_used_on\n"
            "K1,GL,2026-11-09,1,2026-11-30\n",
            ("last_used_on", "last use is not after the week"),
        ),
        (
            "conversions",
            "conversion_id,customer_id,conversion_date,channel,conversion_value\n"
            "1,K1,2026-11-09,email,-5\n",
            ("conversion_value", "a value is not negative"),
        ),
    ],
)
def test_what_the_check_of_the_load_will_warn_of_is_told_before(tmp_path, name, text, told):
    (tmp_path / f"{name}.csv").write_text(text)
    doubts = [one for one in check_folder(tmp_path).doubts.kept if one.column == told[0]]
    assert [(one.line, one.expected) for one in doubts] == [(2, f"expected that {told[1]}")]
