"""What is taken out of a text before it leaves, and put back afterwards."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_assets.ai.screening.redaction import Redactor, passes_iban, passes_luhn


@pytest.mark.parametrize(
    ("text", "secret", "kind"),
    [
        ("mail me at jo.b+x@acme-corp.co.uk today", "jo.b+x@acme-corp.co.uk", "EMAIL"),
        ("call +1 (415) 555-0132 now", "+1 (415) 555-0132", "PHONE"),
        ("call 020 7946 0958 now", "020 7946 0958", "PHONE"),
        ("card 4111 1111 1111 1111 please", "4111 1111 1111 1111", "CARD"),
        ("card 378282246310005 please", "378282246310005", "CARD"),
        ("to DE89 3704 0044 0532 0130 00 please", "DE89 3704 0044 0532 0130 00", "IBAN"),
        ("from GB82WEST12345698765432 today", "GB82WEST12345698765432", "IBAN"),
        ("host 192.168.10.254 is down", "192.168.10.254", "IP"),
        ("host 2001:db8::8a2e:370:7334 is down", "2001:db8::8a2e:370:7334", "IP"),
        ("contract 900100200300400500600 ends", "900100200300400500600", "NUMBER"),
    ],
)
def test_each_kind_is_found_and_restored(text: str, secret: str, kind: str) -> None:
    redactor = Redactor()
    hidden = redactor.redact(text)
    assert secret not in hidden
    assert redactor.kinds_in(hidden) == {kind}
    assert not any(character.isdigit() for character in hidden)
    assert redactor.restore(hidden) == text


@pytest.mark.parametrize(
    "text",
    [
        "we had 1,234 conversions in 2026",
        "the meeting is on 2026-11-09 at 10:30",
        "revenue was $98,700.50, up 12.5%",
        "version 3.11.4 is out",
        "between 10 and 20 seats",
    ],
)
def test_business_figures_stay(text: str) -> None:
    assert Redactor().redact(text) == text


def test_participants_are_one_placeholder_each_by_any_part_of_their_name() -> None:
    redactor = Redactor(["Avery Stone", "Will Grant"])
    hidden = redactor.redact("Avery spoke. MS. STONE agreed. Avery Stone will ask Will.")
    assert hidden == "[PERSON_A] spoke. MS. [PERSON_A] agreed. [PERSON_A] will ask [PERSON_B]."


def test_names_inside_words_stay() -> None:
    assert Redactor(["Ann Lee"]).redact("The annual fleet") == "The annual fleet"


def test_a_forged_placeholder_restores_to_nobody() -> None:
    redactor = Redactor(["Avery Stone"])
    assert redactor.redact("[PERSON_A] said Avery") == "(PERSON A) said [PERSON_A]"


def test_the_map_is_apart_from_the_text() -> None:
    redactor = Redactor(["Avery Stone"])
    redactor.redact("Avery Stone")
    assert redactor.map == {"[PERSON_A]": "Avery Stone"}
    assert "Avery" not in repr(redactor)


def test_more_than_twenty_six_of_a_kind() -> None:
    redactor = Redactor()
    hidden = redactor.redact(" ".join(f"u{n}@x.example" for n in range(30)))
    assert "[EMAIL_AD]" in hidden


def test_check_digits() -> None:
    assert passes_luhn("4111-1111-1111-1111")
    assert not passes_luhn("4111-1111-1111-1112")
    assert passes_iban("GB82 WEST 1234 5698 7654 32")
    assert not passes_iban("GB83 WEST 1234 5698 7654 32")


@given(st.text(max_size=200))
def test_restoring_gives_back_any_text_without_placeholders(text: str) -> None:
    redactor = Redactor(["Avery Stone"])
    hidden = redactor.redact(text)
    if "[" not in text and "stone" not in text.casefold() and "avery" not in text.casefold():
        assert redactor.restore(hidden) == text


@given(st.lists(st.text(max_size=40), max_size=4), st.text(max_size=80))
def test_no_name_however_strange_breaks_it(people: list[str], text: str) -> None:
    Redactor(people).redact(" ".join([*people, text, *people]).upper())
