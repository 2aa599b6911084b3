"""Slack messages as blocks, inside Slack's limits whatever the text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cs_assets.coaching.digest.rendering import plain

#: Slack refuses more (50 blocks, 3,000 a section, 150 a header) or fails on the sum.
MOST_BLOCKS = 40
MOST_SECTION = 2_900
MOST_HEADER = 150
MOST_TOTAL = 10_000
MOST_FALLBACK = 3_000


@dataclass(frozen=True)
class Part:
    """One heading (may be empty) and its lines, as plain text; below them a safe ``link``."""

    heading: str
    lines: tuple[str, ...]
    link: str = ""
    opens: str = ""


@dataclass(frozen=True)
class Foot:
    """What may stand below: that lines are ``left_out``, and a link of the desk with its words."""

    left_out: str = "Some lines did not fit here; the e-mail has them all."
    link: str = ""
    opens: str = "Open at the desk"


def message(
    title: str, parts: Sequence[Part], fallback: str, foot: Foot | None = None
) -> dict[str, Any]:
    """The payload of a message: ``text`` for notifications, ``blocks`` for readers.

    Lines are never cut: those that do not fit are left out and counted in a last line.
    """
    foot = foot or Foot()
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": _cut(title, MOST_HEADER)}}
    ]
    room = MOST_TOTAL - MOST_HEADER - 200
    left_out = 0
    for part in parts:
        texts, unplaced, room = _sections(part, room, MOST_BLOCKS - len(blocks))
        left_out += unplaced
        blocks += [{"type": "section", "text": {"type": "mrkdwn", "text": text}} for text in texts]
        if texts and part.link and not set(part.link) & set("<>| \n"):
            blocks.append(_link(part.link, part.opens))
    if left_out:
        note = {"type": "plain_text", "text": foot.left_out}
        blocks.append({"type": "context", "elements": [note]})
    if foot.link:
        blocks.append(_link(foot.link, foot.opens))
    return {
        "text": escaped(_cut(fallback, MOST_FALLBACK // 5)),
        "blocks": blocks,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _link(address: str, words: str) -> dict[str, Any]:
    opened = {"type": "mrkdwn", "text": f"<{address}|{words}>"}
    return {"type": "context", "elements": [opened]}


def escaped(text: str) -> str:
    """Text that Slack shows as it is: the three entities, no control characters, no code marks."""
    safe = plain(text).replace("`", "'").replace("*", "∗").replace("~", "∼").replace("_", "ˍ")
    safe = " ".join(safe.split())
    return safe.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _sections(part: Part, room: int, blocks: int) -> tuple[list[str], int, int]:
    """Sections of one part, how many of its lines did not fit, and the room that is left."""
    texts: list[str] = []
    current = f"*{escaped(part.heading)}*" if part.heading else ""
    unplaced = 0
    for line in part.lines:
        safe = escaped(line)
        if len(safe) > MOST_SECTION or len(safe) + len(current) + 1 > room or len(texts) >= blocks:
            unplaced += 1
            continue
        if current and len(current) + len(safe) + 1 > MOST_SECTION:
            texts.append(current)
            room -= len(current)
            current = safe
        else:
            current = f"{current}\n{safe}" if current else safe
    if current and len(texts) < blocks and len(current) <= room:
        texts.append(current)
        room -= len(current)
    return texts, unplaced, room


def _cut(text: str, most: int) -> str:
    text = " ".join(plain(text).split())
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(" ", 1)[0] + "…"
