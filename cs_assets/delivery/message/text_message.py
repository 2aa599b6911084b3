"""A text message to a telephone: one number, a few plain words."""

import re
from dataclasses import dataclass

from cs_assets.delivery.message.letter import Unsendable
from cs_assets.names import shown

#: ITU-T E.164: a plus, the country, at most fifteen digits in all.
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
#: Two parts of a message in letters beyond GSM 7-bit take 134; more is a mail.
_LONGEST = 300


@dataclass(frozen=True)
class TextMessage:
    """What one telephone gets."""

    delivery_key: str
    number: str
    body: str


def is_number(text: str) -> bool:
    """Whether ``text`` is a telephone number as networks take it, such as +4930123456."""
    return _NUMBER.fullmatch(text) is not None


def text_message(delivery_key: str, number: str | None, words: str) -> TextMessage:
    """The message; raises ``Unsendable`` without a number, or where the words are too many."""
    if number is None:
        raise Unsendable("no telephone number is known (people in delivery.yaml)")
    body = " ".join(shown(words).split())
    if len(body) > _LONGEST:
        raise Unsendable(f"a text message of {len(body)} characters, {_LONGEST} are allowed")
    return TextMessage(delivery_key, number, body)
