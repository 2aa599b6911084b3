"""How well each rep works: the habits that coaching should find in the calls."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Skill:
    """Chance that the host does it well, by what the call gives a chance to show."""

    discovery: float
    objections: float
    product: float
    next_steps: float
    #: Long explanations that nobody asked for, a call.
    speeches: int


def skill_of(persona: str, week: int) -> Skill:
    """How a persona works in a week (0 to 5). Only one of them changes."""
    if persona == "improving":
        done = week / 5
        return Skill(0.05 + 0.95 * done, 0.05 + 0.95 * done, 0.5 + 0.4 * done, 0.1 + 0.9 * done,
                     1 if week < 2 else 0)  # fmt: skip
    return _SKILLS[persona]


_SKILLS = {
    "stagnant": Skill(0.08, 0.05, 0.25, 0.1, 1),
    "strong": Skill(0.95, 0.95, 0.9, 0.95, 0),
    "pressed_on_price": Skill(0.65, 0.3, 0.65, 0.6, 0),
    "consultative": Skill(0.9, 0.8, 0.7, 0.85, 0),
    "talkative": Skill(0.35, 0.55, 0.95, 0.5, 2),
    "caring": Skill(0.75, 0.65, 0.55, 0.8, 0),
    "new": Skill(0.4, 0.3, 0.25, 0.4, 0),
}
