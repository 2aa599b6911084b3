"""A passage as blocks: what is a heading, a paragraph, a list item or a labelled line.

The format is what the rule-based texts and the prompts agree on: ``## `` starts a heading,
``- `` an item, ``Word: `` (a few known words) a label, anything else is a paragraph.
``misshapen`` says what the pages would lack of a model's section.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cs_assets.facts.slots import Claim
from cs_assets.reviews.configuration import RecommendationCount

LABELS = (
    "Why it matters", "Action", "Expected effect", "Given before", "Case study", "Internal",
)  # fmt: skip

Kind = Literal["heading", "paragraph", "item", "labelled"]


@dataclass(frozen=True)
class Block:
    """One line of a passage; ``label`` only for kind ``labelled``. ``start``: place in the text."""

    kind: Kind
    text: str
    label: str = ""
    start: int = 0


def blocks(text: str, claims: Sequence[Claim] = ()) -> list[Block]:
    """The blocks of a filled passage, in order; empty lines only separate.

    ``claims`` tells which words are values: a name at the start of a line is no sign.
    """
    named = {claim.start for claim in claims}
    found: list[Block] = []
    position = 0
    for line in text.split("\n"):
        if position in named:
            found.append(Block("paragraph", line, start=position))
        elif line.strip():
            found.append(_block(line, position))
        position += len(line) + 1
    return found


def _block(line: str, start: int) -> Block:
    stripped = line.strip()
    if stripped.startswith("#"):
        return Block("heading", stripped.lstrip("#").strip(), start=start)
    if stripped.startswith(("- ", "* ", "• ")):
        return Block("item", stripped[2:].strip(), start=start)
    label, colon, rest = stripped.partition(": ")
    if colon and label in LABELS:
        return Block("labelled", rest.strip(), label, start)
    return Block("paragraph", stripped, start=start)


@dataclass(frozen=True)
class Recommendation:
    """A recommendation as written: title, its lines, and the facts that its words rest on."""

    title: str
    lines: tuple[Block, ...]
    evidence: tuple[str, ...]
    """Ids of the facts, in the order in which they are named."""
    basis: str = ""
    """The same in words for readers."""


def recommendations(
    text: str, claims: Sequence[Claim]
) -> tuple[list[Block], list[Recommendation], list[Block]]:
    """Blocks before the first heading, the recommendations, and the case study after them."""
    before: list[Block] = []
    after: list[Block] = []
    made: list[tuple[Block, list[Block]]] = []
    for block in blocks(text, claims):
        if block.kind == "heading":
            made.append((block, []))
        elif block.label == "Case study":
            after.append(block)
        elif made:
            made[-1][1].append(block)
        else:
            before.append(block)
    last_end = after[0].start if after else len(text) + 1
    ends = [*[heading.start for heading, _ in made[1:]], last_end] if made else []
    return (
        before,
        [
            Recommendation(
                heading.text,
                tuple(lines),
                tuple(dict.fromkeys(c.fact_id for c in claims if heading.start <= c.start < end)),
            )
            for (heading, lines), end in zip(made, ends, strict=True)
        ],
        after,
    )


def misshapen(slotted: str, count: RecommendationCount) -> Sequence[str]:
    """What the mail and the pages would lack, in words."""
    _, made, _ = recommendations(slotted, ())
    problems = []
    if not count.minimum <= len(made) <= count.maximum:
        problems.append(
            f"{len(made)} recommendations instead of {count.minimum} to {count.maximum}"
        )
    without = [one.title for one in made if "Action" not in {line.label for line in one.lines}]
    if without:
        problems.append(f"no action in {len(without)} of {len(made)} recommendations")
    return problems
