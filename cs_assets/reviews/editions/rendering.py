"""Renders many reports, in this process or over several; a failing one is named, not fatal."""

import gc
import json
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cs_assets.over_cores import over_cores
from cs_assets.paper.brand import Audience, Brand, Paper
from cs_assets.reviews.editions.html import html_of_view
from cs_assets.reviews.editions.mail import Mail
from cs_assets.reviews.editions.mail import write as write_mail
from cs_assets.reviews.editions.view import view_of
from cs_assets.reviews.facts.sheets import sheet_from_json
from cs_assets.reviews.writing.report import (
    Passage,
    Report,
    content_hash,
    passages_from_json,
    passages_json,
)
from cs_assets.reviews.writing.text_blocks import recommendations

if TYPE_CHECKING:
    from cs_assets.reviews.editions.pdf.report_pdf import Printer  # loads fonts

#: A worker takes two seconds to start (fonts) and a report 0.03: with fewer
#: reports each than this, one process that has started already is done first.
REPORTS_PER_WORKER = 80
#: Below that: of so many each, a child of this process takes a share.
_PER_FORK = 12
#: New objects before a worker looks for those that nobody holds: a third of a report's.
_COLLECT_AFTER = 10_000


@dataclass(frozen=True)
class Template:
    """How all reports of a run are made; plain data, so that it travels to a process."""

    brand: Brand
    settings_json: str
    paper: Paper
    audience: Audience

    @cached_property
    def brand_json(self) -> str:
        return self.brand.model_dump_json()


@dataclass(frozen=True)
class Job:
    """One report as ``analytics.weekly_reports`` keeps it."""

    customer_id: str
    snapshot_id: str
    sheet: str
    sections: str
    recipient_name: str
    why: str = ""
    """Why it is not the CSM who gets it."""

    def report(self) -> Report:
        return Report(
            sheet_from_json(self.sheet), self.snapshot_id, passages_from_json(self.sections)
        )


@dataclass(frozen=True)
class Files:
    """What one report comes to in files, or why it could not be made."""

    customer_id: str
    pdf: bytes = b""
    pages: int = 0
    page: bytes = b""
    facts: bytes = b""
    mail: Mail | None = None
    unproven: tuple[str, ...] = ()
    """Numbers of the PDF's text layer that no fact accounts for."""
    failure: str | None = None


def render(job: Job, template: Template) -> Files:
    """One report's files; every error is caught and told in ``failure``."""
    from cs_assets.reviews.editions.pdf.audit import text_layer, unproven_numbers

    try:
        report = job.report()
        press = _press(template)
        view = view_of(report, press.settings)
        rendered = press.print_view(view)
        charts = rendered.chart_passages
        return Files(
            job.customer_id,
            pdf=rendered.pdf,
            pages=rendered.pages,
            page=html_of_view(view, template.brand, template.audience).encode(),
            facts=facts_document(report, charts, job.sheet, job.sections),
            mail=write_mail(report, job.recipient_name, template.brand, job.why),
            unproven=tuple(
                unproven_numbers(text_layer(rendered.pdf), report, charts, press.printed)
            ),
        )
    except Exception as error:  # one broken report must not stop the others
        return Files(job.customer_id, failure=f"{type(error).__name__}: {error}"[:500])


def facts_document(
    report: Report,
    charts: dict[str, Passage],
    sheet: str | None = None,
    sections: str | None = None,
) -> bytes:
    """The audit file beside a report: every fact, and where each stands in which text.

    ``sheet`` and ``sections`` are the report's sheet and passages as JSON, where those are there
    already.
    """
    advice = report.passages.get("recommendations")
    _, made, _ = recommendations(advice.filled, advice.claims) if advice else ([], [], [])
    written = sections or report.sections_json()
    rest = {
        "charts": passages_json(charts),
        "content_hash": content_hash(report.snapshot_id, written, report.sheet),
        "evidence": {one.title: one.evidence for one in made},
        "snapshot_id": report.snapshot_id,
    }
    told = json.dumps(rest, ensure_ascii=False, indent=1, sort_keys=True)
    return (
        f'{told[:-2]},\n"passages": {written},\n"sheet": {sheet or report.sheet.as_json()}\n}}'
    ).encode()


Render = Callable[[Sequence[Job]], Iterator[Files]]


@contextmanager
def presses(template: Template, reports: int, processes: int) -> Iterator[Render]:
    """Renders jobs, in their order, over as many processes as so many ``reports`` are worth.

    What it gives may be called several times, with a portion of the reports each.
    """
    workers = min(processes, reports // REPORTS_PER_WORKER)
    if workers < 2:
        if reports >= 2 * _PER_FORK:
            _press(template)  # before there are children, who have it then
        yield lambda jobs: iter(over_cores(lambda job: render(job, template), jobs, _PER_FORK))
        return
    context = multiprocessing.get_context("spawn")  # no threads or locks are carried over
    with ProcessPoolExecutor(workers, context, _settle, (template,)) as pool:
        yield lambda jobs: pool.map(render, jobs, [template] * len(jobs), chunksize=4)


def _settle(template: Template) -> None:
    """A worker's first step: fonts are read, and not looked through again for what is free."""
    _press(template)
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER, 10, 10)


def _press(template: Template) -> "Printer":
    """How this process prints; made once."""
    from cs_assets.reviews.editions.pdf.report_pdf import printer

    return printer(template.brand_json, template.settings_json, template.paper, template.audience)
