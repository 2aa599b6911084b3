"""What the writer is asked for: three passages of a digest, each with its rule-based text."""

from functools import partial

from cs_assets.ai.authorship import authorship
from cs_assets.ai.writing import Assignment, Draft, Prompt
from cs_assets.coaching.digest import words
from cs_assets.coaching.rep_week import RepWeek
from cs_assets.facts.model import FactSheet


def assignments(week: RepWeek, sheet: FactSheet, instructions: Prompt) -> list[Assignment]:
    """Headline, win and the reason of this week's focus, as far as the digest has them."""
    rules = {"headline": partial(words.headline, week, sheet)}
    if not week.nothing_new:
        rules["win"] = partial(words.win, week, sheet)
        if week.open_focus:
            rules["why"] = partial(words.why, week, sheet, 1)
    return [
        Assignment(key=key, sheet=sheet, prompt=instructions, rules=rule, max_characters=400)
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


_TITLES = {"headline": "the headline", "win": "the win", "why": "the reason of the focus"}


def told_to_reader(drafts: list[Draft]) -> tuple[str, ...]:
    """Who wrote the passages, in sentences; none where rules wrote as they should."""
    return authorship({_TITLES[draft.key]: draft for draft in drafts})
