"""The fields of Gong's answers that are read, their types and their bounds.

Gong adds fields without notice, so unknown ones pass. Optional keys may be
absent or null alike, optional ids blank. Ids are text; a whole number is taken as its
digits, a number with a fraction is refused, since it has lost digits on its way.

Every number, text and list has a bound far beyond what a call can be, so that what was
stored can be staged, added up and shown. They hold for answers of the API and of files.
"""

import datetime as dt
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, with_config
from typing_extensions import TypedDict

from cs_assets.gong.instants import instant

#: No call and no part of one lasts longer than 30 days, in seconds; staging knows it too.
LONGEST_SECONDS = 30 * 24 * 3600
#: Where a sentence may begin and end, in milliseconds; a recorder may be a moment ahead.
EARLIEST_MS, LATEST_MS = -60_000, LONGEST_SECONDS * 1000
MOST_QUESTIONS = 100_000
LONGEST_TEXT = 1_000_000
LONGEST_LIST = 200_000


def _instant(value: Any) -> dt.datetime:
    if not isinstance(value, str):
        raise ValueError("a timestamp is text")
    return instant(value)


def _without_nulls(value: Any) -> Any:
    """A list without its nulls: they stand for nothing, as absent keys do."""
    return [one for one in value if one is not None] if isinstance(value, list) else value


def _with_words(value: Any) -> Any:
    """Sentences but for those of nothing: null, or with a null text."""
    if not isinstance(value, list):
        return value
    return [one for one in value if not _is_silent(one)]


def _is_silent(sentence: Any) -> bool:
    return sentence is None or (type(sentence) is dict and sentence.get("text", "") is None)


#: The id of a record itself: it has to be there.
_PLAIN = r"^[^\x00-\x1f\x7f]+$"
Id = Annotated[
    Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=_PLAIN),
    ]
    | int,
    Field(union_mode="left_to_right"),
]
#: An id that a record refers to; blank means none, as staging reads it.
Reference = Annotated[
    Annotated[str, StringConstraints(max_length=100)] | int,
    Field(union_mode="left_to_right"),
]
Instant = Annotated[dt.datetime, BeforeValidator(_instant)]
Text = Annotated[str, StringConstraints(max_length=LONGEST_TEXT)]
Seconds = Annotated[float, Field(ge=0, le=LONGEST_SECONDS)]
Milliseconds = Annotated[float, Field(ge=EARLIEST_MS, le=LATEST_MS)]
Count = Annotated[float, Field(ge=0, le=MOST_QUESTIONS)]
#: Scores and seconds of Gong, some of which may be below zero.
Measure = Annotated[float, Field(ge=-LONGEST_SECONDS, le=LONGEST_SECONDS)]
_Part = TypeVar("_Part")
#: A list is bounded, and its nulls are passed over.
Parts = Annotated[list[_Part], BeforeValidator(_without_nulls), Field(max_length=LONGEST_LIST)]
#: Sentences, those of nothing passed over.
Spoken = Annotated[list[_Part], BeforeValidator(_with_words), Field(max_length=LONGEST_LIST)]


_reading = ConfigDict(strict=True, extra="ignore", allow_inf_nan=False)


class _Answer(BaseModel):
    model_config = _reading


#: What is checked and not read further is a TypedDict: models of it would take twice as long.
_part = with_config(_reading)


@_part
class CrmField(TypedDict, total=False):
    """A field of a CRM object; its value may be any JSON."""

    name: Text | None
    value: Any


@_part
class CrmObject(TypedDict, total=False):
    objectType: Text | None
    objectId: Reference | None
    timing: Text | None
    fields: Parts[CrmField] | None


@_part
class Context(TypedDict, total=False):
    """What a CRM knows about the call or a party."""

    system: Text | None
    objects: Parts[CrmObject] | None


@_part
class Party(TypedDict, total=False):
    id: Reference | None
    speakerId: Reference | None
    userId: Reference | None
    name: Text | None
    emailAddress: Text | None
    title: Text | None
    affiliation: Text | None
    context: Parts[Context] | None


@_part
class Topic(TypedDict, total=False):
    name: Text | None
    duration: Seconds | None


@_part
class Content(TypedDict, total=False):
    topics: Parts[Topic] | None


@_part
class Stat(TypedDict, total=False):
    name: Text | None
    value: Measure | None


@_part
class Questions(TypedDict, total=False):
    companyCount: Count | None
    nonCompanyCount: Count | None


@_part
class Interaction(TypedDict, total=False):
    interactionStats: Parts[Stat] | None
    questions: Questions | None


class MetaData(_Answer):
    id: Id
    url: Text | None = None
    title: Text | None = None
    scheduled: Instant | None = None
    started: Instant | None = None
    duration: Seconds | None = None
    primaryUserId: Reference | None = None
    direction: Text | None = None
    system: Text | None = None
    scope: Text | None = None
    language: Text | None = None
    workspaceId: Reference | None = None
    isPrivate: bool | None = None


class Call(_Answer):
    """One element of ``calls`` of ``POST /v2/calls/extensive``."""

    metaData: MetaData
    context: Parts[Context] | None = None
    parties: Parts[Party] | None = None
    content: Content | None = None
    interaction: Interaction | None = None


@_part
class Sentence(TypedDict):
    """One recognised sentence; milliseconds from the start of the call."""

    start: Milliseconds
    end: Milliseconds
    text: Text


@_part
class Monologue(TypedDict, total=False):
    """Sentences in a row of one speaker on one topic; the speaker may be unknown."""

    speakerId: Reference | None
    sentences: Spoken[Sentence] | None


class Transcript(_Answer):
    """One element of ``callTranscripts`` of ``POST /v2/calls/transcript``."""

    callId: Id
    transcript: Parts[Monologue] | None = None


class User(_Answer):
    """One element of ``users`` of ``GET /v2/users``."""

    id: Id
    emailAddress: Text | None = None
    firstName: Text | None = None
    lastName: Text | None = None
    title: Text | None = None
    managerId: Reference | None = None
    active: bool | None = None
