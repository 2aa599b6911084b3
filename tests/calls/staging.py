"""Stages Gong answers for tests of this room, without the room that does it for real."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd


def real_frames(folder: Path, at_most: int = 1000) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of ``stg_gong_calls`` and ``stg_gong_call_transcripts`` from the real answers."""
    calls = json.loads(gzip.decompress((folder / "calls-extensive.json.gz").read_bytes()))["calls"]
    calls = sorted(calls, key=lambda call: call["metaData"]["id"])[:at_most]
    answers = json.loads(gzip.decompress((folder / "transcripts.json.gz").read_bytes()))[
        "callTranscripts"
    ]
    said = {answer["callId"]: answer["transcript"] for answer in answers}
    call_rows, sentence_rows = [], []
    for call in calls:
        meta = call["metaData"]
        started = datetime.fromisoformat(meta["started"]).astimezone(UTC).replace(tzinfo=None)
        objects = {o["objectType"]: o for system in call["context"] for o in system["objects"]}
        fields = {f["name"]: f["value"] for o in objects.values() for f in o["fields"]}
        call_rows.append(
            {
                "call_id": meta["id"],
                "call_date": started.date(),
                "title": meta["title"],
                "started": started,
                "duration_seconds": meta["duration"],
                "primary_user_id": meta["primaryUserId"],
                "scope": meta["scope"],
                "is_private": meta["isPrivate"],
                "call_type": "other",
                "hubspot_deal_id": objects["Opportunity"]["objectId"],
                "deal_stage_at_call": fields["StageName"],
                "deal_amount_at_call": fields["Amount"],
                "account_name": fields["Name"],
                "content_hash": "test",
            }
        )
        parties = {p["speakerId"]: p for p in call["parties"] if p.get("speakerId")}
        index = 0
        for turn, block in enumerate(said.get(meta["id"], [])):
            party = parties.get(block["speakerId"], {})
            for sentence in block["sentences"]:
                sentence_rows.append(
                    {
                        "call_id": meta["id"],
                        "call_date": started.date(),
                        "sentence_index": index,
                        "turn_index": turn,
                        "speaker_id": block["speakerId"],
                        "affiliation": party.get("affiliation", "Unknown"),
                        "user_id": party.get("userId"),
                        "start_ms": sentence["start"],
                        "end_ms": sentence["end"],
                        "sentence": sentence["text"],
                    }
                )
                index += 1
    return pd.DataFrame(call_rows), pd.DataFrame(sentence_rows)
