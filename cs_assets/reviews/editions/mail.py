"""The mail that carries a report to its CSM: subject, HTML and plain text from one view."""

from dataclasses import dataclass
from typing import Any

from cs_assets.facts.wording import written
from cs_assets.lettering.line import shortened
from cs_assets.names import shown
from cs_assets.paper.brand import Brand
from cs_assets.reviews.editions.templating import environment
from cs_assets.reviews.editions.text import actions, answers, figures, wrapped
from cs_assets.reviews.editions.view import todo
from cs_assets.reviews.writing.report import Passage, Report
from cs_assets.reviews.writing.standing import standing
from cs_assets.reviews.writing.summary_table import rows
from cs_assets.reviews.writing.text_blocks import blocks


@dataclass(frozen=True)
class Mail:
    """A mail's parts; both bodies say the same."""

    subject: str
    text: str
    html: str


def write(report: Report, recipient_name: str, brand: Brand, why: str = "") -> Mail:
    """The mail of a report; ``why`` it is not the CSM who gets it."""
    view = {**_view(report, brand), "why": why}
    return Mail(
        subject=view["subject"],
        text=_plain(view, recipient_name),
        html=environment().get_template("mail.html.j2").render(view),
    )


def _view(report: Report, brand: Brand) -> dict[str, Any]:
    sheet = report.sheet
    customer = written(sheet["customer.name"])
    headline = report.passages["headline"].filled
    told, watched = report.passages["summary"], report.passages.get("watch")
    return {
        "brand": brand,
        "subject": f"{shortened(customer, 80)}: {_inside(report.passages['headline'])}",
        "customer": customer,
        "headline": headline,
        "period": f"Week to {written(sheet['period.end'])}, {written(sheet['period.window'])}",
        "summary": [b.text for b in blocks(told.filled, told.claims)],
        "table": rows(sheet),
        "actions": list(todo(report)),
        "standing": standing(sheet),
        "watch": [b.text for b in blocks(watched.filled, watched.claims)] if watched else [],
        "cutoff": written(sheet["period.end"]),
        "snapshot": report.snapshot_id,
    }


def _inside(headline: Passage) -> str:
    """The headline as it goes on after a colon; a name at its start keeps its letters."""
    text = headline.filled
    named = any(claim.start == 0 for claim in headline.claims)
    return text if named else text[:1].lower() + text[1:]


def _plain(view: dict[str, Any], recipient_name: str) -> str:
    lines = [f"Hello {shown(recipient_name)}," if recipient_name else "Hello,", ""]
    lines += [view["why"], ""] if view["why"] else []
    lines += [view["customer"], view["period"], "", view["headline"], ""]
    lines += answers(view["standing"])
    lines += ["", *(f"- {line}" for line in (*view["watch"], *view["summary"]))]
    lines += ["", "WHAT TO DO THIS WEEK", *actions(view["actions"])]
    lines += ["", "FIGURES", *figures(view["table"])]
    lines += ["", "The full review with charts is attached as PDF."]
    lines += [f"Data up to {view['cutoff']}, snapshot {view['snapshot']}."]
    return wrapped(lines)
