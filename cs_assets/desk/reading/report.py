"""A review made now, as ``cs-assets report`` makes it: nothing is stored or sent."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from cs_assets.ai.prompting import prompts
from cs_assets.ai.writing import Prompt, Writer
from cs_assets.answers.scope import Scope
from cs_assets.desk import session
from cs_assets.desk.reading.customer import NoCustomer
from cs_assets.paper.brand import Audience, Brand, Paper
from cs_assets.reviews.configuration import Edition, ReviewSettings
from cs_assets.reviews.editions.filing import file_stem
from cs_assets.reviews.on_demand import NoReport, only_reports, read_now, written_now
from cs_assets.reviews.scope import Wanted
from cs_assets.reviews.writing.report import Report
from resources.settings import Settings
from resources.warehouse_port import Opens

FORMATS = ("PDF", "PPTX", "HTML")
_TYPES = {
    "PDF": "application/pdf",
    "PPTX": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "HTML": "text/html",
}


@dataclass(frozen=True)
class Order:
    """What is wanted."""

    customer: str
    week: dt.date
    edition: Edition = "weekly"
    audience: Audience = "internal"
    paper: Paper = "A4"
    formats: tuple[str, ...] = ("PDF",)


@dataclass(frozen=True)
class File:
    """One file of a review."""

    name: str
    content: bytes
    kind: str


#: Told how far it is: a share of 1 and what is being done.
Progress = Callable[[float, str], None]


def made_now(
    order: Order, scope: Scope, settings: Settings, warehouse: Opens,
    policy: ReviewSettings, brand: Brand, progress: Progress,
) -> list[File]:  # fmt: skip
    """The files of a review of now.

    Peers are read too, so the session is not cut to the scope: the customer must be in it. Raises
    ``NoCustomer``, and ``NoReport`` where there is nothing to tell or the report failed.
    """
    if not scope.allows("customer", order.customer):
        raise NoCustomer(f"no customer '{order.customer}' is among those that you look after")
    policy = policy.model_copy(update={"edition": order.audience, "paper": order.paper})
    progress(0.1, "Reading the facts")
    report = _written(order, settings, warehouse, policy)
    files = []
    for place, kind in enumerate(order.formats, start=1):
        progress(0.4 + 0.6 * (place - 1) / len(order.formats), f"Making the {kind}")
        files.append(_file(kind, report, order, policy, brand))
    progress(1.0, "Done")
    return files


def _written(order: Order, settings: Settings, warehouse: Opens, policy: ReviewSettings) -> Report:
    if session.is_in_snowflake():
        raise NoReport("inside Snowflake no report is made; those of the week are kept ready")
    from resources.models.cortex_search import case_study_search
    from resources.models.writer import WriterResource  # Dagster's, which is not everywhere

    folder = settings.cs_assets_config_dir
    writer: Writer = WriterResource(settings=settings).for_run("report", "on-demand")
    told: dict[str, Prompt] = {
        name: prompts.load(f"reviews/{name}", folder) for name in policy.sections
    }
    with warehouse.reading("desk report") as db:
        wanted = Wanted((), (order.customer,))
        material = read_now(db.query, wanted, order.week, order.edition, policy)
    outcomes = written_now(material, writer, told, policy, partial(case_study_search, settings))
    return only_reports(outcomes, order.week)[0]


def _file(kind: str, report: Report, order: Order, policy: ReviewSettings, brand: Brand) -> File:
    name = f"review-{file_stem(order.customer)}-{order.week}.{kind.lower()}"
    return File(name, _content(kind, report, policy, brand), _TYPES[kind])


def _content(kind: str, report: Report, policy: ReviewSettings, brand: Brand) -> bytes:
    if kind == "PDF":
        from cs_assets.reviews.editions.pdf.report_pdf import printer

        press = printer(
            brand.model_dump_json(), policy.model_dump_json(), policy.paper, policy.edition
        )
        return press.print(report).pdf
    if kind == "PPTX":
        from cs_assets.reviews.editions.pptx import pptx_of

        return pptx_of(report, brand, policy, policy.edition)
    from cs_assets.reviews.editions.html import html_of

    return html_of(report, brand, policy, policy.edition).encode()
