"""What a book says of a review, kept beside it: a week's sheets are too large to be read again."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from cs_assets.facts import slots
from cs_assets.facts.model import FactSheet
from cs_assets.facts.wording import written
from cs_assets.reviews.facts.groups import groups, number, text
from cs_assets.reviews.writing.report import Passage
from cs_assets.reviews.writing.standing import open_signals
from cs_assets.reviews.writing.text_blocks import recommendations

#: The facts of a sheet that tell what became of earlier advice.
_LAST_TIME = "last_time"


@dataclass(frozen=True)
class Promise:
    """An action of the last review: what was done with it, and how its measure moved since."""

    title: str
    state: str
    measured: str


@dataclass(frozen=True)
class BookLine:
    """Of a review, what a line of a book is made of."""

    signals: tuple[str, ...] = ()
    """What calls of the last quarter speak of that bears on the contract, each with its calls."""
    actions: tuple[tuple[str, str], ...] = ()
    """Title and what to do."""
    promises: tuple[Promise, ...] = ()
    notice: int | None = None
    """Days to the last day of notice, negative when past; ``None`` where none is known."""
    wrote: str = ""
    """The newest words of leaving that they wrote, with their day."""
    because: str = ""
    """What the first action rests on, where page one warns of nothing that says it."""

    def as_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def of_json(cls, told: str) -> "BookLine":
        said = json.loads(told)
        return cls(
            tuple(said["signals"]),
            tuple((title, action) for title, action in said["actions"]),
            tuple(Promise(**one) for one in said["promises"]),
            said.get("notice"),
            said.get("wrote", ""),
            said.get("because", ""),
        )


def book_line(sheet: FactSheet, passages: Mapping[str, Passage]) -> BookLine:
    """The line of a written review."""
    left = number(sheet, "account.days_to_notice")
    advice = passages.get("recommendations")
    return BookLine(
        _signals(sheet), _actions(advice), _promises(sheet),
        None if left is None else int(left), text(sheet, "calls.said.written.words"),
        "" if "watch" in passages else _because(advice),
    )  # fmt: skip


def _signals(sheet: FactSheet) -> tuple[str, ...]:
    """The review's own words on open signals, to be listed in one sentence."""
    told = (f"{signal.of} ({signal.calls})" for signal in open_signals(sheet))
    return tuple(slots.fill(words, sheet).text for words in told)


def _actions(passage: Passage | None) -> tuple[tuple[str, str], ...]:
    _, made, _ = recommendations(passage.filled, passage.claims) if passage else ([], [], [])
    return tuple(
        (one.title, next((b.text for b in one.lines if b.label == "Action"), "")) for one in made
    )


def _because(passage: Passage | None) -> str:
    """The first sentence of what the first recommendation saw, without its full stop."""
    _, made, _ = recommendations(passage.filled, passage.claims) if passage else ([], [], [])
    seen = next((b.text for one in made[:1] for b in one.lines if not b.label), "")
    return re.split(r"\.(?= |$)", seen, maxsplit=1)[0]


def _promises(sheet: FactSheet) -> tuple[Promise, ...]:
    """What the newest of the reviews before advised."""
    said = {g: text(sheet, f"{g}.said_last") for g in groups(sheet, _LAST_TIME)}
    newest = max(said.values(), default="")
    found = []
    for group in (g for g, last in said.items() if last == newest):
        measured = ""
        if sheet.has(f"{group}.then", f"{group}.now", f"{group}.measure"):
            measured = (
                f"{written(sheet[f'{group}.measure'])}: {written(sheet[f'{group}.then'])} then, "
                f"{written(sheet[f'{group}.now'])} now"
            )
        title, state = (text(sheet, f"{group}.{part}") for part in ("title", "state"))
        found.append(Promise(title, state, measured))
    return tuple(found)
