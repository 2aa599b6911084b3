"""The layout of a digest as it is kept in the proof beside it, and read from there."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from cs_assets.coaching.digest.language import language_of, told_in
from cs_assets.coaching.digest.view import DigestView
from cs_assets.coaching.policy import CoachingPolicy


def kept_view(view: DigestView, say: Callable[[str], str]) -> str:
    """The view as JSON, its slots filled by ``say``, its language by code."""
    parts = _filled({**vars(view), "t": None}, say)
    return json.dumps({**parts, "t": view.t.code}, ensure_ascii=False)


def _filled(one: Any, say: Callable[[str], str]) -> Any:
    if isinstance(one, str):
        return say(one) if "{" in one else one
    if isinstance(one, tuple):
        return [_filled(part, say) for part in one]
    if one is None or isinstance(one, int):
        return one
    parts = one if isinstance(one, dict) else vars(one)
    return {name: _filled(part, say) for name, part in parts.items()}


def as_it_was(kept: Mapping[str, Any], policy: CoachingPolicy) -> DigestView:
    """The view that ``kept_view`` wrote: its texts are for readers, without slots."""
    return _views().validate_python({**kept, "t": language_of(told_in(policy, kept["t"]))})


@cache
def _views() -> TypeAdapter[DigestView]:
    return TypeAdapter(DigestView)
