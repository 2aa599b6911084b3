"""The words of the sources in one form: segments, levels, health, stages, regions, languages.

People and systems write one thing in many ways ("north america", "en-US", "SMB"). Rules
compare words, so every word is brought to its one form where rows come in; what is no
word of the vocabulary at all stays apart, so that it can be named.
"""

import re
import unicodedata
import zoneinfo
from collections.abc import Mapping
from functools import cache
from typing import Any

from cs_assets.routing.rows import known

#: What stands in a cell where nothing is known.
_BLANK = {
    "", "null", r"\n", "none", "nil", "nan", "nat", "n/a", "#n/a", "undefined", "unknown", "-",
    "--", "?", ".", "(blank)", "(null)", "<null>", "tbd",
}  # fmt: skip

#: By column, each word in its one form with other ways to write it.
WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "segment": {
        "Enterprise": ("ENT",),
        "Mid-Market": ("MM", "Midsize"),
        "Small Business": ("SMB", "SB", "Small and Medium Business"),
        "Residential": (),
    },
    "account_level": {"Corporate": (), "Individual": (), "Unknown": ()},
    "health_segment": {"Red": (), "Yellow": ("Amber",), "Green": ()},
    "lifecycle_stage": {"onboarding": (), "steady": (), "renewal": ()},
    "coverage": {"pooled": ("pool",), "tech_touch": ("digital", "digital touch")},
}

