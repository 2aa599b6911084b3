"""The language of a reader: sentences by catalogue, numbers, dates and plurals by its locale.

Quotes and what comes from outside stay as they are. Numbers and dates of languages other than
English are written by Babel's data (CLDR).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from string import Template

from pydantic import Field

from cs_assets import config
from cs_assets.coaching.policy import CoachingPolicy
from cs_assets.config import Strict
from cs_assets.facts.localised import Write, written_in
from cs_assets.facts.model import Status

#: The language of ``coaching.yaml`` itself.
ENGLISH = "en"


class Catalogue(Strict):
    """The file ``languages/CODE.yaml``."""

    name: str
    """As its speakers call it: what a model is told to write in."""
    lower_labels: bool
    """Whether a label within a sentence is in small letters."""
    absent: dict[Status, str]
    messages: dict[str, str | dict[str, str]]
    """Text with slots and ``$names``; by plural category of CLDR where a number decides."""
    dimensions: dict[str, dict[str, str]] = Field(default_factory=dict)
    behaviours: dict[str, dict[str, str]] = Field(default_factory=dict)
    """By ``dimension.criterion``: what replaces the English texts of ``coaching.yaml``."""
    objections: dict[str, str] = Field(default_factory=dict)
    dispute_contact: str = ""


@dataclass(frozen=True)
class Language:
    """One catalogue in use."""

    code: str
    catalogue: Catalogue
    write: Write
    """A fact as readers of the language see it."""

    def __hash__(self) -> int:
        return hash(self.code)

    def say(self, key: str, count: float | None = None, /, **slots: str) -> str:
        """The message with ``slots`` put in for its ``$names``; ``count`` decides its plural.

        Raises ``BadConfiguration`` for a key that the catalogue lacks.
        """
        return _said(self, key, None if count is None else float(count), tuple(slots.items()))

    def some(self, key: str, fact_id: str, count: float) -> str:
        """So many of something: ``$n`` is the slot of ``fact_id``."""
        return self.say(key, count, n=f"{{{fact_id}}}")

    def listed(self, parts: Sequence[str]) -> str:
        """``a, b and c``."""
        if len(parts) < 2:
            return "".join(parts)
        return self.say("listed", None, before=", ".join(parts[:-1]), last=parts[-1])

    def within(self, label: str) -> str:
        """A label as it stands within a sentence."""
        return label.lower() if self.catalogue.lower_labels else label


@lru_cache(maxsize=16384)
def _said(
    language: Language, key: str, count: float | None, slots: tuple[tuple[str, str], ...]
) -> str:
    found = language.catalogue.messages.get(key)
    if found is None:
        raise config.BadConfiguration(f"languages/{language.code}.yaml: messages: {key} is missing")
    if not isinstance(found, str):
        found = found.get(_category(language.code, count), found["other"])
    try:
        return Template(found).substitute(dict(slots))
    except (KeyError, ValueError) as error:
        why = f"messages: {key}: {error} is no name that it may use"
        raise config.BadConfiguration(f"languages/{language.code}.yaml: {why}") from error


def _category(code: str, count: float | None) -> str:
    if count is None:
        return "other"
    if code == ENGLISH:
        return "one" if count == 1 else "other"
    from babel import Locale  # heavy: of use only where somebody reads another language

    return str(Locale.parse(code).plural_form(count))


@cache
def _language(code: str, folder: Path | None) -> Language:
    catalogue = config.load(f"languages/{code}.yaml", Catalogue, folder)
    return Language(code, catalogue, written_in(code, catalogue.absent))


def language_of(policy: CoachingPolicy) -> Language:
    """The language in force; raises ``BadConfiguration`` where it has no catalogue."""
    return _language(policy.language, policy.folder)


def told_in(policy: CoachingPolicy, code: str) -> CoachingPolicy:
    """The policy with its texts in a language; what that lacks stays in English."""
    own = policy if code == policy.language else policy.model_copy(update={"language": code})
    if code == ENGLISH:
        return own
    words = language_of(own).catalogue
    dimensions = {
        name: one.model_copy(
            update={
                **words.dimensions.get(name, {}),
                "behaviours": {
                    key: behaviour.model_copy(update=words.behaviours.get(f"{name}.{key}", {}))
                    for key, behaviour in one.behaviours.items()
                },
            }
        )
        for name, one in policy.dimensions.items()
    }
    objections = {
        kind: one.model_copy(update=_label(words.objections, kind))
        for kind, one in policy.objections.items()
    }
    other = policy.other_objection.model_copy(update=_label(words.objections, "another"))
    return own.model_copy(
        update={
            "dimensions": dimensions,
            "objections": objections,
            "other_objection": other,
            "dispute_contact": words.dispute_contact or policy.dispute_contact,
        }
    )


def _label(labels: Mapping[str, str], kind: str) -> dict[str, str]:
    return {"label": labels[kind]} if kind in labels else {}
