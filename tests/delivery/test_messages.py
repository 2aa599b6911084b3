"""What a planned delivery becomes: letter, MIME and Slack post."""

import base64
import json
from dataclasses import replace
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.parser import BytesParser
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cs_assets.delivery.couriers import MailCourier
from cs_assets.delivery.delivering import Outbox, deliver
from cs_assets.delivery.message import mime
from cs_assets.delivery.message.headers import file_name, header_text, without_words
from cs_assets.delivery.message.letter import Unsendable
from cs_assets.delivery.message.slack_text import escaped, read_post, shortened
from cs_assets.delivery.policy import load_policy
from cs_assets.mail_addresses import allowed, is_address, parse_allow_list
from resources.mail.providers.console import ConsoleMail
from tests.faults import odd_names
from tests.faults.doubles import FixedClock
from tests.faults.mail_lint import LETTER, lint
from tests.faults.scene import WEEK, artefact, open_outbox

PNG = base64.b64encode(b"\x89PNG not really").decode()
PAGE = f"""<html><head><link rel="stylesheet" href="http://10.255.255.1/x.css">
<style>p {{ color: red }} @media (prefers-color-scheme: dark) {{ p {{ color: white }} }}</style>
</head><body><p>Hello</p><img alt="chart" src="data:image/png;base64,{PNG}"></body></html>"""


@pytest.fixture
def console(home: Path, clock: FixedClock):  # type: ignore[no-untyped-def]
    courier = MailCourier(
        ConsoleMail(home / "outbox"),
        home,
        sender="reports@cs.example",
        reply_to=None,
        policy=load_policy(),
    )
    with open_outbox(home, {"email": courier}, clock) as outbox:
        yield outbox


def test_styles_are_inlined_and_images_become_parts(console: Outbox, home: Path) -> None:
    made = artefact(home)
    (home / str(made.parts.html_path)).write_text(PAGE)
    deliver(console, [made], kind="weekly_report", period_start=WEEK, run_id="r")
    (path,) = (home / "outbox").iterdir()
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    body = message.get_body(("html",))
    assert body is not None
    page = body.get_content()
    assert 'style="color: red' in page
    assert "prefers-color-scheme" in page
    assert "10.255.255.1" not in page
    assert 'src="cid:image1"' in page
    (image,) = [part for part in message.walk() if part["Content-ID"] == "<image1>"]
    assert image.get_content() == b"\x89PNG not really"
    assert message["List-Id"] == "Weekly account review <weekly-report.cs.example>"


def test_a_page_that_gmail_would_clip_is_not_sent(console: Outbox, home: Path) -> None:
    made = artefact(home)
    (home / str(made.parts.html_path)).write_text("<p>" + "x" * 95_000 + "</p>")
    report = deliver(console, [made], kind="weekly_report", period_start=WEEK, run_id="r")
    assert report.counts.failed == 1
    assert "90,000 bytes" in report.rows.iloc[0]["reason"]


def test_an_artefact_outside_the_home_is_held(console: Outbox, home: Path) -> None:
    made = artefact(home)
    (home.parent / "outside.txt").write_text("secret")
    for path in ("../outside.txt", str(home.parent / "outside.txt")):
        parts = made.parts.__class__(**{**made.parts.__dict__, "text_path": path})
        other = made.__class__(**{**made.__dict__, "parts": parts})
        report = deliver(console, [other], kind="weekly_report", period_start=WEEK, run_id="r")
        assert "outside the home" in report.held[0].reasons[0]


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("ada@customers.example", True),
        ("a.b+c@x-y.example", True),
        ("ada@localhost", False),
        ("ada@@x.example", False),
        ("Ada <ada@x.example>", False),
        ("a@x.example,b@x.example", False),
        ("a@x.example\n", False),
        ("a b@x.example", False),
        ('"a"@x.example', False),
        (".a@x.example", False),
        ("ä@x.example", False),
        ("a@x.example" + "e" * 250, False),
    ],
)
def test_what_counts_as_an_address(text: str, good: bool) -> None:
    assert is_address(text) is good


def test_the_allow_list_knows_addresses_hosts_and_channels() -> None:
    listed = parse_allow_list(" Ada@X.example , @cs.example,#tests,, ")
    assert allowed("ada@x.EXAMPLE", listed)
    assert allowed("anyone@cs.example", listed)
    assert allowed("#tests", listed)
    for other in ("bob@x.example", "a@evil-cs.example", "a@cs.example.evil.example", "#other"):
        assert not allowed(other, listed)