#: ISO 639-1 codes, each with its ISO 639-2 codes and its names where those are often met.
_LANGUAGES = """
ar ara arabic; bg bul bulgarian; bn ben bengali; ca cat catalan; cs ces cze czech; cy cym wel welsh;
da dan danish; de deu ger german deutsch; el ell gre greek; en eng english; es spa spanish espanol
castilian; et est estonian; eu eus baq basque; fa fas per persian farsi; fi fin finnish; fr fra fre
french francais; ga gle irish; gl glg galician; gu guj gujarati; he heb hebrew; hi hin hindi; hr hrv
croatian; hu hun hungarian; hy hye arm armenian; id ind indonesian; is isl ice icelandic; it ita
italian italiano; ja jpn japanese; ka kat geo georgian; kk kaz kazakh; km khm khmer; kn kan kannada;
ko kor korean; lo lao; lt lit lithuanian; lv lav latvian; mk mkd mac macedonian; ml mal malayalam;
mn mon mongolian; mr mar marathi; ms msa may malay; mt mlt maltese; my mya bur burmese; nb nob
bokmal; ne nep nepali; nl nld dut dutch flemish; no nor norwegian; pa pan punjabi; pl pol polish;
pt por portuguese portugues; ro ron rum romanian moldovan; ru rus russian; si sin sinhala; sk slk
slo slovak; sl slv slovenian slovene; sq sqi alb albanian; sr srp serbian; sv swe swedish; sw swa
swahili; ta tam tamil; te tel telugu; th tha thai; tl tgl tagalog fil filipino; tr tur turkish; uk
ukr ukrainian; ur urd urdu; uz uzb uzbek; vi vie vietnamese; zh zho chi chinese mandarin cmn yue
cantonese
"""
#: The rest of ISO 639-1.
_RARE = """
aa ab ae af ak am an as av ay az ba be bh bi bm bo br bs ce ch co cr cu cv dv dz ee eo ff fj fo
fy gd gn gv ha ho ht hz ia ie ig ii ik io iu jv kg ki kj kl kr ks ku kv kw la lb lg li ln lu mg mh
mi na nd ng nn nr nv ny oc oj om or os pi ps qu rm rn rw sa sc sd se sg sm sn so ss st su tg ti tk
tn to ts tt tw ty ug ve vo wa wo xh yi yo za zu
"""
#: Codes that were, and what they are now.
_FORMER = {"iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "nn": "no", "nb": "no"}

_HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
_LETTERS = re.compile(r"[^\W\d_]+")
_JOINING = ("of", "de", "la", "do", "da", "di", "du")
_SEPARATORS = re.compile(r"[;,|/\n]")


def text(value: Any) -> str | None:
    """The cell's text on one line, or None where it says nothing."""
    if not known(value):
        return None
    plain = unicodedata.normalize("NFKC", str(value))
    plain = " ".join("".join(c for c in plain if unicodedata.category(c) != "Cf").split())
    return None if plain.casefold() in _BLANK else plain


def word(column: str, value: Any) -> tuple[str | None, bool]:
    """The word of ``WORDS[column]`` in its one form, and whether it is one of them.

    (None, True) for an empty cell, (None, False) for a word that is none of them.
    """
    plain = text(value)
    if plain is None:
        return None, True
    found = _forms(column).get(_key(plain))
    return found, found is not None


def language(value: Any) -> tuple[str | None, bool]:
    """The ISO 639-1 code of a BCP 47 tag, a code or a name ("en-US", "eng", "English").

    Region and script of a tag do not count: who speaks en speaks en-US.
    """
    plain = text(value)
    if plain is None:
        return None, True
    first = re.split(r"[-_ (]", plain.casefold())[0]
    codes = _codes()
    found = codes.get(_key(plain)) or codes.get(_key(first))
    return found, found is not None


def region(value: Any, names: Mapping[str, tuple[str, ...]]) -> tuple[str | None, bool]:
    """The region in its one form, and whether it is among the ``names`` of the policy.

    A region of the firm's own is no mistake by itself: it keeps its words, in one form.
    """
    plain = text(value)
    if plain is None:
        return None, True
    for canonical, others in names.items():
        if _key(plain) in {_key(canonical), *map(_key, others)}:
            return canonical, True
    return _LETTERS.sub(_capital, plain.casefold()), False


def _capital(part: re.Match[str]) -> str:
    """A word of a region's name; two letters are initials (UK, D-A-CH), unless they join words."""
    said = part.group()
    if said in _JOINING:
        return said
    return said.upper() if len(said) <= 2 else said.capitalize()


def time_zone(value: Any) -> tuple[str | None, bool]:
    """The time zone by its IANA name, letter case aside, and whether there is one of that name."""
    plain = text(value)
    if plain is None:
        return None, True
    found = _zones().get(plain.replace(" ", "_").casefold())
    return found, found is not None


def hours(said: str) -> tuple[int, int] | None:
    """Begin and end of a day's work in minutes since midnight; past midnight it is above 1440."""
    found = _HOURS.fullmatch(said.strip())
    if not found:
        return None
    begin_hour, begin_minute, end_hour, end_minute = map(int, found.groups())
    begin, end = 60 * begin_hour + begin_minute, 60 * end_hour + end_minute
    if max(begin_minute, end_minute) > 59 or begin >= 24 * 60 or end > 24 * 60 or begin == end:
        return None
    return begin, end if end > begin else end + 24 * 60


def parts(value: Any) -> list[str]:
    """The entries of a list in one cell: separated by semicolons, commas, bars or slashes."""
    if not known(value):
        return []
    return [part for part in _SEPARATORS.split(str(value)) if text(part) is not None]


@cache
def _forms(column: str) -> Mapping[str, str]:
    return {
        _key(form): canonical
        for canonical, others in WORDS[column].items()
        for form in (canonical, *others)
    }


@cache
def _zones() -> Mapping[str, str]:
    return {name.casefold(): name for name in zoneinfo.available_timezones()}


@cache
def _codes() -> Mapping[str, str]:
    found = {code: code for code in _RARE.split()}
    for line in _LANGUAGES.replace("\n", " ").split(";"):
        code, *others = line.split()
        found |= dict.fromkeys((code, *others), code)
    return found | _FORMER


def _key(plain: str) -> str:
    """Letters and digits only, without case and accents."""
    bare = unicodedata.normalize("NFKD", plain.casefold())
    return "".join(c for c in bare if c.isalnum())
