"""What leaves as a mail is well formed, whatever went in: R-16, R-22."""

import base64
import datetime as dt
import platform
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import Message
from pathlib import Path

from cs_assets.delivery.message import mime
from cs_assets.delivery.message.letter import Attachment, Letter, with_links
from resources.mail.sendgrid_body import request_body
from tests.faults.processes import side_by_side
from tests.figures import Figure
from tests.waiting import PATIENCE

LETTER = Letter(
    delivery_key="0123456789abcdef" * 4,
    sender="reports@cs.example",
    reply_to="cs-ops@cs.example",
    recipient="ada@customers.example",
    subject="Weekly review: Büro & Söhne",
    date=dt.datetime(2026, 11, 16, 8, 0),
    text="Hello\n\n.a line that begins with a dot\nFrom the start\n",
    html="<html><body><p>Hello</p></body></html>",
    attachments=(Attachment("review.pdf", "application/pdf", b"%PDF-1.4\n" + bytes(range(256))),),
    list_name="Weekly account review",
    category="weekly_report",
)
HEADERS = sorted(
    [
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Reply-To",
        "X-Delivery-Key",
        "Auto-Submitted",
        "X-Auto-Response-Suppress",
        "List-Id",
        "MIME-Version",
        "Content-Type",
    ]
)

_PIECES = [
    "=?utf-8?q?x=0D=0ABcc=3A_evil=40example.com?=",
    "=?utf-8?b?DQpCY2M6IGV2aWxAZXhhbXBsZS5jb20=?=",
    "\r\nBcc: evil@example.com",
    "\nBcc: evil@example.com",
    "\rBcc: x",
    "\r\n\r\n<html>",
    "\x00",
    "\x0b",
    "\x0c",
    "\x1c",
    "\x85",
    "\u2028",
    "\u2029",
    "\u202e",
    "\ud800",
    "=?",
    "?=",
    "=?=?",
    "\t",
    " " * 60,
    "ä",
    "日本語",
    "😀",
    "x" * 300,
    "\u00a0",
    "\ufeff",
    "a,b;c",
    "<a@b>",
    '"',
    "\\",
    "%0d%0aBcc:",
    "--",
    "=_boundary",
    "Content-Type: text/html",
    ";",
    "name*0=",
    "utf-8''%0d%0a",
    "\U000e0041",
    "é" * 90,
]


def hostile_text(rng: random.Random) -> str:
    """A few hostile pieces in a row."""
    return "".join(rng.choice(_PIECES) for _ in range(rng.randint(1, 5)))


def header_injection(payloads: int = 1_000) -> Figure:
    """R-16: hostile text in subject, list name and file names: no header or recipient is added.

    On each supported Python that is found here: some of them write such headers out.
    """
    found = side_by_side(lambda python: _fuzzed_by(python, payloads), _pythons())
    injected, aborted = sum(one[1] for one in found), sum(one[2] for one in found)
    versions = ", ".join(sorted(one[0] for one in found))
    return Figure(
        "R-16",
        f"of {payloads} payloads on each of Python {versions}: injected headers or recipients, "
        "aborted sends",
        f"{injected}, {aborted}",
        "0, 0",
        injected == 0 and aborted == 0 and bool(found),
    )


def _pythons() -> list[str]:
    """Interpreters of the supported versions, this one first; each version once."""
    by_version = {f"3.{sys.version_info.minor}": sys.executable}
    for version in ("3.11", "3.12", "3.13"):
        kept = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
        others = [str(path) for path in kept] + [shutil.which(f"python{version}")]
        for python in filter(None, others):
            by_version.setdefault(version, python)
    return list(by_version.values())


