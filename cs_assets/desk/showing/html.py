"""Parts of pages as HTML: every text is escaped on its way in, whoever wrote it.

``Markup`` is what this module has made; a plain text is a text. Tables are HTML tables, so that a
keyboard and a reader of screens get at every cell; on a narrow screen each row becomes a card.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from markupsafe import Markup, escape

from cs_assets.names import shown
from cs_assets.reviews.writing.text_blocks import blocks

Part = str | Markup
#: What stands where nothing is known.
NOTHING = Markup('<span class="cs-none">–</span>')


def text(value: Part) -> Markup:
    """A text without marks that could steer a page, escaped; markup of ours as it is."""
    return value if isinstance(value, Markup) else escape(shown(value))


def tag(name: str, content: Part, *, kind: str = "", **attributes: str) -> Markup:
    """An element with one content; ``kind`` is its class."""
    told = {"class": kind, **attributes}
    listed = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), shown(value))
        for key, value in told.items()
        if value
    )
    return Markup("<{0}{1}>{2}</{0}>").format(name, listed, text(content))


def joined(parts: Sequence[Part], between: Part = " ") -> Markup:
    """Parts one after another."""
    return text(between).join(text(part) for part in parts)


def address(page: str, **asked: str | int | float) -> str:
    """A page of the desk with what is asked of it; relative, wherever the desk is served."""
    wanted = {key: value for key, value in asked.items() if value not in ("", None)}
    return f"{page}?{urlencode(wanted)}" if wanted else page


def link(words: Part, page: str, **asked: str | int | float) -> Markup:
    """A link to a page of the desk, opened in its place."""
    return tag("a", words, href=address(page, **asked), target="_self")


def badge(words: str, tone: str = "") -> Markup:
    """A word that stands out; ``tone``: red, yellow, green, plain."""
    return tag("span", words, kind=f"cs-badge cs-{tone or 'plain'}")


def health(colour: str, score: float | None = None) -> Markup:
    """Health as a word and its points; never a colour alone."""
    told = colour if score is None else f"{colour} {score:.0f}"
    return badge(told, {"Red": "red", "Yellow": "yellow", "Green": "green"}.get(colour, ""))


def muted(words: Part) -> Markup:
    return tag("span", words, kind="cs-muted")


def unbroken(words: Part) -> Markup:
    """Words that stay on one line."""
    return tag("span", words, kind="cs-unbroken")


def lines(parts: Sequence[Part]) -> Markup:
    """Parts below each other."""
    return Markup("").join(tag("div", part) for part in parts)


def bullets(parts: Sequence[Part]) -> Markup:
    return tag("ul", Markup("").join(tag("li", part) for part in parts), kind="cs-list")


def paragraphs(words: str) -> Markup:
    """A text of several lines."""
    return Markup("").join(tag("p", line) for line in words.split("\n") if line.strip())


def passage(told: str) -> Markup:
    """A text of the reviews: its headings, items and labels as such."""
    made: list[Markup] = []
    items: list[Part] = []
    for block in blocks(told):
        if block.kind == "item":
            items.append(block.text)
            continue
        if items:
            made.append(bullets(items))
            items = []
        if block.text.isupper():  # as texts set the headings of whole sections
            made.append(tag("h4", block.text.capitalize()))
        elif block.kind == "heading":
            made.append(tag("h4", block.text))
        elif block.label:
            made.append(tag("p", joined([tag("strong", f"{block.label}:"), block.text])))
        else:
            made.append(tag("p", block.text))
    return Markup("").join([*made, bullets(items)] if items else made)


def figures(told: Mapping[str, Part]) -> Markup:
    """Figures with their names, as a list of definitions."""
    made = Markup("").join(
        tag("div", tag("dt", name) + tag("dd", value), kind="cs-figure")
        for name, value in told.items()
    )
    return tag("dl", made, kind="cs-figures")


def table(
    caption: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[Part]],
    *,
    numbers: Sequence[int] = (),
    note: Part = "",
    is_titled: bool = True,
) -> Markup:
    """A table; its first column names the row, ``numbers`` are the columns set to the right.

    ``is_titled``: the caption is seen; where a heading says the same it is only read out.
    """
    head = Markup("").join(
        tag("th", one, scope="col", kind="cs-number" if n in numbers else "")
        for n, one in enumerate(headings)
    )
    body = Markup("").join(
        tag("tr", Markup("").join(_cell(n, cell, headings, numbers) for n, cell in enumerate(row)))
        for row in rows
    )
    made = (
        tag("caption", caption, kind="" if is_titled else "cs-unseen")
        + tag("thead", tag("tr", head))
        + tag("tbody", body)
    )
    below = tag("p", note, kind="cs-muted") if note else Markup("")
    return tag("div", tag("table", made, kind="cs-table"), kind="cs-tables") + below


def _cell(place: int, cell: Part, headings: Sequence[str], numbers: Sequence[int]) -> Markup:
    kind = "cs-number" if place in numbers else ""
    content = tag("div", cell if cell != "" else NOTHING)
    if place == 0:
        return tag("th", content, scope="row", kind=kind)
    # The heading again for narrow screens, where a row is a card.
    return tag("td", content, kind=kind, data_label=headings[place])
