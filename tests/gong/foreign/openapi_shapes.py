"""Holds requests and answers against an OpenAPI 3.0 document of Gong, field by field.

The document is Gong's and no part of this repository. It declares no key as required
and none as nullable, though live answers hold nulls: both are taken as they come.
Where live tenants differ from it, ``LIVE`` says so, and the live form counts.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

#: Fields of live answers that the document does not know or types otherwise, by the end of
#: their place. Ids are text there, however the document declares them.
LIVE = {
    "users.[].conferencingProviders",
    "scorecards.[].reviewMethod",
    "scorecards.[].questions.[].created",
    "scorecards.[].questions.[].updated",
    "scorecards.[].questions.[].updaterUserId",
    "scorecards.[].questions.[].minRange",
    "scorecards.[].questions.[].maxRange",
    "answeredScorecards.[].reviewMethod",
}

_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


class Document:
    """An OpenAPI document, already parsed."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    def answer_problems(self, method: str, path: str, status: int, answer: Any) -> list[str]:
        """What of an answer the document does not allow; empty when all of it fits."""
        responses = self._operation(method, path)["responses"]
        if str(status) not in responses:
            return [f"{method} {path}: status {status} is not declared"]
        return self._problems(responses[str(status)]["content"], answer)

    def request_problems(self, method: str, path: str, body: Any) -> list[str]:
        """The same of the body of a request."""
        return self._problems(self._operation(method, path)["requestBody"]["content"], body)

    def _operation(self, method: str, path: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._document["paths"][path][method.lower()]
        return found

    def _problems(self, content: Mapping[str, Any], value: Any) -> list[str]:
        schema = next(iter(content.values()))["schema"]
        return sorted(set(self._unfit(schema, value, "")))

    def _unfit(self, schema: Mapping[str, Any], value: Any, place: str) -> Iterator[str]:
        schema = self._resolved(schema)
        if value is None or any(place.endswith(known) for known in LIVE):
            return
        if "allOf" in schema:
            schema = self._merged(schema)
        kind = schema.get("type", "object" if "properties" in schema else None)
        if kind is None or (kind == "object" and not schema.get("properties")):
            return
        if not _is(value, kind, place):
            yield f"{place or 'top'}: {type(value).__name__} where {kind} is declared"
        elif kind == "object":
            yield from self._unfit_fields(schema["properties"], value, place)
        elif kind == "array":
            for item in value:
                yield from self._unfit(schema.get("items", {}), item, f"{place}.[]")
        elif "enum" in schema and value not in schema["enum"]:
            yield f"{place}: {value!r} is none of {', '.join(map(str, schema['enum']))}"
        elif schema.get("format") == "date-time" and not _is_instant(value):
            yield f"{place}: no timestamp with an offset"

    def _unfit_fields(
        self, fields: Mapping[str, Any], value: Mapping[str, Any], place: str
    ) -> Iterator[str]:
        for name, part in value.items():
            inner = f"{place}.{name}" if place else name
            if name in fields:
                yield from self._unfit(fields[name], part, inner)
            elif not any(inner.endswith(known) for known in LIVE):
                yield f"{inner}: not declared"

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema:
            found: Any = self._document
            for key in schema["$ref"].removeprefix("#/").split("/"):
                found = found[key]
            schema = found
        return schema

    def _merged(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        fields: dict[str, Any] = dict(schema.get("properties", {}))
        for part in schema["allOf"]:
            fields |= self._resolved(part).get("properties", {})
        return {"type": "object", "properties": fields}


def _is(value: Any, kind: str, place: str) -> bool:
    if place.lower().endswith("id") and kind in ("integer", "string"):
        return isinstance(value, str)
    if isinstance(value, bool) and kind != "boolean":
        return False
    return isinstance(value, _TYPES[kind])


def _is_instant(text: str) -> bool:
    try:
        return dt.datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
