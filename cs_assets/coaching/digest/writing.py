"""What the writer is asked for: passages of a digest, each with its rule-based text."""

from collections.abc import Callable
from functools import partial

from cs_assets.ai.authorship import Way, ways
from cs_assets.ai.writing import Assignment, Draft, Prompt
from cs_assets.coaching.digest import words
from cs_assets.coaching.digest.language import ENGLISH, Language
from cs_assets.coaching.rep_week import RepWeek
from cs_assets.facts.model import FactSheet

#: The rules' advice: the action of the behaviour, as the policy words it.
ADVICE = "{focus.1.action}"


def _none(_: str) -> tuple[str, ...]:
    return ()


def _of_the_focus(text: str) -> tuple[str, ...]:
    """Advice that takes up nothing of this week's focus may be about anything."""
    about = ("{focus.1.", "{quote:focus_1")
    return () if any(slot in text for slot in about) else ("advice on nothing of the focus",)


def assignments(
    week: RepWeek, sheet: FactSheet, instructions: Prompt, t: Language
) -> list[Assignment]:
    """Headline, win, and advice and reason of this week's focus, as far as the digest has them."""
    rules: dict[str, Callable[[], str]] = {"headline": partial(words.headline, week, sheet, t)}
    if not week.nothing_new:
        rules["win"] = partial(words.win, week, sheet, t)
        if week.open_focus:
            rules["advice"] = lambda: ADVICE
            rules["why"] = partial(words.why, week, sheet, t, 1)
    told = "" if t.code == ENGLISH else f"Write in {t.catalogue.name}, in the tone of the titles."
    return [
        Assignment(
            key=key,
            sheet=sheet,
            prompt=instructions,
            rules=rule,
            max_characters=400,
            told=told,
            refusals=_of_the_focus if key == "advice" else _none,
        )
        for key, rule in rules.items()
    ]


def told_by(drafts: list[Draft]) -> tuple[str, str]:
    """Writer and model of the digest; ``mixed`` when its passages differ."""
    writers = {draft.writer for draft in drafts}
    models = {draft.model for draft in drafts}
    return (
        writers.pop() if len(writers) == 1 else "mixed",
        models.pop() if len(models) == 1 else "mixed",
    )


def told_to_reader(drafts: list[Draft], t: Language) -> tuple[str, ...]:
    """Who wrote what, a sentence each; none where rules wrote because rules were wanted."""
    titled = {t.say(f"part.{draft.key}"): draft for draft in drafts}
    return tuple(_written(way, "; ".join(parts), t) for way, parts in ways(titled).items())


def _written(way: Way, parts: str, t: Language) -> str:
    why = t.say(f"written.why.{way.why}") if way.why else ""
    if way.writer == "rules":
        return t.say("written.rules", why=why, parts=parts)
    who = way.writer.capitalize()
    if way.writer == "cortex":
        who = t.say("written.agent", name=way.agent) if way.agent else t.say("written.cortex")
    return t.say("written.model", who=who, why=why, parts=parts)
