"""Case studies and calls from Cortex Search services; where one does not answer, local search."""

import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from cs_assets.ai.configuration import load as load_configuration
from cs_assets.ai.requests import AskingFailed
from cs_assets.search.case_studies import (
    FILTERABLE,
    CaseStudyHit,
    CaseStudySearch,
    Filters,
    LocalCaseStudySearch,
    fits,
)
from resources.settings import Settings

if TYPE_CHECKING:
    from resources.models.cortex import CortexClient

_COLUMNS = ("case_study_id", "title", "company_name", "key_results", *FILTERABLE)
#: Columns that hold one value each, so that the service can filter by them. The
#: others hold lists in one text and are filtered here.
_EXACT = ("industry_vertical", "company_size")
_MOST_ROWS = 1000  # that a service gives at once
_SPARE = 5  # times as many are asked for when some will be filtered here

_log = logging.getLogger(__name__)


class CortexCaseStudySearch:
    """Asks the service; where it does not answer, the local search does."""

    def __init__(self, client: "CortexClient", service: str, fallback: CaseStudySearch) -> None:
        self._client = client
        self._service = service
        self._fallback = fallback

    def search(
        self, query: str, filters: Filters | None = None, limit: int = 5
    ) -> list[CaseStudyHit]:
        """As ``CaseStudySearch.search``; hits of the service say ``cortex`` in ``found_by``."""
        filters = filters or {}
        known = [name for name in filters if name not in FILTERABLE]
        if known:
            raise ValueError(f"'{known[0]}' is no filter: {', '.join(FILTERABLE)}")
        if limit < 1 or not query.strip():
            return []
        here = {name: wanted for name, wanted in filters.items() if name not in _EXACT}
        asked = min(_MOST_ROWS, limit * (_SPARE if here else 1))
        try:
            rows = self._client.search(
                self._service, query, [c.upper() for c in _COLUMNS], _filter(filters), asked
            )
        except AskingFailed as failure:
            _log.warning("case studies are searched locally: %s", failure)
            return self._fallback.search(query, filters, limit)
        lower = [{str(name).lower(): value for name, value in row.items()} for row in rows]
        fitting = [row for row in lower if row.get("case_study_id") and fits(row, here)]
        return [_hit(row, place) for place, row in enumerate(fitting[:limit], start=1)]


def _filter(filters: Filters) -> dict[str, Any] | None:
    """The filter object for the columns that the service filters."""
    parts: list[dict[str, Any]] = []
    for name in _EXACT:
        if name in filters:
            wanted = filters[name]
            values: Sequence[str] = [wanted] if isinstance(wanted, str) else wanted
            either = [{"@eq": {name.upper(): value}} for value in values]
            parts.append(either[0] if len(either) == 1 else {"@or": either})
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else {"@and": parts}


def _hit(row: dict[str, Any], place: int) -> CaseStudyHit:
    return CaseStudyHit(
        case_study_id=str(row["case_study_id"]),
        title=str(row.get("title") or ""),
        company_name=str(row.get("company_name") or ""),
        industry_vertical=str(row.get("industry_vertical") or ""),
        key_results=str(row.get("key_results") or ""),
        score=round(1 / place, 6),
        found_by=("cortex",),
    )


def case_study_search(settings: Settings, case_studies: pd.DataFrame) -> CaseStudySearch:
    """The search for these settings over the rows of ``source.case_studies``."""
    local = LocalCaseStudySearch(case_studies)
    if settings.cs_assets_warehouse != "snowflake" or settings.cortex_search_service is None:
        return local
    from resources.models.cortex import cortex_client  # the HTTP client is heavy

    timeout = load_configuration(settings.cs_assets_config_dir).timeout_seconds
    return CortexCaseStudySearch(
        cortex_client(settings, timeout), settings.cortex_search_service, local
    )


#: Attributes of ``CALL_SEARCH`` that a search may be bound to.
CALL_FILTERS = ("rep_user_id", "customer_id", "call_type", "deal_stage", "outcome")
_CALL_COLUMNS = (
    "CALL_ID", "CALL_DATE", "CHUNK_INDEX", "FIRST_SENTENCE", "LAST_SENTENCE", "CHUNK_TEXT",
)  # fmt: skip


def call_passages(
    settings: Settings,
    query: str,
    span: tuple[dt.date, dt.date],
    filters: Sequence[str | None],
    most: int,
) -> pd.DataFrame | None:
    """Passages of calls by the service, shaped as rows of ``calls/similar_to_text``, best first.

    ``filters``: one value or ``None`` for each of ``CALL_FILTERS``. ``similarity`` only ranks.
    ``None`` without a service, or when it does not answer: then the warehouse is asked.
    """
    service = settings.cortex_call_search_service
    if settings.cs_assets_warehouse != "snowflake" or service is None:
        return None
    from resources.models.cortex import cortex_client  # the HTTP client is heavy

    timeout = load_configuration(settings.cs_assets_config_dir).timeout_seconds
    wanted = [
        {"@gte": {"CALL_DATE": span[0].isoformat()}},
        {"@lte": {"CALL_DATE": span[1].isoformat()}},
        *(
            {"@eq": {name.upper(): value}}
            for name, value in zip(CALL_FILTERS, filters, strict=True)
            if value is not None
        ),
    ]
    try:
        # Its index holds words, so the service's own role alone may ask it.
        rows = cortex_client(settings, timeout, settings.snowflake_role).search(
            service, query, _CALL_COLUMNS, {"@and": wanted}, min(most, _MOST_ROWS)
        )
        return _passages(rows)
    except (AskingFailed, KeyError, ValueError, TypeError) as failure:
        _log.warning("calls are searched in the warehouse: %s", failure)
        return None


def _passages(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    found = [
        {
            "call_id": str(row["CALL_ID"]),
            "call_date": dt.date.fromisoformat(str(row["CALL_DATE"])[:10]),
            "chunk_index": int(row["CHUNK_INDEX"]),
            "first_sentence": int(row["FIRST_SENTENCE"]),
            "last_sentence": int(row["LAST_SENTENCE"]),
            "chunk_text": str(row["CHUNK_TEXT"]),
            "similarity": 1 / place,
        }
        for place, row in enumerate(rows, start=1)
    ]
    columns = [*(name.lower() for name in _CALL_COLUMNS), "similarity"]
    return pd.DataFrame(found, columns=columns)
