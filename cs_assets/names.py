"""Names and other words from outside: kept as they came, compared in one form, shown safely.

Three rules for the names of customers, people, modules, campaigns and whatever else others write:

- what is stored is what came;
- two names are the same when their ``compared`` forms are (NFKC_Casefold of the Unicode standard,
  with white space folded), so that no writing of a name can pass for another customer;
- what is shown is the name without the marks below, and nothing else is changed: joiners, which
  change words in Persian and Sinhala and join emoji, combining accents and odd blanks stay.

Marks that are not shown, because they could move, hide or restyle what stands around a name:

- control characters (C0, DEL, C1), and with them the escape sequences of terminals; those that
  break a line or set a tab, and U+2028 and U+2029, are shown as a blank;
- direction marks: U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+206F;
- halves of surrogate pairs and noncharacters, which no file may hold: shown as U+FFFD.

A mail's headers lose besides what cannot be seen and changes nothing (``without_unseen``).
"""

import re
import unicodedata

#: Zero width joiner and non-joiner.
JOINERS = frozenset("\u200c\u200d")

_BREAKS = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
_MARKS = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f]"
)
#: JSON escapes the C0 controls by itself.
_MARKS_IN_JSON = re.compile(
    "[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_NO_CHARACTERS = re.compile(
    "[\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(17))
    + "]"
)

#: Default_Ignorable_Code_Point: characters without a shape of their own.
_IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
#: Of them those that change no word, no emoji and no letter beside them: soft hyphen, zero width
#: space, word joiner, byte order mark, annotations, tags that stand alone, unassigned ones.
_UNSEEN = re.compile(
    "[\u00ad\u200b\u2060-\u2065\ufeff\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e001f]"
)


def shown(text: str) -> str:
    """``text`` as one line that is safe to show anywhere: without the marks listed above."""
    if text.isprintable():  # nearly always
        return text
    return re.sub("[\t\n]", " ", shown_lines(text))


def without_unseen(text: str) -> str:
    """``text`` without what nobody can see and what changes nothing; joiners stay.

    For one line by itself, as a mail's subject, in which such marks only hide words from a search
    or a filter.
    """
    return text if text.isprintable() else _UNSEEN.sub("", text)


def shown_lines(text: str) -> str:
    """``text`` of several lines, safe to show: line feeds and tabs stay."""
    if text.isprintable():
        return text
    return _NO_CHARACTERS.sub("\ufffd", _MARKS.sub("", _BREAKS.sub("\n", text)))


def compared(text: str) -> str:
    """The form in which names are compared, never shown or stored; empty if nothing is visible."""
    if not (text.isascii() and text.isprintable()):
        text = _IGNORABLE.sub("", unicodedata.normalize("NFKC", text).casefold())
        text = unicodedata.normalize("NFKC", _MARKS.sub("", text))
    return " ".join(text.casefold().split())


def alike(one: str, other: str) -> bool:
    """Whether two writings are one name."""
    return one == other or compared(one) == compared(other)


def plain(text: str) -> str:
    """``text`` as it is typed by who has no accents on the keys; for finding, not for identity."""
    parts = unicodedata.normalize("NFKD", compared(text))
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def writings(name: str) -> set[str]:
    """The forms in which texts may hold the name: composed, decomposed, plain, without marks."""
    if name.isascii() and name.isprintable():
        return {name}
    found = {unicodedata.normalize(form, name) for form in ("NFC", "NFD", "NFKC")}
    return {name, *found, *(shown(_IGNORABLE.sub("", form)) for form in found)} - {""}


def called(name: str | None, identity: str) -> str:
    """The name as it came, or the id of whom it is where nothing of the name can be seen."""
    return name if name is not None and compared(name) else identity


def escaped_in_json(document: str) -> str:
    """A JSON document in which marks stand as escapes: the same data, safe to show."""
    if document.isprintable():
        return document
    return _MARKS_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", document)
