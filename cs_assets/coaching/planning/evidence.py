"""What analysed calls say of themselves: JSON columns read and validated, call by call."""

import json
from typing import Any, TypeVar

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Quote(_Read):
    """Words that prove a score; ``start_ms`` from the call's start."""

    sentence_index: int
    text: str


class DimensionEvidence(_Read):
    """Why a call has its score in one dimension.

    ``criteria``: share of each criterion's points, ``None`` without a chance; those of
    ``statistics_only`` are said to nobody. ``missed`` and ``shown``: sentences by criterion.
    """

    score: float | None = None
    reason: str = ""
    criteria: dict[str, float | None] = Field(default_factory=dict)
    statistics_only: tuple[str, ...] = ()
    missed: dict[str, tuple[int, ...]] = Field(default_factory=dict)
    shown: dict[str, tuple[int, ...]] = Field(default_factory=dict)
    quotes: tuple[Quote, ...] = ()


class Objection(_Read):
    """One objection; ``text`` is the customer's, ``reply_index`` the rep's answer.

    ``outcome_index``: the sentence that shows the outcome.
    """

    type: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    outcome: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    sentence_index: int
    text: str
    reply_index: int | None = None
    outcome_index: int | None = None
    is_brush_off: bool = False
    is_certain: bool = True


_EVIDENCE = TypeAdapter(dict[str, DimensionEvidence])
_OBJECTIONS = TypeAdapter(tuple[Objection, ...])
_Kind = TypeVar("_Kind")


def readable(calls: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """The calls with their JSON columns as objects, and the calls that cannot be read.

    ``calls``: columns of ``sql/coaching/calls_of_window``, dates as dates. A scored call
    whose JSON is broken is left out of the frame and named with the reason.
    """
    broken: dict[str, str] = {}
    rows: list[dict[str, Any]] = []
    for record in calls.to_dict("records"):
        call: dict[str, Any] = {str(name): value for name, value in record.items()}
        if call["status"] != "scored":
            rows.append({**call, "evidence": {}, "objections": ()})
            continue
        try:
            parsed = {
                "evidence": _parse(_EVIDENCE, call["evidence"]),
                "objections": tuple(
                    one for one in _parse(_OBJECTIONS, call["objections"]) if one.is_certain
                ),
            }
        except ValueError as error:
            broken[str(call["call_id"])] = str(error)
        else:
            rows.append({**call, **parsed})
    return pd.DataFrame(rows, columns=calls.columns), broken


def _parse(adapter: TypeAdapter[_Kind], text: str) -> _Kind:
    try:
        return adapter.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "top level"
        raise ValueError(f"{place}: {first['msg']}") from None
    except (TypeError, json.JSONDecodeError) as error:
        raise ValueError(f"no JSON: {type(error).__name__}") from None
