"""Takes out of a text what says who somebody is, before it leaves for a provider.

Found by pattern: e-mail addresses, telephone numbers, payment cards (Luhn's check
digit), IBANs (ISO 13616 check digits), IP addresses, long runs of digits. Found by
name: the people given, who are known from the call's participants; names are not
guessed. Each becomes a placeholder like ``[PERSON_B]``: letters only, so that text
that repeats it holds no digit. The map stays here and puts the originals back.
"""

import ipaddress
import re
from collections.abc import Callable, Iterable
from typing import Any

from cs_assets.names import writings

Kind = str

_EMAIL = re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?\b")
_CARD = re.compile(r"(?<![\d.])\d(?:[ -]?\d){12,18}(?!\d)")
_IPV4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")
_IPV6 = re.compile(r"(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w.,])(?:\+|00)?\(?\d{1,4}\)?(?:[ ./-]?\(?\d{2,5}\)?){2,5}(?![\w])")
_LONG_DIGITS = re.compile(r"(?<!\d)\d{7,}(?!\d)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})")
_PLACEHOLDER = re.compile(r"\[([A-Z]+)_([A-Z]+)\]")

_MIN_NAME = 3  # "Al" would take half the words of a call with it

#: Names that are words as well: only with a capital letter are they taken for a person.
_WORDS_TOO = """
    april art august bill black brown carol case chance chase cook crystal dawn day dean drew earl
    faith field frank gene grace grant green guy hill hope iris ivy jack jay joy june king law long
    mark max may miles page pat price ray reed rich rob robin rose sandy sky stone sue summer wade
    ward white will wood young
"""
_CAPITAL_NEEDED = frozenset(_WORDS_TOO.split())


class Redactor:
    """Redacts texts that belong together: the same person is the same placeholder in all."""

    def __init__(self, people: Iterable[str] = ()) -> None:
        """``people``: full names (their parts count too) and addresses of the participants."""
        self._placeholder_of: dict[tuple[Kind, str], str] = {}
        self._original_of: dict[str, str] = {}
        self._counts: dict[Kind, int] = {}
        self._person_of: dict[str, str] = {}
        for name in people:
            self._know(name)
        self._names = self._name_pattern()

    def redact(self, text: str) -> str:
        """``text`` with placeholders."""
        text = _PLACEHOLDER.sub(lambda found: f"({found[1]} {found[2]})", text)
        for kind, pattern, really in _RULES:
            text = pattern.sub(self._replacer(kind, really), text)
        if self._names is not None:
            text = self._names.sub(self._person, text)
        return text

    def redact_all(self, value: Any) -> Any:
        """``value`` (JSON) with every text in it redacted; keys stay."""
        return _in_every_text(value, self.redact)

    def restore(self, text: str) -> str:
        """``text`` with the originals in place of their placeholders; unknown ones stay."""
        return _PLACEHOLDER.sub(lambda found: self._original_of.get(found[0], found[0]), text)

    def restore_all(self, value: Any) -> Any:
        """``value`` (JSON) with every text in it restored."""
        return _in_every_text(value, self.restore)

    def kinds_in(self, text: str) -> set[Kind]:
        """The kinds of the placeholders that ``text`` holds, e.g. ``{"PERSON", "EMAIL"}``."""
        return {found[1] for found in _PLACEHOLDER.finditer(text)}

    @property
    def map(self) -> dict[str, str]:
        """Placeholder to original; to be kept apart from the text."""
        return dict(self._original_of)

    def _know(self, name: str) -> None:
        full = " ".join(name.split())
        if "@" in full or len(full) < _MIN_NAME:
            return
        for part in {full, *full.split()}:
            bare = " ".join(part.strip(".,'’-").split())
            if len(bare) >= _MIN_NAME and not bare.isdigit():
                for form in writings(bare):
                    self._person_of.setdefault(form.casefold(), full)

    def _name_pattern(self) -> re.Pattern[str] | None:
        if not self._person_of:
            return None
        longest_first = sorted(self._person_of, key=lambda name: (-len(name), name))
        choices = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in longest_first)
        return re.compile(rf"(?<![\w@])(?:{choices})(?!\w)", re.IGNORECASE)

    def _person(self, found: re.Match[str]) -> str:
        name = " ".join(found[0].split())
        if name.islower() and name in _CAPITAL_NEEDED:
            return found[0]
        # Some letters match without regard to case and still fold apart: then it stands alone.
        return self._mark("PERSON", self._person_of.get(name.casefold(), name))

    def _replacer(
        self, kind: Kind, really: Callable[[str], bool]
    ) -> Callable[[re.Match[str]], str]:
        return lambda found: self._mark(kind, found[0]) if really(found[0]) else found[0]

    def _mark(self, kind: Kind, original: str) -> str:
        known = self._placeholder_of.get((kind, original))
        if known is None:
            number = self._counts[kind] = self._counts.get(kind, 0) + 1
            known = f"[{kind}_{_letters(number)}]"
            self._placeholder_of[kind, original] = known
            self._original_of[known] = original
        return known


def _in_every_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _in_every_text(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_in_every_text(item, change) for item in value]
    return value


def _letters(number: int) -> str:
    """1 is A, 26 is Z, 27 is AA: a number without digits."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def passes_luhn(text: str) -> bool:
    """Whether the digits of ``text`` end in Luhn's check digit (ISO/IEC 7812-1)."""
    digits = [int(character) for character in text if character.isdigit()]
    if not 13 <= len(digits) <= 19 or len(set(digits)) == 1:
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def passes_iban(text: str) -> bool:
    """Whether ``text`` is an IBAN by its check digits (ISO 13616, modulo 97)."""
    compact = text.replace(" ", "").upper()
    if not 15 <= len(compact) <= 34:
        return False
    moved = compact[4:] + compact[:4]
    return int("".join(str(int(character, 36)) for character in moved)) % 97 == 1


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_phone(text: str) -> bool:
    digits = sum(character.isdigit() for character in text)
    return 7 <= digits <= 15 and not _DATE.fullmatch(text.strip())


def _always(_: str) -> bool:
    return True


#: In this order: what is more special first, so that a card is not called a telephone number.
_RULES: tuple[tuple[Kind, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("EMAIL", _EMAIL, _always),
    ("IBAN", _IBAN, passes_iban),
    ("CARD", _CARD, passes_luhn),
    ("IP", _IPV4, _is_ip),
    ("IP", _IPV6, _is_ip),
    ("PHONE", _PHONE, _is_phone),
    ("NUMBER", _LONG_DIGITS, _always),
)
