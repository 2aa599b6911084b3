"""Stages Gong answers for tests of this room, without the room that does it for real."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd


def real_frames(folder: Path, at_most: int = 1000) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of ``stg_gong_calls`` and ``stg_gong_call_transcripts`` from a folder of answers."""
    # Pages may overlap: the last answer on a call counts.
    by_id = {c["metaData"]["id"]: c for c in _items(folder, "calls-extensive*", "calls")}
    calls = [by_id[call_id] for call_id in sorted(by_id)]
    said = {
        answer["callId"]: answer["transcript"]
        for answer in _items(folder, "transcripts*", "callTranscripts")
    }
    call_rows = [_call_row(call) for call in calls[:at_most]]
    sentence_rows = [
        row
        for call, known in zip(calls, call_rows, strict=False)
        for row in _sentence_rows(call, known, said.get(known["call_id"], []))
    ]
    return pd.DataFrame(call_rows), pd.DataFrame(sentence_rows)


def users(folder: Path) -> dict[str, str]:
    """Gong user ids by e-mail address."""
    return {user["emailAddress"]: user["id"] for user in _items(folder, "users*", "users")}


def _items(folder: Path, pattern: str, key: str) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob(pattern + ".json.gz")):
        yield from json.loads(gzip.decompress(path.read_bytes()))[key]


def _call_row(call: dict[str, Any]) -> dict[str, Any]:
    meta = call["metaData"]
    started = datetime.fromisoformat(meta["started"]).astimezone(UTC).replace(tzinfo=None)
    objects: dict[str, dict[str, Any]] = {}
    for system in call.get("context") or []:
        for found in system["objects"]:
            fields = {field["name"]: field["value"] for field in found["fields"]}
            objects.setdefault(found["objectType"], {"id": found["objectId"], **fields})
    deal, account = objects.get("Opportunity", {}), objects.get("Account", {})
    return {
        "call_id": meta["id"],
        "call_date": started.date(),
        "title": meta["title"],
        "started": started,
        "duration_seconds": meta["duration"],
        "primary_user_id": meta["primaryUserId"],
        "scope": meta["scope"],
        "is_private": meta["isPrivate"],
        "call_type": "other",
        "hubspot_deal_id": deal.get("id"),
        "deal_stage_at_call": deal.get("StageName"),
        "deal_amount_at_call": deal.get("Amount"),
        "account_name": account.get("Name"),
        "content_hash": "test",
    }


def _sentence_rows(
    call: dict[str, Any], known: dict[str, Any], blocks: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    parties = {p["speakerId"]: p for p in call.get("parties") or [] if p.get("speakerId")}
    index = 0
    for turn, block in enumerate(blocks):
        party = parties.get(block.get("speakerId"), {})
        for sentence in block["sentences"]:
            yield {
                "call_id": known["call_id"],
                "call_date": known["call_date"],
                "sentence_index": index,
                "turn_index": turn,
                "speaker_id": block.get("speakerId"),
                "affiliation": party.get("affiliation") or "Unknown",
                "user_id": party.get("userId"),
                "start_ms": sentence["start"],
                "end_ms": sentence["end"],
                "sentence": sentence["text"],
            }
            index += 1
