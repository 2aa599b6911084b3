"""From a record as Gong answered it to a row of a raw table, or the reason why not.

What is stored is the answer itself, in a canonical form: keys sorted, null keys
left out (Gong treats null and absent alike), and without the addresses of media,
which are signed anew at every request and would make every call look changed.
"""

import datetime as dt
import hashlib
import re
from typing import Any, NamedTuple, TypeVar

import orjson
from pydantic import BaseModel, ValidationError

from cs_assets.gong.models import Call, Transcript, User

#: Of a private call only this is kept: that it was there, when, and whose it was.
_KEPT_OF_PRIVATE = (
    "id",
    "started",
    "scheduled",
    "duration",
    "primaryUserId",
    "isPrivate",
    "workspaceId",
    "direction",
    "scope",
    "system",
    "language",
)

#: Bytes of a record as it is stored; a transcript of a long day takes one or two million.
LARGEST_RECORD = 16_000_000
#: A NUL in JSON, behind no backslash of its own. No text means one, and not every store takes it.
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")

Model = TypeVar("Model", bound=BaseModel)


class Malformed(ValueError):
    """A record that cannot be read: why, and which call it is if that much is legible."""

    def __init__(self, reason: str, call_id: str | None = None) -> None:
        super().__init__(reason)
        self.call_id = call_id


class CallRecord(NamedTuple):
    """A row of ``gong_calls_raw`` but for request and time of fetching."""

    call_id: str
    call_date: dt.date
    started: dt.datetime
    payload: str
    content_hash: str
    is_private: bool


class TranscriptRecord(NamedTuple):
    """A row of ``gong_call_transcripts_raw`` but for date, request and time of fetching."""

    call_id: str
    payload: str
    content_hash: str


class UserRecord(NamedTuple):
    """A row of ``gong_users`` but for the time of fetching."""

    user_id: str
    email: str | None
    full_name: str
    title: str | None
    manager_id: str | None
    is_active: bool


def read_call(record: Any) -> CallRecord:
    """Read one call; raises ``Malformed``.

    A call without ``started`` is filed under its scheduled time; one without
    either belongs to no day and is refused.
    """
    call = _read(Call, record, "metaData", "id")
    meta, call_id = call.metaData, str(call.metaData.id)
    _check_ratios(call, call_id)
    started = meta.started or meta.scheduled
    if started is None:
        raise Malformed("metaData.started: missing, and so is scheduled", call_id)
    private = bool(meta.isPrivate)
    payload = canonical(_without_content(record) if private else _without_media(record), call_id)
    return CallRecord(call_id, started.date(), started, payload, sha256(payload), private)


def read_transcript(record: Any) -> TranscriptRecord:
    """Read one transcript; raises ``Malformed``."""
    transcript = _read(Transcript, record, "callId")
    call_id = str(transcript.callId)
    payload = canonical(record, call_id)
    return TranscriptRecord(call_id, payload, sha256(payload))


def read_user(record: Any) -> UserRecord:
    """Read one user; raises ``Malformed``."""
    user = _read(User, record)
    names = [part.strip() for part in (user.firstName, user.lastName) if part and part.strip()]
    manager = "" if user.managerId is None else str(user.managerId).strip()
    return UserRecord(
        user_id=str(user.id),
        email=user.emailAddress,
        full_name=" ".join(names) or user.emailAddress or str(user.id),
        title=user.title,
        manager_id=manager or None,
        is_active=user.active is not False,
    )


def canonical(record: Any, call_id: str | None = None) -> str:
    """JSON text that is the same for records that mean the same: keys in order, no NUL.

    Raises ``Malformed`` for one that is nested too deep to be written, or too large.
    """
    try:
        text = orjson.dumps(record, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        raise Malformed("nested too deep", call_id) from None
    if len(text) > LARGEST_RECORD:
        raise Malformed(f"larger than {LARGEST_RECORD:,} bytes", call_id)
    return _NUL.sub(r"\1", text.decode()) if b"\\u0000" in text else text.decode()


def _check_ratios(call: Call, call_id: str) -> None:
    """Raise for a share of speech that is none."""
    stats = (call.interaction or {}).get("interactionStats") or []
    for place, stat in enumerate(stats):
        value = stat.get("value")
        if stat.get("name") == "Talk Ratio" and value is not None and not 0 <= value <= 1:
            where = f"interaction.interactionStats.{place}.value"
            raise Malformed(f"{where}: a talk ratio lies between 0 and 1", call_id)


def sha256(text: str) -> str:
    """The hash of a payload, as hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def _read(model: type[Model], record: Any, *path_of_id: str) -> Model:
    try:
        return model.model_validate(record)
    except ValidationError as error:
        call_id = _legible_id(record, *path_of_id) if path_of_id else None
        raise Malformed(_reason(error), call_id) from None


def _reason(error: ValidationError) -> str:
    """Where and what, without the values: they may be personal."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "record"
    more = error.error_count() - 1
    return f"{place}: {first['msg']}" + (f" (and {more} more)" if more else "")


def _legible_id(record: Any, *path: str) -> str | None:
    for key in path:
        if not isinstance(record, dict):
            return None
        record = record.get(key)
    return record if isinstance(record, str) and 0 < len(record) <= 100 else None


def _without_media(record: dict[str, Any]) -> dict[str, Any]:
    """The call without addresses of media, and without null keys where calls have them."""
    kept = _without_nulls(record)
    kept.pop("media", None)
    kept["metaData"] = meta = _without_nulls(record["metaData"])
    meta.pop("meetingUrl", None)
    if "parties" in kept:
        kept["parties"] = [_without_nulls(party) for party in kept["parties"] if party is not None]
    return kept


def _without_content(record: dict[str, Any]) -> dict[str, Any]:
    """Of what is kept of a private call, what is plain text or a plain number."""
    meta = record["metaData"]
    kept = {key: meta.get(key) for key in _KEPT_OF_PRIVATE}
    return {"metaData": {k: v for k, v in kept.items() if isinstance(v, str | int | float)}}


def what_may_be_kept(record: Any) -> Any:
    """A record that cannot be read, as its raw copy: of a private call no content either."""
    meta = record.get("metaData") if isinstance(record, dict) else None
    private = isinstance(meta, dict) and meta.get("isPrivate") is True
    return _without_content(record) if private else record


def says_private(raw: str) -> bool:
    """Whether a raw copy is one of a private call, reduced by ``what_may_be_kept``."""
    try:
        record = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return False
    meta = record.get("metaData") if isinstance(record, dict) else None
    return isinstance(meta, dict) and meta.get("isPrivate") is True and len(record) == 1


def _without_nulls(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value is not None}
