"""The gate of known vulnerabilities: every locked package is asked for at an advisory service.

``python -m tests.supply.audit`` asks OSV (``ADVISORIES_URL`` names another with its
``querybatch``). It fails closed: without a whole, understood answer nothing passes. What is taken
for a while stands in ``accepted.txt``: id, last day, reason. Standard library only.
"""

import datetime as dt
import http.client
import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.supply.locked import Locked, read

_OSV = "https://api.osv.dev"
_ACCEPTED = Path(__file__).with_name("accepted.txt")
#: Packages of one request, seconds of one answer, and its longest length.
_AT_ONCE, _SECONDS, _LONGEST = 500, 30, 20_000_000


class NoAnswer(Exception):
    """The service was away, or what it said was not what was asked."""


def vulnerable(packages: Sequence[Locked], url: str) -> dict[str, list[str]]:
    """By package the ids of its advisories; raises ``NoAnswer``."""
    found: dict[str, list[str]] = {}
    for start in range(0, len(packages), _AT_ONCE):
        part = packages[start : start + _AT_ONCE]
        results = _asked(part, url)
        for package, result in zip(part, results, strict=True):
            if ids := _ids(package, result):
                found[f"{package.name} {package.version}"] = ids
    return found


def _asked(packages: Sequence[Locked], url: str) -> list[Any]:
    queries = [
        {"package": {"name": one.name, "ecosystem": "PyPI"}, "version": one.version}
        for one in packages
    ]
    request = urllib.request.Request(
        f"{url.rstrip('/')}/v1/querybatch",
        json.dumps({"queries": queries}).encode(),
        {"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
            if answer.status != 200:
                raise NoAnswer(f"status {answer.status}")
            body = answer.read(_LONGEST + 1)
        results = json.loads(body)["results"]
    except (OSError, ValueError, KeyError, TypeError, http.client.HTTPException) as error:
        raise NoAnswer(f"{type(error).__name__}: {error}") from None
    if not isinstance(results, list) or len(results) != len(packages):
        raise NoAnswer(f"{len(packages)} packages were asked for, and not so many answered")
    return results


def _ids(package: Locked, result: Any) -> list[str]:
    if not isinstance(result, dict) or result.get("next_page_token"):
        raise NoAnswer(f"the answer for {package.name} is not whole")
    advisories = result.get("vulns", [])
    if not isinstance(advisories, list):
        raise NoAnswer(f"the answer for {package.name} is not whole")
    try:
        return sorted(str(one["id"]) for one in advisories)
    except (KeyError, TypeError):
        raise NoAnswer(f"an advisory for {package.name} has no id") from None


def accepted(today: dt.date, file: Path = _ACCEPTED) -> set[str]:
    """Ids that are accepted today."""
    found = set()
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            name, last, reason = line.split(maxsplit=2)
            if dt.date.fromisoformat(last) >= today and reason:
                found.add(name)
    return found


def main(url: str, file: Path | None = None) -> int:
    """0: clean. 1: something is vulnerable. 2: it could not be found out."""
    packages = read(file) if file else read()
    try:
        found = vulnerable(packages, url)
    except NoAnswer as error:
        sys.stderr.write(f"audit: no whole answer, so nothing passes: {error}\n")
        return 2
    waived = accepted(dt.datetime.now(dt.UTC).date())
    open_still = {
        name: left for name, ids in found.items() if (left := [i for i in ids if i not in waived])
    }
    for name, ids in open_still.items():
        sys.stderr.write(f"audit: {name}: {', '.join(ids)}\n")
    sys.stdout.write(f"audit: {len(packages)} packages, {len(open_still)} vulnerable\n")
    return 1 if open_still else 0


if __name__ == "__main__":
    sys.exit(main(os.environ.get("ADVISORIES_URL", _OSV)))
