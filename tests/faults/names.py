"""R-54: names of every form through the whole way of reviews: files in, mails and pages out."""

import csv
import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from email import policy
from email.parser import BytesParser
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dagster as dg
import duckdb
import pandas as pd

from cs_assets.delivery.message import mime
from cs_assets.delivery.message.letter import Letter
from cs_assets.names import compared, shown, without_unseen
from cs_assets.paper.brand import brand_of
from cs_assets.paper.fonts import faces
from cs_assets.paper.text import shown as on_paper
from cs_assets.reviews import assets, checks
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.home import Home
from resources.home_resource import HomeResource
from resources.models.writer import WriterResource
from resources.settings import Settings
from resources.sources.files import load_folder
from resources.sources.forms import FILE_NAME
from resources.sources.staging import source_tables
from tests.faults import odd_names
from tests.figures import Figure
from tests.reviews import making, pdf_reading, tenant

_WEEK = tenant.WEEK.isoformat()
_LIKE = "CUST_10001"
_AT_ONCE = 100


def names_through_reviews(wanted: list[str]) -> Figure:
    """R-54: held for their form, changed where they are kept, changed where they are printed."""
    found: Counter[str] = Counter()
    for start in range(0, len(wanted), _AT_ONCE):
        with TemporaryDirectory() as folder:
            found.update(_one_week(wanted[start : start + _AT_ONCE], Path(folder)))
    value = (
        f"{found['seen']}_names:{found['held']}_held,{found['stored']}_changed_in_store,"
        f"{found['printed']}_changed_in_print"
    )
    passed = found == {"seen": len(wanted)}
    return Figure("R-54", "names-of-every-form", value, "0_held,0_changed", passed)


def _one_week(names: list[str], folder: Path) -> Iterator[str]:
    """The week of a tenant whose customers, CSMs and one channel have these names."""
    ids = [f"CUST_{10_000 + n}" for n in range(len(names))]
    csms = [f"CSM{n}" for n in range(len(names))]
    _put(folder / "sources", names, ids, csms)
    warehouse = DuckDBWarehouse(path=str(folder / "warehouse.duckdb"))
    load_folder(folder / "sources", warehouse)
    home = Home(folder / "home").ensure()
    _materialise(warehouse, home)
    with warehouse.session("test") as db:
        outcomes = db.query("reviews/week_outcomes", [tenant.WEEK]).set_index("customer_id")
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as kept_in:
        stored = kept_in.sql("SELECT customer_id, customer_name FROM source.customers").df()
        facts = kept_in.sql(
            "SELECT customer_id, fact_id, value_text FROM analytics.review_facts "
            "WHERE fact_id IN ('customer.name', 'csm.name')"
        ).df()
        mails = kept_in.sql("SELECT * FROM ops.artefacts WHERE kind = 'weekly_report'").df()
    kept = dict(zip(stored["customer_id"], stored["customer_name"], strict=True))
    told = facts.set_index(["customer_id", "fact_id"])["value_text"]
    by_id = mails.set_index("artefact_id")
    for customer, name in zip(ids, names, strict=True):
        yield "seen"
        if outcomes.loc[customer, "verdict"] != "send":
            print(f"  held: {name!r}: {outcomes.loc[customer, 'reasons']}")
            yield "held"
        called = name if compared(name) else customer
        fact_file = json.loads((home.reports(_WEEK) / f"{customer}.facts.json").read_text("utf-8"))
        in_file = {f["fact_id"]: f["value"] for f in fact_file["sheet"]["facts"]}["customer.name"]
        if {kept[customer], told[customer, "csm.name"]} != {name} or {
            told[customer, "customer.name"], in_file,
        } != {called}:  # fmt: skip
            print(f"  stored as: {kept[customer]!r} {in_file!r}, came as {name!r}")
            yield "stored"
        if customer in by_id.index:
            unlike = list(_unlike(called, name, by_id.loc[customer], home))
            if unlike:
                print(f"  printed unlike: {unlike} {name!r}")
                yield "printed"


