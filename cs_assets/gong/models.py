"""The fields of Gong's answers that are read, and their types.

Gong adds fields without notice, so unknown ones pass. Optional keys may be
absent or null alike. Ids are text; a whole number is taken as its digits, a
number with a fraction is refused, since it has lost digits on its way.
"""

import datetime as dt
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, with_config
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


_reading = ConfigDict(strict=True, extra="ignore", allow_inf_nan=False)


class _Answer(BaseModel):
    model_config = _reading


#: What is checked and not read further is a TypedDict: models of it would take twice as long.
_part = with_config(_reading)


@_part
class CrmField(TypedDict, total=False):
    """A field of a CRM object; its value may be any JSON."""

    name: str | None
    value: Any


@_part
class CrmObject(TypedDict, total=False):
    objectType: str | None
    objectId: Id | None
    timing: str | None
    fields: list[CrmField] | None


@_part
class Context(TypedDict, total=False):
    """What a CRM knows about the call or a party."""

    system: str | None
    objects: list[CrmObject] | None


@_part
class Party(TypedDict, total=False):
    id: Id | None
    speakerId: Id | None
    userId: Id | None
    name: str | None
    emailAddress: str | None
    title: str | None
    affiliation: str | None
    context: list[Context] | None


@_part
class Topic(TypedDict, total=False):
    name: str | None
    duration: float | None


@_part
class Content(TypedDict, total=False):
    topics: list[Topic] | None


@_part
class Stat(TypedDict, total=False):
    name: str | None
    value: float | None


@_part
class Questions(TypedDict, total=False):
    companyCount: float | None
    nonCompanyCount: float | None


@_part
class Interaction(TypedDict, total=False):
    interactionStats: list[Stat] | None
    questions: Questions | None


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


@_part
class Sentence(TypedDict):
    """One recognised sentence; milliseconds from the start of the call."""

    start: float
    end: float
    text: str


@_part
class Monologue(TypedDict, total=False):
    """Sentences in a row of one speaker on one topic; the speaker may be unknown."""

    speakerId: Id | None
    sentences: list[Sentence] | None


class Transcript(_Answer):
    """One element of ``callTranscripts`` of ``POST /v2/calls/transcript``."""

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
