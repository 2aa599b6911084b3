"""Hostile text in digests and Slack payloads (R-17, R-21), mail size (R-22), same bytes (R-23)."""

import json
import random
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

from cs_assets.coaching import policy
from cs_assets.coaching.digest.gate import content_reasons
from tests.coaching import pages
from tests.figures import Figure

_PIECES = (
    *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>'),
    *("'", '"', "javascript:alert(1)", "&lt;b&gt;", "{{7*7}}", "{% raw %}", "{calls.week}"),
    *("{quote:win}", "}", "<!channel>", "<@U1>", "<https://evil.example|x>", "@here", "`", "*"),
    *("~", "_", ">", "&amp;", "\u202e", "\u200b", "\x00", "\x1b[31m", "\r\nBcc: a@b.example"),
    *("\u2028", "=?utf-8?q?x?=", "<!--", "-->", "</td></tr></table>", "<style>*{}</style>"),
    *(
        "expression(alert(1))",
        "\u0663\u0664",
        "\u00bd",
        "\u6f22\u5b57",
        "9",
        " ",
        "word",
        "A" * 400,
    ),
    *("A" * 400, "data:text/html;base64,PHN2Zz4=", "</title>", "\\", "%0d%0a"),
)
URLS = (
    *("https://gong.example/call?id=1", "javascript:alert(1)", "JaVaScRiPt:alert(1)"),
    *("data:text/html,x", "http://gong.example/1", "https://a@b.example/", "//evil.example"),
    *("https://x.example/ y", "", "https://[", "vbscript:x", "\thttps://x.example"),
    *('https://x.example/"onclick=alert(1)', "https://x.example/<script>"),
    "https://x.example/?a=1&b=2",
)


def payloads(count: int, seed: int = 17) -> Iterator[tuple[str, str]]:
    """Texts put together from what breaks pages, mails and Slack, each with an address."""
    rng = random.Random(seed)
    for _ in range(count):
        pieces = (rng.choice(_PIECES) for _ in range(rng.randint(1, 5)))
        yield "".join(pieces), rng.choice(URLS)


class _Attributes(HTMLParser):
    """Every attribute of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [(tag, name, value or "") for name, value in attrs]


def skeleton(html: str) -> list[str]:
    """Tags with their attributes' names in order: what must not depend on data."""
    reader = _Tags()
    reader.feed(html)
    reader.close()
    return reader.found


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(" ".join([tag, *(name for name, _ in attrs)]))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(f"/{tag}")


def page_faults(html: str, benign: list[str], linked: bool) -> list[str]:
    """What hostile text changed in a page: tags, events, scripts or addresses."""
    faults = []
    own, wanted = (
        _without_links(tags) if not linked else tags for tags in (skeleton(html), benign)
    )
    if own != wanted:
        faults.append("other tags than the benign page")
    reader = _Attributes()
    reader.feed(html)
    for tag, name, value in reader.found:
        if tag == "script" or name.startswith("on"):
            faults.append(f"{tag} {name}")
        if name in ("href", "src", "action") and urlsplit(value).scheme != "https":
            faults.append(f"address {value[:40]}")
    return faults


def _without_links(tags: list[str]) -> list[str]:
    return [tag for tag in tags if not re.match(r"/?a\b", tag)]


def slack_faults(payload: str) -> list[str]:
    """Where a payload breaks Slack's limits or lets text command."""
    document = json.loads(payload)
    faults = []
    texts = [
        (150 if b["type"] == "header" else 3000, b["text"])
        for b in document["blocks"]
        if "text" in b
    ]
    total = sum(len(text["text"]) for _, text in texts)
    if len(document["blocks"]) > 50 or total > 10_000 or len(document["text"]) > 4_000:
        faults.append(f"{len(document['blocks'])} blocks, {total} characters")
    for limit, text in [*texts, (4000, {"type": "mrkdwn", "text": document["text"]})]:
        if len(text["text"]) > limit:
            faults.append("a text is too long")
        if text["type"] == "mrkdwn" and re.search(r"[<>]|&(?!amp;|lt;|gt;)", text["text"]):
            faults.append(f"unescaped in {text['text'][:60]!r}")
        if any(not c.isprintable() and c != "\n" for c in text["text"]):
            faults.append("a control character")
    return faults


def hostile_pages(count: int) -> tuple[int, list[str]]:
    """Digests and summaries made with hostile text in every field; their faults."""
    rules = policy.load()
    week = pages.bobs_week(rules)
    benign = skeleton(pages.digest_of(week, rules).html)
    faults: list[str] = []
    for text, url in payloads(count):
        digest = pages.digest_of(pages.with_text(week, text, url), rules)
        linked = url in URLS[:1]
        found = page_faults(digest.html, benign, linked)
        found += [r.detail for r in content_reasons(digest.html, digest.text, digest.passages)]
        if re.search(r"[\r\n]", digest.subject):
            found.append("a line break in the subject")
        faults += [f"{text!r} {url!r}: {fault}" for fault in found]
    return count, faults


def hostile_payloads(count: int) -> tuple[int, list[str]]:
    """Slack payloads and manager mails made with hostile text; their faults."""
    rules = policy.load()
    week = pages.bobs_week(rules)
    faults: list[str] = []
    for text, url in payloads(count, seed=21):
        for summary in pages.summaries_of(pages.with_text(week, text, url), rules):
            found = slack_faults(summary.payload) if summary.payload else []
            found += [
                r.detail for r in content_reasons(summary.html, summary.text, summary.passages)
            ]
            faults += [f"{text!r}: {fault}" for fault in found]
    return count, faults


def same_bytes(runs: int) -> int:
    """How many of the runs give other bytes than the first."""
    rules = policy.load()
    made = set()
    for _ in range(runs):
        week = pages.bobs_week(rules)
        digest = pages.digest_of(week, rules)
        parts = [digest.html, digest.text, digest.subject, digest.sheet.as_json()]
        parts += [
            s.text + (s.html or "") + (s.payload or "") for s in pages.summaries_of(week, rules)
        ]
        made.add("\0".join(parts))
    return len(made) - 1


def pages_hold(count: int = 5000, runs: int = 20) -> Iterable[Figure]:
    """R-17, R-21, R-22b, R-23b: ``count`` payloads for each kind of page, ``runs`` of the same."""
    for id_, name, (tried, faults) in (
        ("R-17", "faults in digest pages by hostile payloads", hostile_pages(count)),
        ("R-21", "faults in Slack payloads by hostile payloads", hostile_payloads(count)),
    ):
        yield Figure(id_, f"coaching: {name}", f"{len(faults)} of {tried}", "0", not faults)
    rules = policy.load()
    size = len(pages.digest_of(pages.bobs_week(rules), rules).html.encode())
    yield Figure("R-22b", "coaching: bytes of digest HTML", f"{size}", "<= 90000", size <= 90_000)
    other = same_bytes(runs)
    yield Figure(
        "R-23b",
        f"coaching: runs of {runs} with other bytes than the first",
        f"{other}",
        "0",
        other == 0,
    )


BY_ID = {"R-17": pages_hold, "R-21": pages_hold, "R-22b": pages_hold, "R-23b": pages_hold}
