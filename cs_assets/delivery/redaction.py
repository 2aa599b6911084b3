"""Takes secrets and personal addresses out of what providers and libraries say."""

import base64
import itertools
import re
import threading
from urllib.parse import quote

_LONGEST = 500

_SHAPES = (
    re.compile(r"(?:Bearer|Basic)\s+[\w.~+/=-]+", re.IGNORECASE),
    re.compile(r"SG\.[\w-]+(?:\.[\w-]+)?"),
    re.compile(r"xox[a-z]-[\w-]+", re.IGNORECASE),
    re.compile(r"https://hooks\.slack(?:-gov)?\.com/\S+", re.IGNORECASE),
    re.compile(r"sk-ant-[\w-]+"),
    re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{8,}"),
    re.compile(r"-----BEGIN [^-]+-----.*?(?:-----END [^-]+-----|$)", re.DOTALL),
    re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"),
)
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+")

_known: set[str] = set()
_known_lock = threading.Lock()


def remember_secret(secret: str) -> None:
    """Take ``secret`` out of all texts from now on, also in base64 and URL encoding."""
    if len(secret) < 4:
        return
    encoded = secret.encode()
    forms = {secret, quote(secret, safe=""), base64.b64encode(encoded).decode()}
    forms |= {base64.urlsafe_b64encode(encoded).decode()}
    with _known_lock:
        _known.update(forms)


def redacted(text: object) -> str:
    """``text`` in one line of at most 500 characters, credentials and addresses taken out."""
    line = " ".join(str(text).split())
    for secret in sorted(_known, key=len, reverse=True):
        line = line.replace(secret, "[redacted]")
    for shape in _SHAPES:
        line = shape.sub("[redacted]", line)
    line = _ADDRESS.sub("[address]", line)
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


_WORD = re.compile(r"\w+")


def without_quotes(text: str, source: str) -> str:
    """``text`` without what it repeats of ``source``: two words in a row or more.

    A provider's error may echo the message; the message's words must not travel on
    into logs with it. Single words stay, so that the error remains readable.
    """
    words = [word.casefold() for word in _WORD.findall(source)]
    pairs = set(itertools.pairwise(words))
    found = list(_WORD.finditer(text))
    spans: list[tuple[int, int]] = []
    for left, right in itertools.pairwise(found):
        if (left[0].casefold(), right[0].casefold()) in pairs:
            if spans and left.start() <= spans[-1][1]:
                spans[-1] = (spans[-1][0], right.end())
            else:
                spans.append((left.start(), right.end()))
    for start, end in reversed(spans):
        text = f"{text[:start]}[content]{text[end:]}"
    return text
