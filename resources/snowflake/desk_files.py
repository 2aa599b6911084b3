"""The files of the desk as it runs inside Snowflake: our packages, what they need, and a start."""

import importlib.resources
import json
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from resources.settings import Settings

_PACKAGES = ("cs_assets", "resources", "sql")
#: What pages and the rooms below them import; Dagster is not among it.
_NEEDED = (
    "anyascii", "bm25s", "css-inline", "google-re2", "httpx", "jinja2", "matplotlib", "numpy",
    "orjson", "pandas", "py3langid", "pyarrow", "pydantic", "pypdfium2", "python-pptx", "pyyaml",
    "reportlab", "rl_accel", "scipy", "snowballstemmer", "snowflake-connector-python", "streamlit",
    "threadpoolctl", "typer",
)  # fmt: skip
#: Settings that are no secret and mean the same inside Snowflake.
_SETTINGS = ("desk_operations", "desk_url", "snowflake_database", "snowflake_schemas")

_START = '''"""Begins the desk inside Snowflake: unpacks what lies beside it, once; opens a page."""

import hashlib
import os
import sys
import tempfile
import zipfile
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_SETTINGS = {settings}


def _unpacked() -> str:
    packed = _HERE / "cs_assets.zip"
    name = hashlib.sha256(packed.read_bytes()).hexdigest()[:16]
    place = Path(tempfile.gettempdir()) / f"cs-assets-{{name}}"
    if not place.exists():
        making = Path(tempfile.mkdtemp())
        with zipfile.ZipFile(packed) as files:
            files.extractall(making)
        try:
            making.rename(place)
        except OSError:  # another session was quicker
            pass
    return str(place)


if not any("cs-assets-" in one for one in sys.path):
    for _name, _value in _SETTINGS.items():
        os.environ.setdefault(_name, _value)
    sys.path.insert(0, _unpacked())

from cs_assets.desk.app import main  # noqa: E402

main()
'''


def write(folder: Path, settings: Settings) -> None:
    """Write them into ``folder``."""
    given = {name: getattr(settings, name) for name in _SETTINGS}
    told: dict[str, Any] = {name.upper(): str(value) for name, value in given.items() if value}
    told["CS_ASSETS_WAREHOUSE"] = "snowflake"
    (folder / "desk.py").write_text(_START.format(settings=json.dumps(told, sort_keys=True)))
    pins = "".join(f"{name}=={version(name)}\n" for name in _NEEDED)
    (folder / "requirements.txt").write_text(pins)
    with zipfile.ZipFile(folder / "cs_assets.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for package in _PACKAGES:
            root = Path(str(importlib.resources.files(package)))
            for path in sorted(root.rglob("*")):
                if path.is_file() and "__pycache__" not in path.parts:
                    packed.write(path, Path(package) / path.relative_to(root))
