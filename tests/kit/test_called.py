"""Who is meant by a name as people type it."""

import pytest

from cs_assets.called import the_one
from cs_assets.errors import UsageError

KNOWN = {
    "CUST_1": "Clinique des Trois Lacs", "CUST_2": "Δήμος Αλκυόνης", "CUST_3": "Adler Maschinenbau",
    "CUST_4": "Adler Foods", "CUST_5": "Adler",
}  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("CUST_1", "CUST_1"), ("cust_1", "CUST_1"), ("clinique des trois lacs", "CUST_1"),
        ("trois", "CUST_1"), ("Δημος Αλκυονης", "CUST_2"), ("MASCHINENBAU", "CUST_3"),
        ("adler", "CUST_5"),
    ],
)  # fmt: skip
def test_an_id_a_whole_name_and_a_part_of_one_are_known(asked, meant):
    assert the_one(KNOWN, asked, "customer") == meant


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("Adler Machinenbau", r"no customer is called .*; near: Adler Maschinenbau \(CUST_3\)"),
        ("zzz", r"no customer is called 'zzz'; there are: Clinique"),
        ("", r"no customer is called ''"),
    ],
)
def test_who_is_near_is_told(asked, said):
    with pytest.raises(UsageError, match=said):
        the_one(KNOWN, asked, "customer")


def test_several_of_a_part_are_named_with_their_ids():
    known = {name: KNOWN[name] for name in ("CUST_3", "CUST_4")}
    with pytest.raises(UsageError, match=r"several customers are called 'adler': .*CUST_3.*CUST_4"):
        the_one(known, "adler", "customer")
