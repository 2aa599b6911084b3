"""Which parts of a call an answer holds: those that ``contentSelector`` asks for.

Without a selector a call is its metaData. A part that a call lacks is absent, not null.
"""

from typing import Any

_CONTENT = ("structure", "topics", "trackers", "pointsOfInterest", "brief", "outline",
            "highlights", "callOutcome", "keyPoints")  # fmt: skip
_INTERACTION = {
    "speakers": "speakers",
    "video": "video",
    "personInteractionStats": "interactionStats",
    "questions": "questions",
}


def selected(call: dict[str, Any], selector: dict[str, Any] | None) -> dict[str, Any]:
    """The call as the selector asks for it; media is added by the service."""
    selector = selector or {}
    exposed = selector.get("exposedFields") or {}
    answer: dict[str, Any] = {"metaData": call["metaData"]}
    depth = selector.get("context") or "None"
    timings = selector.get("contextTiming") or ["Now"]
    if depth != "None":
        answer["context"] = _context(call.get("context") or [], depth, timings)
    if exposed.get("parties") and "parties" in call:
        answer["parties"] = [_party(party, depth, timings) for party in call["parties"]]
    content = _content(call.get("content") or {}, exposed.get("content") or {})
    if content:
        answer["content"] = content
    interaction = _interaction(call.get("interaction") or {}, exposed.get("interaction") or {})
    if interaction:
        answer["interaction"] = interaction
    if (exposed.get("collaboration") or {}).get("publicComments"):
        answer["collaboration"] = call.get("collaboration") or {}
    return answer


def _party(party: dict[str, Any], depth: str, timings: list[str]) -> dict[str, Any]:
    if depth == "None":
        return {key: value for key, value in party.items() if key != "context"}
    return {**party, "context": _context(party.get("context") or [], depth, timings)}


def _context(contexts: list[Any], depth: str, timings: list[str]) -> list[Any]:
    """CRM objects: ids only for Basic, with fields and once for each timing for Extended."""
    answer = []
    for context in contexts:
        objects = []
        for item in context.get("objects") or []:
            named = {key: item[key] for key in ("objectType", "objectId") if key in item}
            if depth == "Basic":
                objects.append(named)
                continue
            named["fields"] = item.get("fields") or []
            own = [item["timing"]] if "timing" in item else timings
            objects += [{**named, "timing": timing} for timing in own if timing in timings]
        answer.append({**context, "objects": objects})
    return answer


def _content(content: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    answer = {key: content[key] for key in _CONTENT if wanted.get(key) and key in content}
    if "trackers" in answer and not wanted.get("trackerOccurrences"):
        answer["trackers"] = [
            {key: value for key, value in tracker.items() if key not in ("occurrences", "phrases")}
            | {"occurrences": []}
            for tracker in answer["trackers"]
        ]
    return answer


def _interaction(interaction: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    return {
        key: interaction[key]
        for asked, key in _INTERACTION.items()
        if wanted.get(asked) and key in interaction
    }
