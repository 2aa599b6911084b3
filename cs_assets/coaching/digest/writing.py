"""What the writer is asked for: passages of a digest, each with its rule-based text."""

from collections.abc import Callable
from functools import partial

from cs_assets.ai.authorship import authorship
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
    """Who wrote the passages, in sentences; none where rules wrote as they should."""
    titles = {draft.key: t.say(f"part.{draft.key}") for draft in drafts}
    found = authorship({titles[draft.key]: draft for draft in drafts})
    if t.code == ENGLISH or not found:
        return found
    by: dict[str, list[str]] = {}
    for draft in drafts:
        by.setdefault(draft.writer, []).append(titles[draft.key])
    return tuple(
        t.say(
            "written.rules" if writer == "rules" else "written.model",
            who=writer.capitalize(), parts="; ".join(parts),
        )
        for writer, parts in by.items()
    )  # fmt: skip
