"""The layout of a digest as it is kept in the proof beside it, and read from there."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from cs_assets.coaching.digest.language import Language, language_of, told_in
from cs_assets.coaching.digest.view import DigestView
from cs_assets.coaching.policy import CoachingPolicy


def kept_view(view: DigestView, say: Callable[[str], str]) -> str:
    """The view as JSON, its slots filled by ``say``, its language by code."""

    def parts(one: Any) -> Any:
        if isinstance(one, Language):
            return one.code
        found = vars(one).copy()
        for name, value in found.items():
            if value.__class__ is str:
                if "{" in value:
                    found[name] = say(value)
            elif value and value.__class__ is tuple and value[0].__class__ in (str, tuple):
                found[name] = _filled(value, say)
        return found

    return json.dumps(view, default=parts, ensure_ascii=False)


def _filled(texts: Any, say: Callable[[str], str]) -> Any:
    """Texts, or pairs of them, with their slots filled."""
    if texts.__class__ is str:
        return say(texts) if "{" in texts else texts
    return [_filled(one, say) for one in texts]


def as_it_was(kept: Mapping[str, Any], policy: CoachingPolicy) -> DigestView:
    """The view that ``kept_view`` wrote: its texts are for readers, without slots."""
    return _views().validate_python({**kept, "t": language_of(told_in(policy, kept["t"]))})


@cache
def _views() -> TypeAdapter[DigestView]:
    return TypeAdapter(DigestView)