def _fuzzed_by(python: str, payloads: int) -> tuple[str, int, int]:
    """Version, injected and aborted, by an interpreter that needs nothing but its library."""
    done = subprocess.run(
        [python, "-m", "tests.faults.mail_lint", str(payloads)],
        cwd=Path(__file__).parents[2],
        env={"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        check=True,
        text=True,
        timeout=PATIENCE,
    )
    version, injected, aborted = done.stdout.split()
    return version, int(injected), int(aborted)


def fuzz(payloads: int, seed: int = 1) -> tuple[int, int]:
    """How many payloads injected something, and how many could not be sent at all."""
    rng = random.Random(seed)
    injected = aborted = 0
    small = replace(LETTER, attachments=(Attachment("x", "application/pdf", b"x"),))
    for _ in range(payloads):
        text = hostile_text(rng)
        letter = replace(
            small,
            subject=text,
            list_name=hostile_text(rng),
            attachments=(replace(small.attachments[0], name=hostile_text(rng)),),
        )
        try:
            content = mime.build(letter)
        except Exception:
            aborted += 1
            continue
        injected += bool(_header_trouble(message_from_bytes(content, policy=policy.compat32)))
        injected += _body_trouble(letter)
    return injected, aborted


def _header_trouble(message: Message) -> list[str]:
    found = []
    if sorted(message.keys()) != HEADERS:
        found.append(f"headers {sorted(message.keys())}")
    if message["To"] != LETTER.recipient:
        found.append("recipient")
    for part in message.walk():
        names = [name.lower() for name in part.keys()]  # noqa: SIM118 (repeats count)
        if len(names) != len(set(names)) or any(name in ("bcc", "cc") for name in names):
            found.append(f"part headers {names}")
    return found


def _body_trouble(letter: Letter) -> bool:
    """The same text through SendGrid's JSON: nothing but the one recipient and safe names."""
    body = request_body(letter)
    (personal,) = body["personalizations"]
    names = re.compile(r"[A-Za-z0-9._-]{1,80}")
    return (
        [to["email"] for to in personal["to"]] != [letter.recipient]
        or any(ord(character) < 32 for character in body["subject"])
        or any("\r" in value or "\n" in value for value in body["headers"].values())
        or any(not names.fullmatch(file["filename"]) for file in body["attachments"])
    )


def golden_letters() -> Iterable[tuple[str, Letter]]:
    """Letters of every shape that goes out."""
    chart = Attachment("chart.png", "image/png", base64.b64decode(_PNG), cid="image1")
    picture = '<img src="cid:image1" width="10" height="10" alt="Conversions over 12 weeks">'
    yield "plain", replace(LETTER, html=None, attachments=())
    yield "plain with file", replace(LETTER, html=None)
    yield "html", replace(LETTER, attachments=())
    yield "html with file", LETTER
    yield (
        "html with chart and file",
        replace(
            LETTER,
            html=f"<html><body>{picture}</body></html>",
            attachments=(chart, *LETTER.attachments),
        ),
    )
    yield "long lines", replace(LETTER, text="x" * 5000, html=f"<p>{'y' * 5000}</p>")
    yield "other scripts", replace(LETTER, text="日本語 ".join("ä" * 300), subject="日本語 " * 40)
    yield "no reply-to", replace(LETTER, reply_to=None)
    yield (
        "link for what is too large",
        with_links(LETTER, [("a b.pdf", "https://reports.cs.example/a%20b.pdf")]),
    )


def mail_lint(extra: Iterable[tuple[str, Letter]] = ()) -> Figure:
    """R-22: every golden mail keeps the rules that readers and relays rely on."""
    letters = [*golden_letters(), *extra]
    wrong = [f"{name}: {trouble}" for name, letter in letters for trouble in lint(letter)]
    return Figure(
        "R-22",
        "golden mails that break a rule",
        f"{len(wrong)} of {len(letters)}{': ' + '; '.join(wrong[:3]) if wrong else ''}",
        "0",
        not wrong,
    )


def lint(letter: Letter) -> list[str]:
    """What is wrong with the built mail."""
    content = mime.build(letter)
    message = message_from_bytes(content, policy=policy.default)
    html = message.get_body(("html",))
    page = html.get_content() if html is not None else ""
    cids = {part["Content-ID"] for part in message.walk() if part["Content-ID"]}
    used = {f"<{cid}>" for cid in re.findall(r"cid:([\w.-]+)", page)}
    plain = message.get_body(("plain",))
    wanted = [name for name in HEADERS if name != "Reply-To" or letter.reply_to]
    if not message.is_multipart():
        wanted.append("Content-Transfer-Encoding")
    rules = {
        "CRLF only": b"\n" not in content.replace(b"\r\n", b""),
        "no bare CR": b"\r" not in content.replace(b"\r\n", b""),
        "lines <= 998": max(map(len, content.split(b"\r\n"))) <= 998,
        "7-bit": all(byte < 128 for byte in content),
        "a plain part": plain is not None and bool(plain.get_content().strip()),
        "HTML <= 90 kB": len(page.encode()) <= 90_000,
        "cids resolve": used == cids,
        "alt on images": all("alt=" in tag for tag in re.findall(r"<img[^>]*>", page)),
        "headers exact": sorted(message.keys()) == sorted(wanted),
        "the same bytes again": mime.build(letter) == content,
        "the text survives": plain is not None
        and plain.get_content().splitlines() == letter.text.splitlines(),
        "files survive": [part.get_content() for part in message.iter_attachments()]
        == [file.content for file in letter.attachments if file.cid is None],
    }
    return [rule for rule, kept in rules.items() if not kept]


_PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


if __name__ == "__main__":
    print(platform.python_version(), *fuzz(int(sys.argv[1])))
