"""Puts answers of Gong into tables as Airbyte or Fivetran would land them."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

#: When the loader last synced.
_SYNCED = "2026-11-16 04:00:00+00:00"
#: Runs a statement with the values bound to it.
Run = Callable[[str, Sequence[Any]], object]
Rows = dict[str, list[dict[str, Any]]]


def declared(loader: str, schema: str, *, embedded: bool = False) -> list[str]:
    """The statements that make a loader's schema and its tables, on Snowflake or embedded."""
    text = (Path(__file__).parent / f"{loader}.sql").read_text(encoding="utf-8")
    text = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    if embedded:
        text = text.replace(" VARIANT", " JSON")
    made = [one.strip() for one in text.split(";") if one.strip()]
    named = [one.replace("CREATE TABLE ", f"CREATE TABLE {schema}.", 1) for one in made]
    return [f"CREATE SCHEMA {schema}", *named]


def landed(loader: str, calls: Iterable[Any], spoken: Iterable[Any], users: Iterable[Any]) -> Rows:
    """The rows of each table for these answers of Gong."""
    found: Rows = defaultdict(list)
    for call in calls:
        _OF[loader]["calls"](call, found)
    for one in spoken:
        _OF[loader]["transcripts"](one, found)
    for user in users:
        _OF[loader]["users"](user, found)
    return found


def put(rows: Rows, schema: str, run: Run) -> None:
    """Insert them, a statement a row: lists and objects as VARIANT."""
    for table, some in rows.items():
        for row in some:
            names = [name for name, value in row.items() if value is not None]
            binds = ", ".join(
                "PARSE_JSON(?)" if isinstance(row[name], _Variant) else "?" for name in names
            )
            values = [
                json.dumps(value.held) if isinstance(value := row[name], _Variant) else value
                for name in names
            ]
            run(f"INSERT INTO {schema}.{table} ({', '.join(names)}) SELECT {binds}", values)


class _Variant:
    def __init__(self, held: Any) -> None:
        self.held = held


def _by_airbyte(key: str) -> Callable[[dict[str, Any], Rows], None]:
    table = {"calls": "extensivecalls", "transcripts": "calltranscripts", "users": "users"}[key]
    columns = {
        "calls": ("metaData", "context", "parties", "content", "interaction", "collaboration"),
        "transcripts": ("callId", "transcript"),
        "users": ("id", "emailAddress", "firstName", "lastName", "title", "managerId", "active"),
    }[key]

    def land(answer: dict[str, Any], found: Rows) -> None:
        row = {name.lower(): answer.get(name) for name in columns}
        if key == "calls":
            row["id"] = answer["metaData"]["id"]
        held = {k: _Variant(v) if isinstance(v, dict | list) else v for k, v in row.items()}
        about = {"_airbyte_extracted_at": _SYNCED, "_airbyte_generation_id": 1}
        # An appended sync of a day before, of which nothing may be seen.
        if key == "users":
            before = {
                **held,
                "title": "of before",
                "_airbyte_extracted_at": "2026-11-15 04:00:00+00:00",
            }
            found[table].append(before)
        found[table].append(held | about)

    return land


def _call_by_fivetran(call: dict[str, Any], found: Rows) -> None:
    meta, about = call["metaData"], {"_fivetran_deleted": False, "_fivetran_synced": _SYNCED}
    call_id = meta["id"]
    questions = (call.get("interaction") or {}).get("questions") or {}
    own = {
        "id": call_id,
        "workspace_id": meta.get("workspaceId"),
        "primary_user_id": meta.get("primaryUserId"),
        "company_question_count": _text(questions.get("companyCount")),
        "non_company_question_count": _text(questions.get("nonCompanyCount")),
        "languages": meta.get("language"),
        "systems": meta.get("system"),
        "is_private": meta.get("isPrivate"),
    }
    same = ("direction", "duration", "scheduled", "scope", "started", "title", "url")
    found['"CALL"'].append(own | {name: meta.get(name) for name in same} | about)
    _context(call.get("context"), {"call_id": call_id}, found["call_context_integration"], about)
    for party in call.get("parties") or []:
        whose = {"call_id": call_id, "call_participant_id": party["id"]}
        found["call_participant"].append(
            {
                "id": party["id"],
                "call_id": call_id,
                "user_id": party.get("userId"),
                "email_address": party.get("emailAddress"),
                "speaker_id": party.get("speakerId"),
                **{name: party.get(name) for name in ("affiliation", "name", "title")},
            }
            | about
        )
        _context(party.get("context"), whose, found["call_participant_integration"], about)
    for stat in (call.get("interaction") or {}).get("interactionStats") or []:
        value = {"call_id": call_id, "name": stat["name"], "value": _text(stat.get("value"))}
        found["call_interaction"].append(value | about)
    for place, topic in enumerate((call.get("content") or {}).get("topics") or []):
        row = {"call_id": call_id, "_fivetran_id": f"{call_id}-{place}", "name": topic["name"]}
        found["call_topic"].append(row | {"duration": _text(topic.get("duration"))} | about)


def _context(context: Any, whose: dict[str, Any], rows: list[Any], about: dict[str, Any]) -> None:
    for system in context or []:
        for thing in system["objects"]:
            of_object = {
                "systems": system["system"],
                "object_type": thing["objectType"],
                "object_id": thing["objectId"],
                "timing": thing.get("timing"),
            }
            rows.extend(
                whose
                | of_object
                | about
                | {"name": field["name"], "value": _Variant(field.get("value"))}
                for field in thing.get("fields") or []
            )


def _words_by_fivetran(spoken: dict[str, Any], found: Rows) -> None:
    about = {"_fivetran_deleted": False, "_fivetran_synced": _SYNCED}
    for place, turn in enumerate(spoken["transcript"]):
        row = {"call_id": spoken["callId"], "index": str(place), "speaker_id": turn["speakerId"]}
        said = {"topic": turn.get("topic"), "sentence": _Variant(turn["sentences"])}
        for workspace in ("1", "2"):  # a call may stand in several
            found["transcript"].append(row | said | about | {"workspace_id": workspace})


def _user_by_fivetran(user: dict[str, Any], found: Rows) -> None:
    row = {
        "id": user["id"],
        "email_address": user.get("emailAddress"),
        "first_name": user.get("firstName"),
        "last_name": user.get("lastName"),
        "manager_id": user.get("managerId"),
        **{name: user.get(name) for name in ("title", "active")},
    }
    found["users"].append(row | {"_fivetran_deleted": False, "_fivetran_synced": _SYNCED})
    gone = {"id": f"{user['id']}-gone", "first_name": "Gone"}
    found["users"].append(gone | {"_fivetran_deleted": True, "_fivetran_synced": _SYNCED})


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


_OF: dict[str, dict[str, Callable[[dict[str, Any], Rows], None]]] = {
    "airbyte": {kind: _by_airbyte(kind) for kind in ("calls", "transcripts", "users")},
    "fivetran": {
        "calls": _call_by_fivetran,
        "transcripts": _words_by_fivetran,
        "users": _user_by_fivetran,
    },
}
