"""The search service behind the interface of the local search."""

from pathlib import Path

import pandas as pd
import pytest

from cs_assets.search.case_studies import LocalCaseStudySearch
from resources.models.cortex import CortexClient
from resources.models.cortex_search import CortexCaseStudySearch, case_study_search
from resources.settings import Settings
from resources.snowflake.jwt import KeyPairToken
from tests.ai.fake_cortex import make_key
from tests.ai.loopback import Reply, as_json, serving
from tests.ai.test_search import study

STUDIES = pd.DataFrame([study(1, "Retail", "Mail helped."), study(2, "Software", "Mail again.")])


def search(url: str, folder: Path) -> CortexCaseStudySearch:
    token = KeyPairToken("org-acc", "svc", make_key(folder).read_bytes())
    return CortexCaseStudySearch(
        CortexClient(url, token), "CS.AI.CASES", LocalCaseStudySearch(STUDIES)
    )


def test_hits_keep_the_order_of_the_service(tmp_path: Path) -> None:
    rows = [
        {name.upper(): value for name, value in study(n, "Retail", "x").items()} for n in (2, 1)
    ]
    with serving(lambda _: as_json({"results": rows})) as server:
        hits = search(server.url, tmp_path).search("mail", {"industry_vertical": "Retail"}, 5)
    assert [hit.case_study_id for hit in hits] == ["cs-2", "cs-1"]
    assert hits[0].found_by == ("cortex",)
    assert server.requests[0].json["filter"] == {"@eq": {"INDUSTRY_VERTICAL": "Retail"}}


def test_lists_in_one_column_are_filtered_here(tmp_path: Path) -> None:
    rows = [
        {name.upper(): value for name, value in study(n, "Retail", "x", modules).items()}
        for n, modules in ((1, "Ads"), (2, "Ads;Email"), (3, "Events"))
    ]
    with serving(lambda _: as_json({"results": rows})) as server:
        filters = {"modules": ["email", "events"], "company_size": ["Enterprise", "Mid-Market"]}
        hits = search(server.url, tmp_path).search("mail", filters, 1)
    assert [hit.case_study_id for hit in hits] == ["cs-2"]
    body = server.requests[0].json
    assert body["limit"] == 5
    assert set(body["filter"]) == {"@or"}


@pytest.mark.parametrize("reply", [Reply(503), Reply(200, b"<html>"), Reply(fault="reset")])
def test_without_the_service_the_local_search_answers(tmp_path: Path, reply: Reply) -> None:
    with serving(lambda _: reply) as server:
        hits = search(server.url, tmp_path).search("mail helped")
    assert [hit.case_study_id for hit in hits] == ["cs-1", "cs-2"]
    assert "vector" in hits[0].found_by


def test_an_unknown_filter_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="title"):
        search("http://127.0.0.1:9", tmp_path).search("mail", {"title": "x"})


def test_the_embedded_default_searches_locally() -> None:
    assert isinstance(case_study_search(Settings(), STUDIES), LocalCaseStudySearch)
