"""A Slack post within Slack's limits: what is too long is refused here, not by Slack."""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from cs_assets.delivery.message.letter import Unsendable

_BLOCKS = 50
_ALL_CHARACTERS = 10_000
_TEXT = 4_000
_ALT = 2_000
_CONTROL = re.compile(r"<[!@#]")


@dataclass(frozen=True)
class Post:
    """One message to one channel. ``text`` is what notifications show."""

    delivery_key: str
    channel: str
    text: str
    blocks: tuple[dict[str, Any], ...] = ()
    picture: bytes | None = None
    """A PNG below the first words, for ways that can carry one; the post says the same without."""
    picture_alt: str = ""

    def canonical(self) -> bytes:
        """The post as canonical JSON."""
        document: dict[str, Any] = {
            "channel": self.channel, "text": self.text, "blocks": list(self.blocks),
        }  # fmt: skip
        if self.picture is not None:
            picture = {"sha256": hashlib.sha256(self.picture).hexdigest(), "alt": self.picture_alt}
            document["picture"] = picture
        return json.dumps(document, sort_keys=True, ensure_ascii=True).encode()


def escaped(text: str) -> str:
    """Untrusted text for ``mrkdwn``: no mention, link or channel can be made of it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shortened(text: str, longest: int) -> str:
    """Escaped text cut between words, never within an entity."""
    if len(text) <= longest:
        return text
    cut = text[: longest - 2]
    cut = cut[: cut.rfind("&")] if re.search(r"&[a-z]{0,3}$", cut) else cut
    return (cut.rsplit(None, 1)[0] if " " in cut else cut).rstrip() + " …"


def read_post(
    *,
    delivery_key: str,
    channel: str,
    text: str,
    payload: bytes | None,
    picture: bytes | None = None,
) -> Post:
    """The post of an artefact; raises ``Unsendable`` when Slack would refuse it.

    ``payload`` is JSON: a list of blocks or an object with ``blocks`` and ``text``, and
    ``picture_alt`` where there is a ``picture``.
    Without it the plain text is posted, escaped.
    """
    if not channel.strip():
        raise Unsendable("no Slack channel is given")
    if payload is None:
        return Post(delivery_key, channel, shortened(escaped(text), _TEXT))
    try:
        document = json.loads(payload)
    except ValueError as error:
        raise Unsendable("the Slack payload is not JSON") from error
    found = document.get("blocks") if isinstance(document, dict) else document
    if not isinstance(found, list) or not all(isinstance(block, dict) for block in found):
        raise Unsendable("the Slack payload holds no list of blocks")
    own_text = document.get("text") if isinstance(document, dict) else None
    fallback = own_text if isinstance(own_text, str) and own_text.strip() else escaped(text)
    _check_blocks(found)
    if _CONTROL.search(fallback):
        raise Unsendable("the Slack text holds a mention")
    alt = document.get("picture_alt") if isinstance(document, dict) else None
    shown = picture if isinstance(alt, str) and alt.strip() else None
    return Post(
        delivery_key, channel, shortened(fallback, _TEXT), tuple(found), shown,
        shortened(str(alt), _ALT) if shown else "",
    )  # fmt: skip


def _check_blocks(blocks: list[dict[str, Any]]) -> None:
    if len(blocks) > _BLOCKS:
        raise Unsendable(f"{len(blocks)} Slack blocks, {_BLOCKS} are allowed")
    total = 0
    for block in blocks:
        kind = block.get("type")
        for limit, text in _texts(block):
            total += len(text)
            if len(text) > limit:
                raise Unsendable(f"a Slack {kind} block has {len(text)} characters, limit {limit}")
            if _CONTROL.search(text):
                raise Unsendable(f"a Slack {kind} block holds a mention")
    if total > _ALL_CHARACTERS:
        raise Unsendable(f"the Slack blocks have {total} characters, limit {_ALL_CHARACTERS}")


def _texts(block: dict[str, Any]) -> list[tuple[int, str]]:
    """Every text of a block with the limit it must keep."""
    limits = {"header": 150, "section": 3000, "context": 2000, "markdown": 12_000}
    limit = limits.get(str(block.get("type")), 3000)
    found = [(limit, _text_of(block.get("text")))]
    found += [(2000, _text_of(field)) for field in block.get("fields") or []]
    found += [(2000, _text_of(element)) for element in block.get("elements") or []]
    return [(most, text) for most, text in found if text]


def _text_of(value: Any) -> str:
    if isinstance(value, dict):
        return _text_of(value.get("text"))
    return value if isinstance(value, str) else ""
