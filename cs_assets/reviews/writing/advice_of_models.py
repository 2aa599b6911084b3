"""Advice that a model writes: what it is told, what is refused, and what code adds.

The model gets the plays that the facts call for and the vetoes in force; its text is held against
them and against the shape of the pages, with a second chance, before the rules write. What page
one warns of is then added where the model left it out, as is what became of advice given before.
"""

from collections.abc import Sequence
from dataclasses import replace

from cs_assets.ai.writing import Draft
from cs_assets.facts import slots
from cs_assets.facts.model import FactSheet
from cs_assets.reviews.configuration import ReviewSettings
from cs_assets.reviews.hands import is_struck
from cs_assets.reviews.writing.plays.choosing import plays
from cs_assets.reviews.writing.plays.play import Play
from cs_assets.reviews.writing.plays.vetoes import breaches, in_force
from cs_assets.reviews.writing.recommendations import block
from cs_assets.reviews.writing.text_blocks import misshapen, recommendations
from cs_assets.reviews.writing.what_became import GIVEN, effect_of, given_before, noted_before
from cs_assets.reviews.writing.what_became import rests as is_at_rest

#: Facts that many plays cite: citing one of them is not being about a play.
_COMMON = frozenset(
    {"account.arr", "health.segment", "health.why", "customer.name", "period.window"}
)
_EFFECT = "Expected effect: "


def told(sheet: FactSheet, settings: ReviewSettings) -> str:
    """What a model is asked besides: the plays called for, and what may not be advised."""
    called_for = [f"- {play.title}: {play.observation}" for play in plays(sheet, settings)]
    forbidden = [
        f"- {veto.what}: {veto.because}" for veto in in_force(settings.plays.vetoes, sheet)
    ]
    parts = []
    if called_for:
        parts += ["The facts call for this, the weightiest first; a title may be taken as it is:",
                  *called_for]  # fmt: skip
    if forbidden:
        parts += ["Do not advise:", *forbidden]
    return "\n".join(parts)


def refusals(slotted: str, sheet: FactSheet, settings: ReviewSettings) -> Sequence[str]:
    """Every reason against a model's advice: its shape, a veto, what was struck or done."""
    chosen, count = plays(sheet, settings), settings.recommendations
    # Where the facts call for fewer than usual, fewer are enough.
    least = min(count.minimum, max(1, len(chosen)))
    found = list(misshapen(slotted, count.model_copy(update={"minimum": least})))
    filled = slots.fill(slotted, sheet)
    _, made, _ = recommendations(filled.text, filled.claims)
    titles = [line[3:].strip() for line in slotted.split("\n") if line.startswith("## ")]
    for one in made:
        action = next((line.text for line in one.lines if line.label == "Action"), "")
        found += breaches(f"{one.title}. {action}", settings.plays.vetoes, sheet)
    musts = {play.title for play in chosen if play.must}
    for title in titles:
        if is_struck(title, sheet):
            found.append(f"'{title}' was struck by hand")
        elif title not in musts and is_at_rest(title, sheet):
            found.append(f"'{title}' was done or dropped lately")
    return tuple(dict.fromkeys(found))


def completed(draft: Draft, sheet: FactSheet, settings: ReviewSettings) -> Draft:
    """The draft with what code owes the reader; one by rule has it already."""
    if draft.writer == "rules":
        return draft
    before, made, after = _parts(draft.text)
    chosen = plays(sheet, settings)
    missing = [play for play in chosen if play.must and not any(_is_about(b, play) for b in made)]
    room = settings.recommendations.maximum - len(missing)
    kept = [b for b in made if any(p.must and _is_about(b, p) for p in chosen)]
    kept += [b for b in made if b not in kept]
    made = [b for b in made if b in kept[:room]]
    by_title = {play.title: play for play in chosen}
    blocks = [*(block(play, sheet, settings) for play in missing),
              *(_followed(b, by_title, sheet, settings) for b in made)]  # fmt: skip
    return replace(draft, text="\n\n".join(part for part in (before, *blocks, after) if part))


def _parts(text: str) -> tuple[str, list[str], str]:
    """What stands before the first recommendation, each of them, and what follows the last."""
    lines: list[str] = []
    parts = [lines]
    for line in text.split("\n"):
        if line.startswith(("#", "Case study: ")):
            lines = []
            parts.append(lines)
        lines.append(line)
    said = ["\n".join(part).strip() for part in parts]
    made = [part for part in said[1:] if part.startswith("#")]
    return said[0], made, "\n\n".join(part for part in said[1:] if not part.startswith("#"))


def _is_about(block_of_model: str, play: Play) -> bool:
    cited = set(slots.used(block_of_model))
    return bool(cited & (set(play.evidence) - _COMMON)) or f"## {play.title}" in block_of_model


def _followed(
    text: str, by_title: dict[str, Play], sheet: FactSheet, settings: ReviewSettings
) -> str:
    title = text.partition("\n")[0].lstrip("#").strip()
    play = by_title.get(title)
    measured = effect_of(play, sheet) if play else ""
    lines = []
    for line in text.split("\n"):
        if line.startswith(GIVEN):
            continue  # code says it
        if line.startswith(_EFFECT) and measured:
            line += measured
        lines.append(line)
    given = given_before(title, sheet) or (noted_before(play, sheet) if play else "")
    return "\n".join([*lines, *([f"{GIVEN}: {given}"] if given else [])])
