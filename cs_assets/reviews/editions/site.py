"""The viewer: one HTML file with all reports and digests, search and filters; needs no server."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from markupsafe import Markup

from cs_assets.reviews.configuration import Brand
from cs_assets.reviews.editions.templating import environment


@dataclass(frozen=True)
class Entry:
    """One report or digest in the viewer."""

    kind: str
    """``Review``, ``Digest`` or ``Team summary``."""
    week: str
    name: str
    owner: str
    title: str
    status: str
    """``ready``, ``held``, ``failed`` or ``no data``."""
    reasons: tuple[str, ...]
    text: str
    links: Mapping[str, str]
    """Words to paths relative to the viewer."""


def site(entries: Sequence[Entry], brand: Brand) -> str:
    """The viewer as one document; entries travel inside as JSON and are shown as text only."""
    data = json.dumps([asdict(entry) for entry in entries], ensure_ascii=False, sort_keys=True)
    return (
        environment()
        .get_template("site.html.j2")
        .render(brand=brand, count=len(entries), data=_inside_a_script(data))
    )


def _inside_a_script(text: str) -> Markup:
    """JSON that cannot end its script element or start a comment in it."""
    for character, escaped in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"),
                               ("\u2028", "\\u2028"), ("\u2029", "\\u2029")):  # fmt: skip
        text = text.replace(character, escaped)
    return Markup(text)  # noqa: S704  nothing in it can be read as markup now
