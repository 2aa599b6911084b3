"""What became of earlier advice, in words: on the last page, beside advice given again, as effect.

From the facts of ``follow_up``; a play rests after it was done or dropped, and one that is known
to do nothing is not given.
"""

from dataclasses import dataclass

from cs_assets.facts import slots
from cs_assets.facts.model import Fact, FactSheet
from cs_assets.facts.wording import written
from cs_assets.reviews.facts.groups import groups, text
from cs_assets.reviews.writing.plays.play import Play

TITLE = "What we said, what was done, what came of it"
GIVEN = "Given before"
HEADINGS = ("What we said", "What was done", "What came of it")


@dataclass(frozen=True)
class Followed:
    """One piece of earlier advice as a row of the last page."""

    said: str
    when: str
    done: str
    came: str


def rests(title: str, sheet: FactSheet) -> bool:
    """Whether advice of this title (with slots) was done or dropped too lately to come again."""
    group = _group_of(title, sheet)
    until = sheet.get(f"{group}.rests_until") if group else None
    return until is not None and str(until.value) > sheet.period_start.isoformat()


def is_noted_to_rest(play: Play, sheet: FactSheet) -> bool:
    """Whether the same action was done or dropped too lately, though no review has given it."""
    until = sheet.get(f"noted.{play.playbook}.rests_until")
    return until is not None and str(until.value) > sheet.period_start.isoformat()


def noted_before(play: Play, sheet: FactSheet) -> str:
    """What people did with the same action of the list, with slots; empty where nothing."""
    group = f"noted.{play.playbook}"
    if not sheet.has(f"{group}.state"):
        return ""
    return f"as an action of the list; {_done(group, sheet)}."


def is_known_to_fail(play: Play, sheet: FactSheet) -> bool:
    """Whether what it advises has been measured to do nothing, or harm."""
    return text(sheet, f"effect.{play.playbook}.verdict") in ("no effect", "harms")


def given_before(title: str, sheet: FactSheet) -> str:
    """What became of advice of this title, with slots; empty where it was not given before."""
    group = _group_of(title, sheet)
    if group is None:
        return ""
    several = f", {{{group}.times}} times in all" if sheet.has(f"{group}.times") else ""
    return (
        f"in the review to {{{group}.said}}{several}; {_done(group, sheet)}{_came(group, sheet)}."
    )


def history(sheet: FactSheet) -> str:
    """All advice of a quarter, an item each, with slots; empty where there is none."""
    lines = [
        f"- {{{g}.title}}: said in the review to {{{g}.said}}; {_done(g, sheet)}{_came(g, sheet)}."
        for g in groups(sheet, "last_time")
        if sheet.has(f"{g}.title")
    ]
    lines += [
        f"- Struck by hand: {{{g}.title}}. Reason: {{{g}.why}}" for g in _struck(sheet)
    ]  # fmt: skip
    return "\n".join(lines)


def rows(sheet: FactSheet) -> tuple[Followed, ...]:
    """The same as ``history`` as rows of a table."""
    return tuple(
        Followed(
            text(sheet, f"{g}.title"),
            _when(g, sheet),
            _sentence("; ".join(w for p in ("state", "note") if (w := text(sheet, f"{g}.{p}")))),
            _sentence(_moved(g, sheet)),
        )
        for g in groups(sheet, "last_time")
        if sheet.has(f"{g}.title")
    ) + tuple(
        Followed(text(sheet, f"{g}.title"), "", f"Struck by hand: {text(sheet, f'{g}.why')}", "")
        for g in _struck(sheet)
    )


def _when(group: str, sheet: FactSheet) -> str:
    said = f"Review to {written(sheet[f'{group}.said'])}"
    times = sheet.get(f"{group}.times")
    return f"{said}, {written(times)} times in all" if times else said


def _moved(group: str, sheet: FactSheet) -> str:
    if not sheet.has(f"{group}.measure", f"{group}.then", f"{group}.now"):
        return "no figure tells"
    then, now = (_counted(sheet[f"{group}.{part}"]) for part in ("then", "now"))
    return f"{text(sheet, f'{group}.measure')}: {then} then, {now} now"


def _counted(fact: Fact) -> str:
    n = f" (n = {fact.n:,})" if fact.n is not None and fact.unit != "count" else ""
    return f"{written(fact)}{n}"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _struck(sheet: FactSheet) -> list[str]:
    """Advice struck by hand that no earlier review gave."""
    told = {text(sheet, f"{g}.title") for g in groups(sheet, "last_time")}
    return [g for g in groups(sheet, "hand.struck") if text(sheet, f"{g}.title") not in told]


def _done(group: str, sheet: FactSheet) -> str:
    done = f"{{{group}.state}}" if sheet.has(f"{group}.state") else "its figure is followed"
    return f"{done} ({{{group}.note}})" if sheet.has(f"{group}.note") else done


def _came(group: str, sheet: FactSheet) -> str:
    if not sheet.has(f"{group}.measure", f"{group}.then", f"{group}.now"):
        return ""
    return f"; {{{group}.measure}} was {{{group}.then}} then and is {{{group}.now}} now"


def _group_of(title: str, sheet: FactSheet) -> str | None:
    said = [g for g in groups(sheet, "last_time") if sheet.has(f"{g}.title")]
    if not said or slots.problems(title, sheet):
        return None
    filled = slots.fill(title, sheet).text
    return next((g for g in said if text(sheet, f"{g}.title") == filled), None)


def effect_of(play: Play, sheet: FactSheet) -> str:
    """What is known of a play's effect, with slots; empty where nothing is."""
    group = f"effect.{play.playbook}"
    if not play.playbook or not sheet.has(*(f"{group}.{p}" for p in ("points", "low", "high"))):
        return ""
    return (
        f" Where it was taken up, health moved by {{{group}.points:signed}} points beyond matched "
        f"customers (interval {{{group}.low:signed}} to {{{group}.high:signed}}, n = "
        f"{{{group}.treated}})."
    )
