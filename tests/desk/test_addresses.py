"""Links of mail, digests and Slack to the desk: what is shown, and no token."""

from types import SimpleNamespace

import pandas as pd
import pytest

from cs_assets import desk_addresses as at
from cs_assets.coaching import policy as coaching
from cs_assets.coaching.assets import _at_desk
from cs_assets.coaching.digest.slack_blocks import Foot, Part, message
from cs_assets.coaching.digest.view import safe_url
from cs_assets.coaching.planning.moments import at_second
from cs_assets.errors import UsageError
from cs_assets.reviews.books.making import _linker

BASE = "https://desk.example.com"


def test_addresses_name_what_is_shown():
    assert at.customer(f"{BASE}/", "CUST 1&x") == f"{BASE}/customer?id=CUST+1%26x"
    assert at.call(BASE, "77") == f"{BASE}/calls?call=77"
    assert at.call(BASE, "77", 61) == f"{BASE}/calls?call=77&at=61"
    assert at.coaching(BASE, "5") == f"{BASE}/coaching?rep=5"


@pytest.mark.parametrize(
    "wrong",
    ["desk.example.com", "http://desk.example.com", "https://", "https://x.example/path",
     "https://user@x.example", "https://x.example/?token=1", "https://[x", "javascript:alert(1)"],
)  # fmt: skip
def test_what_is_no_origin_is_refused(wrong):
    with pytest.raises(UsageError, match="DESK_URL"):
        at.customer(wrong, "CUST_1")


@pytest.mark.parametrize("base", [BASE, "http://127.0.0.1:8501"])
def test_calls_of_a_digest_open_at_the_desk_at_the_second(base):
    rules = coaching.load(None, base)
    assert rules.dispute_url == f"{base}/coaching"
    calls = pd.DataFrame({"call_id": ["77"], "url": ["https://app.gong.io/call?id=77"]})
    url = _at_desk(calls, rules)["url"].iloc[0]
    there = at_second(url, 64_000, 70_000)
    assert there.startswith(f"{base}/calls?call=77&at=")
    assert 0 < int(there.rpartition("=")[2]) <= 64
    assert safe_url(there) == there
    assert _at_desk(calls, coaching.load())["url"].iloc[0] == calls["url"].iloc[0]


def test_a_post_ends_with_the_desk():
    last = message("Team", [Part("", ("line",))], "Team", Foot(link=at.coaching(BASE)))["blocks"][
        -1
    ]
    assert last["elements"][0]["text"] == f"<{BASE}/coaching|Open at the desk>"
    assert "desk" not in str(message("Team", [Part("", ("line",))], "Team"))


def test_a_book_links_to_the_desk_before_the_pages_of_reviews():
    account = SimpleNamespace(customer_id="CUST_1", page_path="week/c 1.html")
    pages = "https://pages.example"
    assert _linker(pages, BASE)(account) == f"{BASE}/customer?id=CUST_1"
    assert _linker(pages, None)(account) == f"{pages}/week/c%201.html"
    assert _linker(None, None)(account) == ""
