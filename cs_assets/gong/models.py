"""The fields of Gong's answers that are read, and their types.

Gong adds fields without notice, so unknown ones pass. Optional keys may be
absent or null alike. Ids are text; a whole number is taken as its digits, a
number with a fraction is refused, since it has lost digits on its way.
"""

import datetime as dt
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from typing_extensions import TypedDict

from cs_assets.gong.instants import instant


def _instant(value: Any) -> dt.datetime:
    if not isinstance(value, str):
        raise ValueError("a timestamp is text")
    return instant(value)


_ShortText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
#: An id; ``str`` of it is its text, since a whole number is taken as its digits.
Id = Annotated[_ShortText | int, Field(union_mode="left_to_right")]
Instant = Annotated[dt.datetime, BeforeValidator(_instant)]


class _Answer(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", allow_inf_nan=False)


class CrmField(_Answer):
    """A field of a CRM object; its value may be any JSON."""

    name: str | None = None
    value: Any = None


class CrmObject(_Answer):
    objectType: str | None = None
    objectId: Id | None = None
    timing: str | None = None
    fields: list[CrmField] | None = None


class Context(_Answer):
    """What a CRM knows about the call or a party."""

    system: str | None = None
    objects: list[CrmObject] | None = None


class Party(_Answer):
    id: Id | None = None
    speakerId: Id | None = None
    userId: Id | None = None
    name: str | None = None
    emailAddress: str | None = None
    title: str | None = None
    affiliation: str | None = None
    context: list[Context] | None = None


class Topic(_Answer):
    name: str | None = None
    duration: float | None = None


class Content(_Answer):
    topics: list[Topic] | None = None


class Stat(_Answer):
    name: str | None = None
    value: float | None = None


class Questions(_Answer):
    companyCount: float | None = None
    nonCompanyCount: float | None = None


class Interaction(_Answer):
    interactionStats: list[Stat] | None = None
    questions: Questions | None = None


class MetaData(_Answer):
    id: Id
    url: str | None = None
    title: str | None = None
    scheduled: Instant | None = None
    started: Instant | None = None
    duration: float | None = None
    primaryUserId: Id | None = None
    direction: str | None = None
    system: str | None = None
    scope: str | None = None
    language: str | None = None
    workspaceId: Id | None = None
    isPrivate: bool | None = None


class Call(_Answer):
    """One element of ``calls`` of ``POST /v2/calls/extensive``."""

    metaData: MetaData
    context: list[Context] | None = None
    parties: list[Party] | None = None
    content: Content | None = None
    interaction: Interaction | None = None


_sentences = ConfigDict(strict=True, extra="ignore", allow_inf_nan=False)


class Sentence(TypedDict):
    """One recognised sentence; milliseconds from the start of the call."""

    __pydantic_config__ = _sentences  # type: ignore[misc]
    start: float
    end: float
    text: str


class Monologue(BaseModel):
    """Sentences in a row of one speaker on one topic; the speaker may be unknown."""

    model_config = _sentences
    speakerId: Id | None = None
    sentences: list[Sentence] | None = None


class Transcript(BaseModel):
    """One element of ``callTranscripts`` of ``POST /v2/calls/transcript``."""

    model_config = _sentences
    callId: Id
    transcript: list[Monologue] | None = None


class User(_Answer):
    """One element of ``users`` of ``GET /v2/users``."""

    id: Id
    emailAddress: str | None = None
    firstName: str | None = None
    lastName: str | None = None
    title: str | None = None
    managerId: Id | None = None
    active: bool | None = None
