"""Which addresses may become links."""

from urllib.parse import urlsplit


def safe_url(url: str | None) -> str | None:
    """An https address that is fit for a link, or ``None``."""
    if not url or any(character.isspace() or not character.isprintable() for character in url):
        return None
    try:
        parts = urlsplit(url)
        fits = parts.scheme == "https" and parts.hostname and not parts.username
    except ValueError:
        return None
    return url if fits else None
