"""Names: one form to compare, one way to show, nothing changed where they are kept."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_assets.names import alike, called, compared, shown, shown_lines, writings
from tests.faults import odd_names

_TEXT = st.text(max_size=60)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme  Ltd", "Acme Ltd"),
        ("Acme\u00a0Ltd", "acme ltd"),
        ("Cafe\u0301", "Café"),
        ("ﬁnance", "finance"),
        ("soft\u00adhyphen", "softhyphen"),
        ("\u202eAcme\u202c", "Acme"),
        ("می\u200cخواهم", "میخواهم"),
        ("Ｆｕｌｌ　Ｗｉｄｔｈ", "full width"),
        ("STRASSE", "straße"),
        ("tab\tbed", "tab bed"),
        ("\x1bAcme", "Acme"),
        ("", "\u200b \u2060"),
    ],
)
def test_writings_of_one_name_are_alike(one: str, other: str) -> None:
    assert alike(one, other)
    assert compared(one) == compared(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Acme", "Acme 2"), ("Acme", "Асme"), ("Ö", "O"), ("A B", "AB"), ("", "x")],
)
def test_different_names_are_not_alike(one: str, other: str) -> None:
    assert not alike(one, other)


@settings(max_examples=200)
@given(_TEXT)
def test_shown_takes_the_listed_marks_away_and_nothing_else(name: str) -> None:
    seen = shown(name)
    assert "".join(seen.split()) == odd_names.printed(name)
    assert shown(seen) == seen
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in seen)
    assert alike(seen, name) or "\ufffd" in seen


@settings(max_examples=100)
@given(_TEXT)
def test_a_compared_form_is_its_own(name: str) -> None:
    assert compared(compared(name)) == compared(name)


def test_joiners_stay_and_sequences_for_terminals_lose_their_teeth() -> None:
    family = "👩\u200d👩\u200d👧"
    assert shown(family) == family
    assert shown("ශ්\u200dරී") == "ශ්\u200dරී"
    assert shown("\x1b[31mRed\x1b]0;t\x07\x9b1m") == "[31mRed]0;t1m"
    assert shown_lines("one\r\ntwo\tthree\x07") == "one\ntwo\tthree"


def test_a_name_of_which_nothing_is_seen_is_called_by_its_id() -> None:
    assert called("\u200b\u202e ", "CUST_1") == "CUST_1"
    assert called(None, "CUST_1") == "CUST_1"
    assert called(" Acme", "CUST_1") == " Acme"


def test_a_text_may_hold_a_name_in_other_forms() -> None:
    forms = writings("Ame\u0301lie\u200d Noe\u0308l")
    assert {"Amélie Noël", "Ame\u0301lie Noe\u0308l"} <= forms
    assert writings("Ada Byron") == {"Ada Byron"}
