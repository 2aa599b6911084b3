"""Asks SendGrid and SES for the addresses they no longer deliver to."""

from typing import Any

import httpx

from cs_assets.errors import Unavailable
from cs_assets.redaction import redacted

_PAGE = 500
_MOST_PAGES = 200


def sendgrid_bounces(api_key: str, base_url: str) -> dict[str, str]:
    """Bounced, blocked for good and complaining addresses of the account, with reasons."""
    found: dict[str, str] = {}
    headers = {"Authorization": f"Bearer {api_key}"}
    with httpx.Client(base_url=base_url, headers=headers, timeout=30.0) as client:
        for kind in ("bounces", "invalid_emails", "spam_reports"):
            for page in range(_MOST_PAGES):
                rows = _page(client, kind, page * _PAGE)
                for row in rows:
                    if isinstance(row, dict) and isinstance(row.get("email"), str):
                        reason = redacted(row.get("reason") or "", 120)
                        found[row["email"]] = f"{kind.replace('_', ' ')}: {reason}".rstrip(": ")
                if len(rows) < _PAGE:
                    break
    return found


def _page(client: httpx.Client, kind: str, offset: int) -> list[Any]:
    try:
        answer = client.get(f"/v3/suppression/{kind}", params={"limit": _PAGE, "offset": offset})
        answer.raise_for_status()
        rows = answer.json()
    except httpx.HTTPStatusError as error:
        raise Unavailable(
            f"SendGrid's list of {kind} cannot be read ({error.response.status_code}); "
            "the key needs the scope 'suppression'"
        ) from None
    except (httpx.HTTPError, ValueError) as error:
        raise Unavailable(
            f"SendGrid's list of {kind} cannot be read ({type(error).__name__})"
        ) from None
    return rows if isinstance(rows, list) else []


def ses_suppressions(region: str, endpoint_url: str | None = None) -> dict[str, str]:
    """The account's suppression list, with BOUNCE or COMPLAINT as the reason."""
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    found: dict[str, str] = {}
    client = boto3.client("sesv2", region_name=region, endpoint_url=endpoint_url)
    request: dict[str, Any] = {"PageSize": _PAGE}
    try:
        for _ in range(_MOST_PAGES):
            answer = client.list_suppressed_destinations(**request)
            for row in answer.get("SuppressedDestinationSummaries", []):
                found[row["EmailAddress"]] = str(row.get("Reason", "")).lower()
            if not answer.get("NextToken"):
                break
            request["NextToken"] = answer["NextToken"]
    except (BotoCoreError, ClientError) as error:
        raise Unavailable(
            f"the suppression list of SES cannot be read ({type(error).__name__})"
        ) from None
    finally:
        client.close()
    return found
