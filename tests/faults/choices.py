"""Which provider is chosen, and whom a webhook URL may reach: R-10, R-44."""

import itertools
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from cs_assets.errors import UsageError
from resources.mail.choosing import choose_provider
from resources.settings import Settings
from resources.slack.webhook import WebhookSlack, check_url
from tests.figures import Figure

_BY_VARIABLE = {
    "SENDGRID_API_KEY": ("sendgrid", "SG.key"),
    "AWS_ACCESS_KEY_ID": ("ses", "AKIAEXAMPLE"),
    "SMTP_HOST": ("smtp", "mail.example"),
}
_REFUSED = "refused"


def expected(values: dict[str, str | None], override: str | None, production: bool) -> str:
    """The rule in its own words: override, then the first that is set, then the console."""
    is_set = {name: bool(value and value.strip()) for name, value in values.items()}
    if override:
        needs = {provider: name for name, (provider, _) in _BY_VARIABLE.items()}
        needed = needs.get(override)
        # SES needs a region (which is set here), not a key: roles have none.
        lacks = needed is not None and override != "ses" and not is_set[needed]
        return _REFUSED if lacks else override
    for name, (provider, _) in _BY_VARIABLE.items():
        if is_set[name]:
            return provider
    return _REFUSED if production else "console"


def provider_choice() -> Figure:
    """R-10: every combination of set, empty, blank and unset, override and environment."""
    cases, wrong, silent = 0, [], 0
    kinds = ("unset", "empty", "blank", "set")
    overrides: tuple[str | None, ...] = (None, "", " ", "sendgrid", "ses", "smtp", "console")
    for states in itertools.product(kinds, repeat=3):
        for override in overrides:
            for production in (False, True):
                values = {
                    name: {"unset": None, "empty": "", "blank": "  ", "set": example}[state]
                    for state, (name, (_, example)) in zip(
                        states, _BY_VARIABLE.items(), strict=True
                    )
                }
                wish = (override or "").strip() or None
                chosen = _choose(values, override, production)
                cases += 1
                if chosen != expected(values, wish, production):
                    wrong.append(f"{states} {override!r} {production}: {chosen}")
                silent += chosen == "console" and production and wish is None
    return Figure(
        "R-10",
        "provider choices not as specified, silent console in production",
        f"{len(wrong)}, {silent} of {cases}{': ' + '; '.join(wrong[:2]) if wrong else ''}",
        "0, 0",
        not wrong and not silent,
    )


def _choose(values: dict[str, str | None], override: str | None, production: bool) -> str:
    environment = {name: value for name, value in values.items() if value is not None}
    environment["AWS_REGION"] = "us-east-1"
    environment["CS_ASSETS_ENVIRONMENT"] = "production" if production else "development"
    if override is not None:
        environment["EMAIL_PROVIDER"] = override
    with pytest.MonkeyPatch.context() as patch:
        for name in (*_BY_VARIABLE, "EMAIL_PROVIDER", "AWS_REGION", "CS_ASSETS_ENVIRONMENT"):
            patch.delenv(name, raising=False)
        for name, value in environment.items():
            patch.setenv(name, value)
        try:
            return choose_provider(Settings.load())
        except UsageError:
            return _REFUSED


def hostile_urls() -> list[str]:
    """Webhook URLs that reach somebody else, or something inside: at least 200."""
    hosts = [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "0",
        "0.0.0.0",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "[::ffff:127.0.0.1]",
        "[fe80::1]",
        "169.254.169.254",
        "[fd00:ec2::254]",
        "metadata.google.internal",
        "10.0.0.1",
        "192.168.1.1",
        "172.16.0.1",
        "100.64.0.1",
        "hooks.slack.com.evil.example",
        "evil.example",
        "hooks-slack.com",
        "hooks.slack.co",
        "slack.com",
        "xhooks.slack.com",
        "hooks.slack.com.",
        "HOOKS.SLACK.COM.evil.example",
        "127.0.0.1.nip.io",
        "rebind.example",
        "hооks.slack.com",
        "hooks。slack。com",
        "ⓗooks.slack.com",
        "user@hooks.slack.com",
        "hooks.slack.com@evil.example",
        "user:pw@hooks.slack.com",
        "hooks.slack.com:80",
        "hooks.slack.com:8443",
        "hooks.slack.com:443",
        "hooks.slack.com:",
        "hooks.slack.com#@evil.example",
        "hooks.slack.com\\@evil.example",
        "evil.example#hooks.slack.com",
        "evil.example?hooks.slack.com",
        "hooks.slack.com%2eevil.example",
        "hooks.slack.com%00.evil.example",
    ]
    schemes = ["https", "http", "ftp", "file", "gopher"]
    urls = [f"{scheme}://{host}/services/T/B/X" for host in hosts for scheme in schemes]
    good = "https://hooks.slack.com"
    urls += [
        f"{good}{path}"
        for path in (
            "",
            "/",
            "/api/chat.postMessage",
            "/services/../api",
            "/services/%2e%2e/api",
            "/services/T?next=//evil.example",
            "/services/T#x",
            "/services/\r\nHost: evil.example",
            "/services/T B",
            "//evil.example/services/",
            "/services/\t",
            "/SERVICES/T/B/X",
        )
    ]
    urls += [
        "",
        " ",
        "hooks.slack.com/services/T/B/X",
        "//hooks.slack.com/services/T",
        "javascript:1",
        "data:text/plain,hi",
        "https:hooks.slack.com/services/T",
        "https:/hooks.slack.com/services/T",
        "https:///services/T",
        " https://hooks.slack.com/services/T/B/X",
    ]
    return urls


def server_side_requests() -> Figure:
    """R-44: no hostile URL makes a connection, not even a name look-up."""
    urls, attempts = hostile_urls(), 0
    accepted = []
    with _counting_sockets() as counted:
        for url in urls:
            try:
                checked = check_url(url)
            except UsageError:
                continue
            accepted.append(url)
            WebhookSlack(checked, seconds=1).close()
        attempts = len(counted)
    check_url("https://hooks.slack.com/services/T000/B000/XXXX")
    return Figure(
        "R-44",
        f"hostile webhook URLs of {len(urls)} accepted, connections made",
        f"{len(accepted)}, {attempts}{': ' + repr(accepted[:3]) if accepted else ''}",
        "0, 0",
        not accepted and not attempts and len(urls) >= 200,
    )


@contextmanager
def _counting_sockets() -> Iterator[list[Any]]:
    """Every look-up and connection of this process, counted and refused."""
    seen: list[Any] = []

    def refuse(*arguments: Any, **more: Any) -> None:
        seen.append(arguments)
        raise OSError("no network in this test")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", refuse)
        patch.setattr(socket.socket, "connect", refuse)
        yield seen
