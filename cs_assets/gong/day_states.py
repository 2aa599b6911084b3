"""Which days have to be staged: those that are made of something else than when they were.

The calls of a day are made of its records as they were read, of what the CRM says, and of the
rules and statements that stage them; its sentences of its calls and transcripts. A run that
changes none of these stages nothing.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import sql
from cs_assets.gong.rules import StagingRules
from cs_assets.gong.store_calls import CallsRead
from cs_assets.gong.store_transcripts import TranscriptsRead

#: The statements that stage calls, and the one that stages sentences.
_CALLS = (
    "gong/shred_parties",
    "gong/shred_crm_objects",
    "gong/stage_participants",
    "gong/shred_topics",
    "gong/shred_headers",
    "gong/link_calls",
    "gong/stage_calls",
)
_WORDS = "gong/stage_transcripts"

#: By day: a hash of what it is made of.
States = dict[dt.date, str]


def calls_to_stage(read: CallsRead, rules: StagingRules) -> States:
    """The days whose calls have to be staged, with what they are made of now."""
    statements = (sql.text(name, "snowflake") for name in _CALLS)
    basis = "\n".join((read.crm, rules.model_dump_json(), *statements))
    calls = {
        call_id: (call.call_date, f"{call.content_hash} {call.is_private} {call.is_deleted}")
        for call_id, call in read.known.items()
        if read.first <= call.call_date <= read.last
    }
    lacking = {
        call.call_date
        for call_id, call in read.known.items()
        if not call.is_deleted and call_id not in read.staged
    }
    return _changed(_states(calls, basis), read.staged_from, lacking)


def words_to_stage(read: TranscriptsRead, *, anew: bool = False) -> States:
    """The days whose sentences have to be staged; ``anew``: all of them."""
    states = _states(read.made_of, sql.text(_WORDS, "snowflake"))
    return states if anew else _changed(states, read.words_from, ())


def _states(calls: Mapping[str, tuple[dt.date, str]], basis: str) -> States:
    found: dict[dt.date, Any] = {}
    for call_id, (day, made_of) in sorted(calls.items()):
        whole = found.setdefault(day, hashlib.sha256(basis.encode()))
        whole.update(f"{call_id} {made_of}\n".encode())
    return {day: whole.hexdigest()[:24] for day, whole in found.items()}


def _changed(now: States, before: Mapping[dt.date, str | None], also: Iterable[dt.date]) -> States:
    certain = set(also)
    return {day: state for day, state in now.items() if day in certain or before.get(day) != state}
