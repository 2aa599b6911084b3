"""Reads rows of ``sql/delivery/candidates`` as artefacts."""

import json
from typing import Any

import pandas as pd

from cs_assets.delivery.model import Parts
from cs_assets.delivery.planning import Artefact


def read_candidates(frame: pd.DataFrame) -> list[Artefact]:
    """One artefact per row, in the order of the rows."""
    return [_artefact(row) for row in frame.to_dict("records")]


def _artefact(row: dict[Any, Any]) -> Artefact:
    return Artefact(
        kind=row["kind"],
        artefact_id=row["artefact_id"],
        period_start=pd.Timestamp(row["period_start"]).date(),
        period_end=pd.Timestamp(row["period_end"]).date(),
        channel=row["channel"],
        audience_id=row["audience_id"],
        recipient=_text(row["recipient"]),
        parts=Parts(
            subject=row["subject"],
            text_path=row["text_path"],
            html_path=_text(row["html_path"]),
            payload_path=_text(row["payload_path"]),
            attachment_path=_text(row["attachment_path"]),
            attachment_name=_text(row["attachment_name"]),
        ),
        content_sha256=row["content_sha256"],
        verdict=_text(row["verdict"]),
        reasons=read_reasons(_text(row["reasons"])),
        judged_sha256=_text(row["judged_sha256"]),
        time_zone=_text(row.get("time_zone")),
    )


def read_reasons(text: str | None) -> tuple[str, ...]:
    """The gate's JSON list of ``{rule, detail}`` as sentences."""
    if not text:
        return ()
    try:
        document = json.loads(text)
    except ValueError:
        return (text,)
    if not isinstance(document, list):
        return (text,)
    return tuple(_sentence(entry) for entry in document)


def _sentence(entry: Any) -> str:
    if isinstance(entry, dict):
        rule, detail = entry.get("rule"), entry.get("detail")
        return ": ".join(str(part) for part in (rule, detail) if part)
    return str(entry)


def _text(value: Any) -> str | None:
    if value is None or pd.isna(value):
        return None
    return str(value).strip() or None
