"""What a person wrote for the sample tenant: the files under ``text``."""

import csv
import io
from importlib.resources import files
from typing import Any

import yaml

_FOLDER = files("cs_assets.sample").joinpath("text")


def table(name: str) -> list[dict[str, str]]:
    """The lines of ``text/<name>.csv`` by column."""
    text = _FOLDER.joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def document(name: str) -> Any:
    """What ``text/<name>.yaml`` holds."""
    text = _FOLDER.joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    # The C loader reads the dialogue files ten times as fast; it is as safe.
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


Rows = list[dict[str, Any]]

_LISTS = ("modules", "use_cases", "channels_used")


def case_studies() -> Rows:
    rows: Rows = []
    for study in document("case_studies"):
        lists = {name: ";".join(study[name]) for name in _LISTS}
        results = "\n".join(study["key_results"])
        rows.append(study | lists | {"key_results": results, "content": study["content"].strip()})
    return rows
