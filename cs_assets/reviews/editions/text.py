"""A review as plain text, in the order of its pages; lines that mails in text share."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from cs_assets.reviews.editions.view import ReportView, SectionView
from cs_assets.reviews.writing import what_became
from cs_assets.reviews.writing.standing import Standing
from cs_assets.reviews.writing.summary_table import Cell
from cs_assets.reviews.writing.text_blocks import Block

#: Letters of a line.
WIDTH = 76


def text_of_view(view: ReportView, customer_id: str) -> str:
    """How the customer is and what to do, the figures, then what they rest on."""
    lines = [f"{view.customer} ({customer_id})", view.about, "", view.headline, ""]
    lines += answers(view.standing)
    lines += ["", *(f"! {line}" for line in view.watch), *(f"- {line}" for line in view.summary)]
    if view.todo:
        lines += ["", view.todo_title.upper(), *actions(view.todo)]
    lines += ["", "FIGURES", *figures(view.table)]
    for section in view.sections:
        lines += ["", section.title.upper(), *_section(section)]
    if view.history:
        lines += ["", what_became.TITLE.upper()]
        for row in view.history:
            when = f" ({row.when})" if row.when else ""
            lines.append(f"- {'; '.join(p for p in (row.said + when, row.done, row.came) if p)}")
    lines += ["", *view.notes]
    return wrapped(lines)


def wrapped(lines: Iterable[str]) -> str:
    """The lines, none longer than ``WIDTH``; what goes on stands below its beginning."""
    return "\n".join(_wrapped(line) for line in lines) + "\n"


def answers(standing: Sequence[Standing]) -> list[str]:
    """Page one at a glance, an answer a line."""
    return [
        f"{one.label}: {one.value}" + (f" ({one.note})" if one.note else "") for one in standing
    ]


def actions(todo: Iterable[tuple[str, str]]) -> Iterator[str]:
    """What to do, numbered: the title, and below it the action."""
    for number, (title, action) in enumerate(todo, start=1):
        yield f"{number}. {title}"
        yield f"   {action}"


def figures(table: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The table of page one, a row a line."""
    for label, now, before, change, _, year, n in table:
        beside = [f"before {before.words}"] if before.words else []
        beside += [f"change {change.words}"] if change.words else []
        beside += [f"on the year {year.words}"] if year.words else []
        beside += [f"n = {n.words}"] if n.words else []
        yield f"{label.words}: {now.words}" + (f" ({', '.join(beside)})" if beside else "")


def _section(section: SectionView) -> Iterator[str]:
    for part in section.content:
        if isinstance(part, Block):  # what charts show stands in the text beside them
            yield _block(part)
    for number, made in enumerate(section.recommendations, start=1):
        yield from ("", f"{number}. {made.title}", *(f"   {_block(line)}" for line in made.lines))
        if made.basis:
            yield f"   Evidence: {made.basis}"
    yield from ("", *map(_block, section.closing)) if section.closing else ()


def _block(block: Block) -> str:
    if block.kind == "item":
        return f"- {block.text}"
    return f"{block.label}: {block.text}" if block.kind == "labelled" else block.text


def _wrapped(line: str) -> str:
    indent = " " * (len(line) - len(line.lstrip(" ")))
    if line.startswith(("- ", "! ")):
        indent = "  "
    return "\n".join(textwrap.wrap(line, WIDTH, subsequent_indent=indent)) if line else ""