def test_header_text_is_one_harmless_line() -> None:
    assert header_text("a\r\nBcc: b\u202ec =?x?=") == "a Bcc: bc =?x?="
    assert header_text("\ufeffAc\u200bme\u00ad\u2060 می\u200cخواهم 👩\u200d👧 ❤\ufe0f") == (
        "Acme می\u200cخواهم 👩\u200d👧 ❤\ufe0f"
    )
    assert without_words("a =?x?=") == "a = ?x? ="
    assert len(header_text("x" * 500)) == 200


@settings(max_examples=150)
@given(
    st.one_of(
        st.text(max_size=210),
        st.text("aé中👩\u200d =?_-", max_size=210),
        st.text("abc  ,:", min_size=70, max_size=210),
    )
)
@example(f"{'0' * 67}  0")
def test_a_subject_arrives_as_it_was_written(text: str) -> None:
    """Read back by both readers of the standard library; no line is empty or too long."""
    built = mime.build(replace(LETTER, subject=text, list_name=text[:100]))
    head = built.partition(b"\r\n\r\n")[0]
    wanted = header_text(text) or "(no subject)"
    assert BytesParser(policy=policy.default).parsebytes(built)["Subject"] == wanted
    old = BytesParser(policy=policy.compat32).parsebytes(built)
    unfolded = old["Subject"].replace("\r\n", "")
    assert str(make_header(decode_header(unfolded))) == wanted
    listed = BytesParser(policy=policy.default).parsebytes(built)["List-Id"]
    assert listed == header_text(replace(LETTER, list_name=text[:100]).list_id)
    for line in head.split(b"\r\n"):
        assert line.strip()
        assert len(line) <= 78 or b" " not in line.partition(b": ")[2].strip()
    assert old.keys() == BytesParser().parsebytes(mime.build(LETTER)).keys()


@pytest.mark.parametrize("name", odd_names.SEEDS)
def test_a_subject_with_an_odd_name_arrives_as_it_was_written(name: str) -> None:
    subject = f"{name}: no clear change on the four weeks before, seats in use fall"
    built = mime.build(replace(LETTER, subject=subject))
    assert BytesParser(policy=policy.default).parsebytes(built)["Subject"] == header_text(subject)


def test_file_names_are_plain() -> None:
    assert file_name("Büro Söhne/2026.pdf") == "Buro-Sohne-2026.pdf"
    assert file_name("../../etc/passwd") == "etc-passwd"
    assert file_name("日本.pdf") == "pdf"
    assert file_name("") == "attachment"
    assert len(file_name("x" * 200 + ".pdf")) <= 80


def test_slack_text_is_escaped_and_cut_between_words() -> None:
    assert escaped("<!channel> & co") == "&lt;!channel&gt; &amp; co"
    assert shortened("one two three four", 12) == "one two …"
    assert shortened("one &amp; two", 8) == "one …"
    assert "&a" not in shortened("aaaa &amp; b", 8)


def payload(*blocks: object) -> bytes:
    return json.dumps({"blocks": blocks, "text": "Summary"}).encode()


def section(text: str) -> dict[str, object]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


@pytest.mark.parametrize(
    "content",
    [
        payload(*[section("x")] * 51),
        payload(section("x" * 3001)),
        payload(*[section("x" * 2900)] * 4),
        payload({"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}),
        payload(section("hello <!here>")),
        payload(section("hello <@U123>")),
        b"not json",
        b'{"blocks": 5}',
        b"[1]",
    ],
)
def test_a_post_that_slack_would_refuse_is_not_sent(content: bytes) -> None:
    with pytest.raises(Unsendable):
        read_post(delivery_key="k", channel="#c", text="t", payload=content)


def test_a_post_within_the_limits_is_taken_as_it_is() -> None:
    post = read_post(delivery_key="k", channel="#c", text="t", payload=payload(section("*hi*")))
    assert post.text == "Summary"
    assert len(post.blocks) == 1


def test_the_lint_itself_finds_what_is_wrong() -> None:
    from dataclasses import replace

    from tests.faults.mail_lint import LETTER

    broken = replace(LETTER, html='<p><img src="cid:nowhere"></p>')
    assert lint(broken) == ["cids resolve", "alt on images"]
