"""Names of settings: what others call the same thing, and what looks like ours and is not."""

import difflib
from collections.abc import Callable, Collection, Mapping

from cs_assets.errors import UsageError


def _starttls_or_not(value: str) -> str:
    words = {"true": "starttls", "1": "starttls", "yes": "starttls", "on": "starttls"}
    words |= {"false": "none", "0": "none", "no": "none", "off": "none"}
    try:
        return words[value.strip().lower()]
    except KeyError:
        raise UsageError("setting SMTP_USE_TLS: true or false") from None


def _as_it_is(value: str) -> str:
    return value


#: By variable: the setting that it means too, and what its value means there.
ALIASES: dict[str, tuple[str, Callable[[str], str]]] = {
    "GONG_API_KEY": ("gong_access_key", _as_it_is),
    "GONG_API_SECRET": ("gong_access_key_secret", _as_it_is),
    "AWS_DEFAULT_REGION": ("aws_region", _as_it_is),
    "SMTP_USE_TLS": ("smtp_tls", _starttls_or_not),
}

#: Read by parts that need no other setting; the desk gives its pages the last.
_READ_ELSEWHERE = frozenset({"CS_ASSETS_DEBUG", "CS_ASSETS_JUDGE_DATA", "CS_ASSETS_DESK_KEY"})

#: How alike a foreign name is to one of ours before it is taken for a slip of the pen.
_ALIKE = 0.82


def by_alias(environment: Mapping[str, str]) -> dict[str, str]:
    """Settings that stand in the environment under another name; ``UsageError`` if two disagree."""
    given = {name.upper(): value for name, value in environment.items() if value.strip()}
    found: dict[str, str] = {}
    for alias, (setting, meaning) in ALIASES.items():
        if alias not in given:
            continue
        value, own = meaning(given[alias]), given.get(setting.upper())
        if own is None:
            found[setting] = value
        elif own != value:
            raise UsageError(f"settings {setting.upper()} and {alias} disagree; set only one")
    return found


def unknown(environment: Collection[str], known: Collection[str]) -> dict[str, str | None]:
    """Variables that look like settings and are none, with the one that is probably meant."""
    names = sorted({name.upper() for name in known} | set(ALIASES) | _READ_ELSEWHERE)
    found: dict[str, str | None] = {}
    for name in sorted({name.upper() for name in environment} - set(names)):
        near = difflib.get_close_matches(name, names, n=1, cutoff=_ALIKE)
        if name.startswith("CS_ASSETS_") or (near and _same_head(name, near[0])):
            found[name] = near[0] if near else None
    return found


def _same_head(name: str, other: str) -> bool:
    return name.split("_")[0] == other.split("_")[0]
