"""Digests as HTML mail and as plain text, from one view and one fact sheet."""

import re
import textwrap
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from markupsafe import Markup

from cs_assets.coaching.digest.language import Language
from cs_assets.coaching.digest.view import DigestView, MomentView
from cs_assets.facts.localised import Write
from cs_assets.facts.model import FactSheet
from cs_assets.facts.slots import Filled, fill
from cs_assets.facts.wording import written
from cs_assets.names import shown_lines

#: Fills the slots of a passage.
Say = Callable[[str], str]
#: Fills the slots and says which part came from which fact.
Fills = Callable[[str], Filled]

_WIDTH = 76
_RULE = "-" * _WIDTH


class TooLarge(ValueError):
    """HTML that mail programs would cut."""


def filled_once(sheet: FactSheet, write: Write = written) -> Fills:
    """Fills the slots of passages from ``sheet``, each passage once for all forms.

    ``write``: how the reader's language writes a fact.
    """
    return cache(lambda slotted: fill(slotted, sheet, write))


@cache
def _template(name: str) -> Any:
    """A template, compiled once with its styles, and the filter ``say``: slots filled, escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context

    from cs_assets.coaching.digest.styles import inlined, styles_of

    css = resources.files("cs_assets.coaching.digest").joinpath("templates/mail.css")
    styles = cache(styles_of(css.read_text("utf-8")))
    environment = Environment(
        loader=PackageLoader("cs_assets.coaching.digest"), autoescape=True,
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        extensions=[inlined(styles)],
    )  # fmt: skip

    def say(context: Any, slotted: str) -> Markup:
        return Markup.escape(plain(context["fills"](slotted).text))

    environment.filters["say"] = pass_context(say)
    environment.filters["styled"] = styles
    return environment.get_template(name)


def as_html(template: str, view: object, fills: Fills, limit: int, whose: str) -> str:
    """The view in an HTML template; raises ``TooLarge`` above ``limit`` bytes."""
    html: str = _template(template).render(view=view, fills=fills)
    size = len(html.encode())
    if size > limit:
        raise TooLarge(f"{whose}: {size} bytes of HTML, {limit} are allowed")
    return html


def filler(fills: Fills) -> Say:
    """Fills the slots of one passage into one line of plain text."""

    def say(slotted: str) -> str:
        return " ".join(plain(fills(slotted).text).split())

    return cache(say)


@lru_cache(maxsize=2048)  # the same passage goes into page, text and Slack
def plain(text: str) -> str:
    """Text of lines without the marks that neither mail nor terminal should get."""
    return shown_lines(text)


def as_text(view: DigestView, fills: Fills) -> str:
    """The same facts as plain text that also reads as markdown, 76 columns (links in full)."""

    say = filler(fills)
    lines = [wrapped(say(view.masthead)), "", wrapped(say(view.headline))]
    if not view.one_line:
        lines += _body(view, say)
    lines += ["", _RULE, wrapped(say(view.cutoff))]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def _body(view: DigestView, say: Say) -> Iterator[str]:
    t = view.t
    yield from ["", f"## {t.say('heading.win')}", "", wrapped(say(view.win))]
    yield from moment_text(view.win_moment, say, t)
    for number, focus in enumerate(view.focus):
        heading = t.say("heading.next" if number else "heading.focus")
        yield from ["", f"## {heading}: {say(focus.title)}", ""]
        yield from ([wrapped(say(focus.action)), ""] if focus.action else [])
        yield from [wrapped(say(focus.why)), *moment_text(focus.moment, say, t)]
    if view.no_focus:
        yield from ["", f"## {t.say('heading.focus')}", "", wrapped(say(view.no_focus))]
    if view.off_the_list:
        yield from ["", wrapped(say(view.off_the_list))]
    yield from ["", f"## {t.say('heading.scores')}", ""]
    for row in view.dimensions:
        shown = (row.value, row.band, row.range, row.calls, row.target, row.verdict)
        yield wrapped(f"- {say(row.label)}: {', '.join(map(say, shown))}", "  ")
        for end in row.ends:
            yield f"  {say(end.text)}" + (f": {say(end.url)}" if end.url else "")
    yield from ["", wrapped(say(view.dimensions_note))]
    yield from (["", wrapped(say(view.prediction))] if view.prediction else [])
    yield from _heard(view, say)
    if view.calls or view.calls_more:
        yield from ["", f"## {t.say('heading.calls')}", ""]
    for call in view.calls:
        yield wrapped(f"- {say(call.text)}", "  ")
        yield from ([f"  {say(call.url)}"] if call.url else [])
    yield from ([wrapped(say(view.calls_more))] if view.calls_more else [])
    yield from ["", _RULE, wrapped(say(view.left_out)), ""]
    for told in view.disputes:
        yield from [wrapped(say(told)), ""]
    yield wrapped(say(view.dispute))
    yield from ([say(view.dispute_url)] if view.dispute_url else [])


def _heard(view: DigestView, say: Say) -> Iterator[str]:
    """Objections, and what came up again."""
    t = view.t
    if view.objections:
        yield from ["", f"## {t.say('heading.objections')}", ""]
        for objection in view.objections:
            mark = f" ({t.say('mark.recurring')})" if objection.recurring else ""
            yield wrapped(f"- {say(objection.label)}{mark}: {say(objection.text)}", "  ")
            yield from moment_text(objection.moment, say, t)
    if view.themes:
        yield from ["", f"## {t.say('heading.again')}", ""]
        for theme in view.themes:
            yield wrapped(f"- {say(theme.text)}", "  ")
            yield from moment_text(theme.moment, say, t)


def moment_text(moment: MomentView | None, say: Say, t: Language) -> list[str]:
    """A moment as markdown quotes."""
    if moment is None:
        return []
    if not moment.lines:  # the place alone
        place = f"{t.say('link.listen_to')} {say(moment.where)}"
        return ["", wrapped(place), *([say(moment.url)] if moment.url else []), ""]
    parts = [f"{say(who)}: “{say(said)}”" for who, said in moment.lines]
    parts += [say(moment.missed)] if moment.missed else []
    lines = [quoted(one) for one in (*parts, f"({say(moment.where)})")]
    lines += [f"> {say(moment.url)}"] if moment.url else []
    # Two blanks are a new line in markdown: else who spoke stands in the midst of the words.
    return ["", *(f"{line}  " for line in lines[:-1]), lines[-1], ""]


def wrapped(text: str, indent: str = "") -> str:
    """A paragraph of at most 76 columns."""
    return textwrap.fill(
        text, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def quoted(text: str) -> str:
    """A paragraph as a markdown quote."""
    return textwrap.fill(
        text, _WIDTH, initial_indent="> ", subsequent_indent="> ", break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
