"""What providers say: secrets, tokens and people out, the rest short and on one line."""

import pytest

from cs_assets.errors import CsAssetsError
from cs_assets.redaction import redacted, remember_secret


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("invalid token eyJhbGciOiJIUzI1NiJ9.eyJzdWIi.abc", "invalid token [redacted]"),
        ("the token abc123456789 is wrong", "the token [redacted] is wrong"),
        ("{'access_token': 'zzTOP', 'x': 1}", "{'access_token': '[redacted]', 'x': 1}"),
        ("password=hunter2&x=1", "password=[redacted]&x=1"),
        ("Authorization: Bearer abc.def", "Authorization: [redacted]"),
        ("key 9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c no", "key [redacted] no"),
        ("user ada@customers.example unknown", "user [address] unknown"),
        ("two\r\nlines \x1b[31m\u202ered", "two lines [31mred"),
    ],
)
def test_secrets_and_people_are_taken_out(said: str, kept: str) -> None:
    assert redacted(said) == kept


@pytest.mark.parametrize(
    "said",
    [
        "request 4al018gzaztcr8nbukw failed",
        "query 01b2c3d4-0000-1111-2222-333344445555 failed",
        "the table analytics.weekly_report_pdfs does not exist or is not authorised",
        "too many requests, limit 10000 a day",
    ],
)
def test_what_support_asks_for_stays(said: str) -> None:
    assert redacted(said) == said


def test_a_flood_is_cut_and_errors_carry_no_secret_of_the_installation() -> None:
    assert len(redacted("x " * 1_000_000, 200)) == 200
    remember_secret("a secret of this test")
    assert CsAssetsError("it said 'a secret of this test'").told() == "it said '[redacted]'"
