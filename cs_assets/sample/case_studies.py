"""The seven published case studies, kept as text in ``text/case_studies.yaml``."""

from typing import Any

from cs_assets.sample.handwritten import document

Rows = list[dict[str, Any]]

_LISTS = ("modules", "use_cases", "channels_used")


def case_studies() -> Rows:
    rows: Rows = []
    for study in document("case_studies"):
        lists = {name: ";".join(study[name]) for name in _LISTS}
        results = "\n".join(study["key_results"])
        rows.append(study | lists | {"key_results": results, "content": study["content"].strip()})
    return rows
