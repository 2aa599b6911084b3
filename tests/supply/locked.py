"""What ``requirements.txt`` locks: each package with its version and hashes. Standard library only.

``make locked`` writes that file anew; it names no host, so that it holds behind any mirror.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).resolve().parents[2] / "requirements.txt"
_HEAD = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Locked:
    """One package."""

    name: str
    version: str
    hashes: tuple[str, ...]


class NotLocked(ValueError):
    """A line that is no package with its version and hashes."""


def canonical(name: str) -> str:
    """The one spelling of a project's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read(file: Path = FILE) -> list[Locked]:
    """Every package; raises ``NotLocked`` for one without version or hash, and for options."""
    return list(_entries(file.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()))


def _entries(lines: list[str]) -> Iterator[Locked]:
    for line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        head, hashes = _HEAD.match(line), tuple(_HASH.findall(line))
        if head is None or not hashes:
            raise NotLocked(f"not locked by version and hash: {line.strip()[:80]}")
        yield Locked(canonical(head[1]), head[2], hashes)