def _put(folder: Path, names: list[str], ids: list[str], csms: list[str]) -> None:
    """The files of the tenant: every customer has the rows of the one that grows."""
    folder.mkdir()
    one = tenant.customers()
    tables = {"customers": one[one["customer_id"] == _LIKE].drop(columns="customer_id")}
    tables["customers"] = pd.concat([tables["customers"]] * len(names), ignore_index=True).assign(
        customer_id=ids, customer_name=names
    )
    tables["csms"] = pd.DataFrame(
        {
            "csm_id": csms,
            "csm_name": names,
            "csm_email": [f"{c}@example.com" for c in csms],
            "region": "Europe",
        }
    )
    tables["csm_assignments"] = pd.DataFrame(
        {"customer_id": ids, "csm_id": csms, "assigned_on": "2025-01-01"}
    )
    for table, rows in tenant.activity().items():
        mine = rows[rows["customer_id"] == _LIKE]
        key = mine.columns[0]
        copies = [
            mine.assign(customer_id=customer, **{key: mine[key] + customer}) for customer in ids
        ]
        tables[table.removeprefix("source.")] = pd.concat(copies)
    tables["industry_benchmarks"] = tenant.benchmarks()
    tables["case_studies"] = tenant.case_studies()
    for name, table in source_tables().items():
        rows = tables.get(name, pd.DataFrame(columns=table.column_names))
        with open(folder / f"{name}.csv", "w", encoding="utf-8", newline="") as file:
            rows.to_csv(file, index=False, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    # Some are called as others write that there is nothing ("N/A"): the form says that it is text.
    (folder / FILE_NAME).write_text("formats: {nulls: []}\n", encoding="utf-8")


def _materialise(warehouse: DuckDBWarehouse, home: Home) -> None:
    made = {asset.key for asset in assets.assets}
    keys = {key for asset in assets.assets for key in asset.asset_deps[asset.key]} - made
    folder = making.one_mail_a_customer(home.root.parent / "config")
    settings = Settings.load(cs_assets_home=home.root, cs_assets_config_dir=folder)
    outcome = dg.materialize(
        [*assets.assets, *checks.checks, *(dg.AssetSpec(key) for key in sorted(keys))],
        partition_key=_WEEK,
        selection=dg.AssetSelection.assets(*assets.assets),
        resources={
            "settings": settings,
            "warehouse": warehouse,
            "home": HomeResource(root=str(home.root)),
            "writer": WriterResource(settings=settings),
        },
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        raise_on_error=False,
    )
    assert outcome.success, "the week's reviews failed"


def _unlike(called: str, csm: str, mail: Any, home: Home) -> Iterator[str]:
    """Where a customer's name does not stand as it should, and its CSM's in the greeting."""
    text = (home.root / mail["text_path"]).read_text("utf-8")
    html = (home.root / mail["html_path"]).read_text("utf-8")
    page = (home.root / mail["html_path"].replace(".mail.html", ".html")).read_text("utf-8")
    parsed = BytesParser(policy=policy.default).parsebytes(mime.build(_letter(mail, text, html)))
    body = parsed.get_body(("plain",))
    assert body is not None
    name = odd_names.printed(called)
    start = name[:30]  # a subject has room for so much of any name
    for where, shown_there, expected in (
        ("subject", str(parsed["Subject"]), without_unseen(start)),
        ("subject as written", mail["subject"], start),
        ("text", body.get_content(), name),
        ("greeting", text.splitlines()[0] + text.splitlines()[1], odd_names.printed(csm)[:60]),
        ("mail", _visible(html), name),
        ("page", _visible(page), name),
    ):
        if expected not in "".join(shown_there.split()):
            yield where
    letters = faces(brand_of().fonts)
    pdf = (home.root / mail["attachment_path"]).read_bytes()
    if pdf_reading.squashed(on_paper(called, letters)) not in _of_paper(pdf):
        yield "pdf"
    if any(map(_is_hidden, text + html + page + mail["subject"])):
        yield "a mark is left"


def _of_paper(pdf: bytes) -> str:
    return pdf_reading.squashed(pdf_reading.body_text(pdf))


def _is_hidden(character: str) -> bool:
    return character in odd_names.DIRECTION or (character not in "\n\r" and shown(character) == "")


def _letter(mail: Any, text: str, html: str) -> Letter:
    return Letter(
        sender="reports@example.com", recipient=mail["recipient"], reply_to=None,
        subject=mail["subject"], text=text, html=html, delivery_key="0" * 64,
        list_name="Weekly reviews", category="weekly_report",
        date=dt.datetime(2026, 11, 16), attachments=(),
    )  # fmt: skip


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _visible(html: str) -> str:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return " ".join(reader.words)


BY_ID = {"R-54": lambda: names_through_reviews(odd_names.names(2000))}


def figures() -> Iterable[Figure]:
    """All at full size."""
    for make in BY_ID.values():
        yield make()
