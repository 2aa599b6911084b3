"""The one way for what providers and libraries say into an error, a log, a ledger or a terminal.

An answer's body is written by somebody else: it may repeat the request with its credentials, hold
a token of its own, name people, or be a megabyte of HTML. ``redacted`` takes all that out.
"""

import base64
import itertools
import re
import threading
from urllib.parse import quote

from cs_assets.names import shown

_LONGEST = 500
#: Characters of a text that are looked at; more is never shown.
_MOST_READ = 20_000

_SHAPES = (
    re.compile(r"(?:Bearer|Basic)\s+[\w.~+/=-]+", re.IGNORECASE),
    re.compile(r"SG\.[\w-]+(?:\.[\w-]+)?"),
    re.compile(r"xox[a-z]-[\w-]+", re.IGNORECASE),
    re.compile(r"https://hooks\.slack(?:-gov)?\.com/\S+", re.IGNORECASE),
    re.compile(r"sk-ant-[\w-]+"),
    re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{8,}"),
    re.compile(r"-----BEGIN [^-]+-----.*?(?:-----END [^-]+-----|$)", re.DOTALL),
    re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"),
    re.compile(r"\beyJ[\w-]{8,}(?:\.[\w-]*){0,2}"),  # a JWT
)
_NAMES = (
    r"token|secret|passw(?:or)?d|passphrase|api[_-]?key|access[_-]?key|authorization|cookie"
    r"|signature|session[_-]?id"
)
#: What only a stranger's text is searched for: words of ours may well look like it.
_LOOSE_SHAPES = (
    # What is called a secret, whatever it looks like; its name stays.
    re.compile(
        rf"(?P<kept>(?:{_NAMES})[\"']{{0,2}}\s*[:=]\s*[\"']?)[^\s\"',;&}}]{{4,}}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?P<kept>\b(?:{_NAMES}|key)\s+[\"']?)(?=[\w.~+/=-]*\d)[\w.~+/=-]{{8,}}",
        re.IGNORECASE,
    ),
    # A long word of letters and many digits that is no id in the form of a UUID.
    re.compile(
        r"(?P<kept>\b)(?![0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b)(?=[\w+=-]*[A-Za-z])"
        r"(?=(?:[A-Za-z_+=-]*\d){4})[\w+=-]{32,}",
        re.IGNORECASE,
    ),
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


def redacted(text: object, longest: int = _LONGEST) -> str:
    """What a provider said: one line, at most so long, credentials and addresses taken out."""
    line = " ".join(shown(str(text)[:_MOST_READ]).split())
    line = without_secrets(line)
    for shape in _LOOSE_SHAPES:
        line = shape.sub(r"\g<kept>[redacted]", line)
    line = _ADDRESS.sub("[address]", line)
    return line if len(line) <= longest else line[: longest - 1] + "…"


def without_secrets(text: str) -> str:
    """``text`` without credentials, those of this installation and what looks like one."""
    with _known_lock:
        known = sorted(_known, key=len, reverse=True)
    for secret in known:
        text = text.replace(secret, "[redacted]")
    for shape in _SHAPES:
        text = shape.sub("[redacted]", text)
    return text


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
