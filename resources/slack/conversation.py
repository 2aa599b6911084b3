"""Who a Slack user is, and the answer to what they asked."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from cs_assets.errors import Unavailable, UsageError

_SECONDS = 10
_HOOKS = "hooks.slack.com"
_LONGEST_ID = 40


def people(token: str, base_url: str) -> Callable[[str], str | None]:
    """By a user's id their mail address, as Slack confirmed it; ``None`` for guests and bots.

    Raises ``Unavailable`` where Slack does not say.
    """
    client = WebClient(token, base_url=base_url, timeout=_SECONDS, retry_handlers=[])

    def address_of(user: str) -> str | None:
        if not (user.isalnum() and len(user) <= _LONGEST_ID):
            return None
        try:
            found = client.users_info(user=user).get("user")
        except SlackApiError as error:
            if error.response.get("error") in ("user_not_found", "user_not_visible"):
                return None
            raise Unavailable("Slack does not say who you are; try again later") from None
        except OSError:
            raise Unavailable("Slack does not say who you are; try again later") from None
        return _address(found if isinstance(found, dict) else {})

    return address_of


def _address(user: Mapping[str, Any]) -> str | None:
    """Of a full member with a confirmed address: others may write what they like there."""
    if any(user.get(sign) for sign in ("deleted", "is_bot", "is_restricted", "is_stranger")):
        return None
    if not user.get("is_email_confirmed"):
        return None
    profile = user.get("profile")
    address = profile.get("email") if isinstance(profile, dict) else None
    return address if isinstance(address, str) and "@" in address else None


def reply(back: str, message: Mapping[str, Any], base_url: str) -> None:
    """Post to the address that came with a request; to no host but Slack's.

    ``base_url``: where the Web API is; one of one's own, as in tests, answers there as well.
    """
    own = urlsplit(base_url)
    asked = urlsplit(back)
    is_slacks = (asked.scheme, asked.hostname, asked.port) == ("https", _HOOKS, None)
    is_own = own.hostname != "slack.com" and asked[:2] == own[:2]
    if not (is_slacks or is_own):
        raise UsageError("an answer was asked for at an address that is not Slack's")
    httpx.post(back, json=dict(message), timeout=_SECONDS, follow_redirects=False)
