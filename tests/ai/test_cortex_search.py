"""The search service behind the interface of the local search."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from pydantic import SecretStr

from cs_assets.search.case_studies import LocalCaseStudySearch
from resources.models.cortex import CortexClient
from resources.models.cortex_search import CortexCaseStudySearch, call_passages, case_study_search
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


SPAN = (dt.date(2026, 10, 1), dt.date(2026, 11, 10))
PASSAGE = {
    "CALL_ID": "call-7", "CALL_DATE": "2026-11-02", "CHUNK_INDEX": 3, "FIRST_SENTENCE": "20",
    "LAST_SENTENCE": "27", "CHUNK_TEXT": "The price is too high.",
}  # fmt: skip


def on_snowflake(url: str, folder: Path) -> Settings:
    return Settings(
        cs_assets_warehouse="snowflake",
        cortex_call_search_service="CS.ANALYTICS.CALL_SEARCH",
        cortex_base_url=url,
        snowflake_account="org-acc",
        snowflake_user="svc",
        snowflake_private_key=SecretStr(make_key(folder).read_text()),
    )


def test_calls_are_searched_within_their_filters(tmp_path: Path) -> None:
    with serving(lambda _: as_json({"results": [PASSAGE]})) as server:
        settings = on_snowflake(server.url, tmp_path)
        rows = call_passages(settings, "too dear", SPAN, [None, "C1", None, None, "won"], 5000)
    assert rows is not None
    assert rows[["call_id", "first_sentence"]].values.tolist() == [["call-7", 20]]
    body = server.requests[0].json
    assert body["limit"] == 1000
    assert body["filter"] == {"@and": [
        {"@gte": {"CALL_DATE": "2026-10-01"}}, {"@lte": {"CALL_DATE": "2026-11-10"}},
        {"@eq": {"CUSTOMER_ID": "C1"}}, {"@eq": {"OUTCOME": "won"}},
    ]}  # fmt: skip


@pytest.mark.parametrize("reply", [
    Reply(503), Reply(200, b"<html>"), Reply(fault="reset"), as_json({"results": [{"CALL_ID": 1}]}),
    as_json({"results": [{**PASSAGE, "CALL_DATE": "soon"}]}),
])  # fmt: skip
def test_calls_are_searched_in_the_warehouse_without_the_service(tmp_path, reply) -> None:
    with serving(lambda _: reply) as server:
        settings = on_snowflake(server.url, tmp_path)
        assert call_passages(settings, "too dear", SPAN, [None] * 5, 10) is None


def test_the_embedded_default_asks_no_service_for_calls() -> None:
    settings = Settings(cortex_call_search_service="CS.ANALYTICS.CALL_SEARCH")
    assert call_passages(settings, "too dear", SPAN, [None] * 5, 10) is None
