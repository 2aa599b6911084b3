"""Who is meant by what people type: an id, an address, a name without accents, or a part of one."""

from collections.abc import Mapping
from difflib import get_close_matches

from cs_assets.errors import UsageError
from cs_assets.names import plain

#: Names that are told, and how like one must be to be near.
_MOST, _NEAR = 5, 0.6


def the_one(
    known: Mapping[str, str],
    asked: str,
    kind: str,
    addresses: Mapping[str, str | None] | None = None,
) -> str:
    """The id, of ``known`` names by id, that ``asked`` means; ``kind`` as in "customer".

    An id, an address (``addresses`` by id) or a whole name counts before a part of a name. Raises
    ``UsageError``: nobody is called so, with who is near, or several are, with their ids.
    """
    if asked in known:
        return asked
    wanted = plain(asked)
    names = {identity: plain(name) for identity, name in known.items()}
    found = [identity for identity in known if identity.casefold() == asked.strip().casefold()]
    found = found or [i for i, mail in (addresses or {}).items() if mail and plain(mail) == wanted]
    found = found or [identity for identity, name in names.items() if name == wanted]
    found = found or [i for i, name in names.items() if wanted and wanted in name]
    if len(found) == 1:
        return found[0]
    if found:
        told = ", ".join(f"{known[one]} ({one})" for one in found[:_MOST])
        more = ", …" * (len(found) > _MOST)
        raise UsageError(f"several {kind}s are called '{asked}': {told}{more}; give the id")
    raise UsageError(f"no {kind} is called '{asked}'{_near(names, known, wanted)}")


def _near(names: Mapping[str, str], known: Mapping[str, str], wanted: str) -> str:
    """Who is near by name, by a word of it or by id; the first ones where nobody is."""
    parts = {part for name in names.values() for part in (name, *name.split())}
    parts |= {identity.casefold() for identity in known}
    close = get_close_matches(wanted, sorted(parts), 3, _NEAR)  # the nearest first
    near = {
        identity: f"{known[identity]} ({identity})"
        for part in close
        for identity, name in names.items()
        if part in (name, identity.casefold(), *name.split())
    }
    if near:
        return f"; near: {', '.join(list(near.values())[:_MOST])}"
    if not known:
        return ": there is none"
    some = ", ".join(f"{known[one]} ({one})" for one in list(known)[:_MOST])
    return f"; there are: {some}{', …' * (len(known) > _MOST)}"
