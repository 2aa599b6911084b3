"""Six files as a German CRM and a product exported them, of a part of the sample's customers."""

import csv
import datetime as dt
from pathlib import Path
from typing import Any

from cs_assets.sample.tables import source_tables

CUSTOMERS = 6
FORMS = """\
formats:
  delimiter: ";"
  decimal: ","
  dates: DD.MM.YYYY
  nulls: ["NULL"]
  encoding: windows-1252
tables:
  customers:
    file: Kunden.csv
    columns:
      customer_id: Kundennummer
      customer_name: Firma
      industry: Branche
      segment: Klasse
      region: {column: Gebiet, values: {AMER: North America, APAC: Asia Pacific, EMEA: Europe,
        LATAM: Latin America}}
      lifecycle_stage: {value: steady}
      contract_start: Vertragsbeginn
      renewal_date: Vertragsende
  csms:
    file: Betreuer.csv
    columns: {csm_id: Kürzel, csm_name: Name, csm_email: E-Mail, region: {value: Europe}}
  csm_assignments:
    file: Zuordnung.csv
    columns: {customer_id: Kundennummer, csm_id: Betreuer, assigned_on: seit}
  products:
    file: Module.csv
    columns:
      customer_id: Kundennummer
      module_code: Modul
      purchased_on: gekauft
      status: {column: Stand, values: {aktiv: active, gekündigt: cancelled}}
      contracted_seats: Plätze
      annual_price: Jahrespreis
      cancelled_on: gekündigt am
  conversions:
    file: Abschlüsse.csv
    columns:
      conversion_id: Nr
      customer_id: Kunde
      conversion_date: Tag
      channel: Kanal
      conversion_value: Wert
      region: Gebiet
  historical_engagement:
    file: Nachrichten.csv
    columns:
      engagement_id: Nr
      customer_id: Kunde
      engagement_date: Tag
      channel: Kanal
      messages_sent: gesendet
      messages_opened: geöffnet
      messages_clicked: geklickt
      engagement_score: Punkte
"""
_REGIONS = {
    "North America": "AMER", "Asia Pacific": "APAC", "Europe": "EMEA", "Latin America": "LATAM",
}  # fmt: skip
_STATES = {"active": "aktiv", "cancelled": "gekündigt"}


def write_export(folder: Path) -> None:
    """The files and their ``sources.yaml``."""
    import yaml

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sources.yaml").write_text(FORMS, "utf-8")
    rows = source_tables()
    kept = {row["customer_id"] for row in rows["customers"] if row["customer_name"].isascii()}
    kept = set(sorted(kept)[:CUSTOMERS])
    for table, form in yaml.safe_load(FORMS)["tables"].items():
        columns = {
            ours: theirs if isinstance(theirs, str) else theirs.get("column")
            for ours, theirs in form["columns"].items()
        }
        named = {ours: theirs for ours, theirs in columns.items() if theirs}
        with (folder / form["file"]).open("w", encoding="cp1252", newline="") as file:
            writer = csv.writer(file, delimiter=";")
            writer.writerow([*named.values(), "geändert von"])
            for row in rows[table]:
                if row.get("customer_id", next(iter(kept))) in kept:
                    cells = [_written(table, ours, row.get(ours)) for ours in named]
                    writer.writerow([*cells, "admin"])


def _written(table: str, column: str, value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, dt.date):
        return f"{value:%d.%m.%Y}"
    if column == "region" and table == "customers":
        return _REGIONS[value]
    if column == "status":
        return _STATES[value]
    text = str(value)
    return (
        text.replace(".", ",")
        if column in ("conversion_value", "annual_price", "engagement_score")
        else text
    )
