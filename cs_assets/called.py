"""Who is meant by a name as people type it: an id, a name without its accents, or a part of it."""

from collections.abc import Mapping
from difflib import get_close_matches

from cs_assets.errors import UsageError
from cs_assets.names import plain

#: Names that are told, and how like one must be to be near.
_MOST, _NEAR = 5, 0.6


def the_one(known: Mapping[str, str], asked: str, kind: str) -> str:
    """The id, of ``known`` names by id, that ``asked`` means; ``kind`` as in "customer".

    An id or a whole name counts before a part of a name. Raises ``UsageError``: nobody is called
    so, with who is near, or several are, with their ids.
    """
    if asked in known:
        return asked
    wanted = plain(asked)
    names = {identity: plain(name) for identity, name in known.items()}
    found = [identity for identity in known if identity.casefold() == asked.casefold()]
    found = found or [identity for identity, name in names.items() if name == wanted]
    found = found or [i for i, name in names.items() if wanted and wanted in name]
    if len(found) == 1:
        return found[0]
    if found:
        told = ", ".join(f"{one} {known[one]}" for one in found[:_MOST])
        raise UsageError(f"several {kind}s are called '{asked}': {told}")
    close = get_close_matches(wanted, list(names.values()), 3, _NEAR)
    near = [f"{known[i]} ({i})" for i, name in names.items() if name in close][:_MOST]
    hint = f"; near: {', '.join(near)}" if near else ""
    raise UsageError(f"no {kind} is called '{asked}'{hint}")
