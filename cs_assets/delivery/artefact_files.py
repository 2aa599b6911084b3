"""Reads the files of an artefact from below the home folder, and knows their hash."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from cs_assets.delivery.model import Parts

_LARGEST = 64 * 1024 * 1024


class UnusableArtefact(ValueError):
    """A file is missing, outside the home folder, too large, or not what was planned."""


@dataclass(frozen=True)
class Content:
    """The bytes of an artefact's parts."""

    text: bytes
    html: bytes | None
    payload: bytes | None
    attachments: tuple[bytes, ...]

    @property
    def sha256(self) -> str:
        """Of all parts together; a part that is not there differs from an empty one."""
        digest = hashlib.sha256()
        for part in (self.text, self.html, self.payload, *(self.attachments or (None,))):
            digest.update(b"-" if part is None else hashlib.sha256(part).digest())
        return digest.hexdigest()


def read(parts: Parts, home: Path) -> Content:
    """The content of ``parts``; raises ``UnusableArtefact`` naming the file."""
    root = home.resolve()
    text = _bytes(parts.text_path, root)
    if not text.strip():
        raise UnusableArtefact(f"{parts.text_path}: the text is empty")
    return Content(
        text=text,
        html=_optional(parts.html_path, root),
        payload=_optional(parts.payload_path, root),
        attachments=tuple(_bytes(path, root) for path, _ in parts.attachments),
    )


def read_as_planned(parts: Parts, home: Path) -> Content:
    """As ``read``; refuses content that is not the one that was planned."""
    content = read(parts, home)
    if content.sha256 != parts.sha256:
        raise UnusableArtefact(f"{parts.text_path}: changed since it was planned")
    return content


def _optional(path: str | None, root: Path) -> bytes | None:
    return _bytes(path, root) if path else None


def _bytes(relative: str, root: Path) -> bytes:
    path = (root / relative).resolve()
    if not path.is_relative_to(root):
        raise UnusableArtefact(f"{relative}: lies outside the home folder")
    try:
        if path.stat().st_size > _LARGEST:
            raise UnusableArtefact(f"{relative}: larger than {_LARGEST // 2**20} MB")
        return path.read_bytes()
    except OSError as error:
        raise UnusableArtefact(f"{relative}: {error.strerror}") from error
