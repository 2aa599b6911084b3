"""The mail that tells a CSM that a review was held back, and why."""

import textwrap
from collections.abc import Sequence

from cs_assets.lettering.line import shortened
from cs_assets.names import shown
from cs_assets.paper.brand import Brand
from cs_assets.reviews.editions.mail import Mail
from cs_assets.reviews.editions.templating import environment
from cs_assets.reviews.editions.text import WIDTH
from cs_assets.reviews.gate import Reason

#: Rules without a notice: a quiet customer is no news, and without an address nobody can be told.
SILENT = frozenset({"no_data", "recipient"})

_WORDS = {
    "failed": "It could not be made",
    "freshness": "The data are too old",
    "row_counts": "The data look incomplete",
    "nulls": "The data have gaps",
    "required_facts": "A figure that must be there is missing",
    "calls_judged": "Calls have not been judged",
    "totals": "Parts do not add up",
    "large_move": "A figure moved too much to be believed unseen",
    "other_customer": "It holds another customer's figures",
    "number_without_fact": "A number in it has no proof",
    "approval": "Somebody must approve it",
}


def is_due(reasons: Sequence[Reason]) -> bool:
    """Whether a verdict's reasons are worth a mail to the CSM."""
    return bool(reasons) and not any(reason.rule in SILENT for reason in reasons)


def write(
    customer: str, period_end: str, reasons: Sequence[Reason], recipient: str, brand: Brand
) -> Mail:
    """The notice about one customer's review of the week that ends on ``period_end``."""
    name = shortened(shown(customer), 80)
    lines = [
        f"{_WORDS.get(reason.rule, reason.rule)}: {shown(reason.detail)}." for reason in reasons
    ]
    opening = f"The review of {name} for the week to {period_end} is held back and was not sent."
    closing = (
        "It is sent once the cause is mended and the review is made again; nothing to do here."
    )
    body = [f"Hello {shown(recipient)}," if recipient else "Hello,", "", opening, ""]
    body += [*(f"- {line}" for line in lines), "", closing]
    html = (
        environment()
        .get_template("held.html.j2")
        .render(brand=brand, subject=name, opening=opening, lines=lines, closing=closing)
    )
    text = "\n".join(
        "\n".join(textwrap.wrap(line, WIDTH, subsequent_indent="  ")) if line else ""
        for line in body
    )
    return Mail(subject=f"{name}: this week's review is held back", text=f"{text}\n", html=html)
