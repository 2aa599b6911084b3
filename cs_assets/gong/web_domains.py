"""What a web or mail domain is, however it is written: a CRM holds addresses of pages as well."""

from collections.abc import Iterable

import pandas as pd

#: Characters of an address that can mean a domain.
_LONGEST = 2_000


def web_domain(written: str) -> str | None:
    """The host that ``written`` means, in lower case and ASCII (IDNA), or None where it is none.

    Scheme, user, port, path, query, a leading ``www.`` and a final dot say nothing of whose it is:
    ``https://www.Acme.example:8443/de?x=1`` is ``acme.example``.
    """
    import httpx

    text = written.strip()
    if not text or len(text) > _LONGEST:
        return None
    address = text if "://" in text else f"//{text.lstrip('/')}"
    try:
        host = httpx.URL(address).raw_host.decode("ascii").lower().rstrip(".")
    except (httpx.InvalidURL, UnicodeError, ValueError):
        return None
    host = host.removeprefix("www.")
    return host if "." in host and not host.startswith(".") else None


def known_domains(written: Iterable[str]) -> pd.DataFrame:
    """Rows of ``gong_web_domains``: each writing that means a domain, and which."""
    meant = {text: web_domain(text) for text in sorted(set(written))}
    rows = [{"written": text, "domain": domain} for text, domain in meant.items() if domain]
    return pd.DataFrame(rows, columns=["written", "domain"])
