"""What the platform is made of: a bill of materials (CycloneDX 1.6) with licences.

``python -m tests.supply.bill`` prints it. Licences are those that installed packages declare.
"""

import json
import re
import sys
from collections.abc import Iterable
from importlib import metadata
from typing import Any

from tests.supply.locked import Locked, read

#: What may be in a product under MIT: licences that ask for no more than notices, and weak ones.
_FINE = re.compile(
    r"(?i)\b(mit|mit-cmu|bsd|apache|isc|psf|python software foundation|mpl|mozilla|zlib|hpnd|"
    r"unlicense|lgpl|lesser general public|0bsd|cnri-python|cc0|public domain|blueoak)\b"
)
#: Of the extra `kubernetes`, which tests do not install: as their own files say.
_KNOWN = {
    "aiohappyeyeballs": "PSF-2.0", "aiohttp": "Apache-2.0 AND MIT", "aiosignal": "Apache-2.0",
    "dagster-k8s": "Apache-2.0", "durationpy": "MIT", "frozenlist": "Apache-2.0",
    "google-auth": "Apache-2.0", "kubernetes": "Apache-2.0", "oauthlib": "BSD-3-Clause",
    "psutil": "BSD-3-Clause", "pyasn1": "BSD-2-Clause", "pyasn1-modules": "BSD-2-Clause",
    "requests-oauthlib": "ISC", "websocket-client": "Apache-2.0",
}  # fmt: skip
#: Installed on other systems only.
_ELSEWHERE = frozenset({"colorama", "pywin32", "pyreadline3", "tzdata", "httpx2-jsfetch", "tomli"})


def licence(name: str) -> str | None:
    """What an installed package says; None where it is not installed."""
    if name in _KNOWN:
        return _KNOWN[name]
    try:
        found = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    said = found.get("License-Expression") or ""
    classes = [c for c in found.get_all("Classifier") or () if c.startswith("License ::")]
    said = said or ", ".join(c.rsplit(" :: ", 1)[1] for c in classes)
    return said or " ".join((found.get("License") or "unknown").split())[:80]


def bill(packages: Iterable[Locked]) -> dict[str, Any]:
    """The document."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application", "name": "cs-assets",
                "version": metadata.version("cs-assets"),
                "licenses": [{"license": {"id": "MIT"}}],
            }
        },
        "components": [_component(one) for one in packages],
    }  # fmt: skip


def _component(one: Locked) -> dict[str, Any]:
    purl = f"pkg:pypi/{one.name}@{one.version}"
    said = licence(one.name)
    return {
        "type": "library", "bom-ref": purl, "name": one.name, "version": one.version, "purl": purl,
        "hashes": [{"alg": "SHA-256", "content": content} for content in one.hashes],
        **({"licenses": [{"license": {"name": said}}]} if said else {}),
    }  # fmt: skip


def refused(packages: Iterable[Locked]) -> dict[str, str]:
    """Packages whose licence is unknown, or asks for more than this project's gives."""
    return {
        one.name: said
        for one in packages
        if (said := licence(one.name)) is not None and not _FINE.search(said)
    }


def not_installed(packages: Iterable[Locked]) -> set[str]:
    """Packages of which nothing is known here, although they belong to this system."""
    return {one.name for one in packages if licence(one.name) is None} - _ELSEWHERE


if __name__ == "__main__":
    sys.stdout.write(json.dumps(bill(read()), indent=1) + "\n")
