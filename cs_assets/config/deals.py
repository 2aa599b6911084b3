"""What ``deals.yaml`` holds."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from cs_assets.config import Strict

Days = Annotated[int, Field(ge=1, le=3650)]


class DealRules(Strict):
    """Stages in order, and what a probability of closing is learned from."""

    pipelines: Annotated[tuple[tuple[str, ...], ...], Field(min_length=1)]
    stuck_after_days: Days
    horizon_days: Days
    every_days: Days
    recent_days: Days
    least_deals: Annotated[int, Field(ge=20)]
    least_won: Annotated[int, Field(ge=5)]
    least_of_stage: Annotated[int, Field(ge=5)]

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        for pipeline in self.pipelines:
            names = [plain(stage) for stage in pipeline]
            if len(set(names)) < len(names) or not all(names):
                raise ValueError(f"a stage stands twice, or has no name: {', '.join(pipeline)}")
        return self

    def is_later(self, stage: str, other: str) -> bool | None:
        """Whether ``stage`` comes after ``other``; ``None`` where no pipeline has both."""
        for pipeline in self.pipelines:
            names = [plain(one) for one in pipeline]
            if plain(stage) in names and plain(other) in names:
                return names.index(plain(stage)) > names.index(plain(other))
        return None


def plain(stage: str) -> str:
    """A stage's name as names are compared: letters and digits alone, without case."""
    return "".join(letter for letter in stage.casefold() if letter.isalnum())


def ended(stage: str) -> str | None:
    """``won`` or ``lost`` for a stage that ends a deal."""
    name = plain(stage)
    return "won" if "won" in name else "lost" if "lost" in name else None
