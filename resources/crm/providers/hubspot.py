"""HubSpot: the owner of a company, by the dated CRM API.

A company is found by its record id, or by a property of unique values (``CRM_ACCOUNT_KEY``); an
owner by mail address. The token is that of a private app with the scopes
``crm.objects.companies.read``, ``crm.objects.companies.write`` and ``crm.objects.owners.read``.
"""

import json
from urllib.parse import quote

from cs_assets.delivery.model import Answer, Outcome
from cs_assets.delivery.outcomes import answer_of_status, asked_wait
from resources.crm.api import Owners, nobody, read, requested
from resources.crm.provider import Crm
from resources.one_request import Reply
from resources.settings import Settings

_VERSION = "2026-03"
_OWNER = "hubspot_owner_id"
#: Not taken now: the record is locked by another change, the account is being moved.
_LATER = frozenset({423, 477})


class HubSpotRecords:
    """Companies and owners of one HubSpot account."""

    provider = "hubspot"

    def __init__(self, token: str, base_url: str, key: str | None, seconds: float) -> None:
        self._base, self._key, self._seconds = base_url.rstrip("/"), key, seconds
        self._headers = {"Authorization": f"Bearer {token}"}

    def owner_id(self, address: str) -> str:
        url = f"{self._base}/crm/owners/{_VERSION}"
        found = read(url, self._headers, self._seconds, email=address, limit="2")
        results = found.get("results") or []
        if len(results) != 1:
            raise nobody("owner's mail address", len(results))
        return str(results[0]["id"])

    def record(self, account: str) -> tuple[str, str | None]:
        query = {"properties": _OWNER} | ({"idProperty": self._key} if self._key else {})
        found = read(self._company(account), self._headers, self._seconds, **query)
        return str(found["id"]), (found.get("properties") or {}).get(_OWNER) or None

    def write(self, record: str, owner: str) -> Reply:
        body = {"properties": {_OWNER: owner}}
        return requested("PATCH", self._company(record), self._headers, self._seconds, body)

    def meaning(self, reply: Reply) -> Answer:
        said = reply.text[:200]
        if reply.status == 200:
            return Answer(Outcome.ACCEPTED, code="200")
        if reply.status in _LATER:
            wait = asked_wait(reply.headers)
            code = str(reply.status)
            return Answer(Outcome.REJECTED_TRANSIENT, code=code, error_text=said, retry_after=wait)
        if reply.status == 404:  # it was there a moment ago
            return Answer(Outcome.REJECTED_PERMANENT, code="404", error_text="the record is gone")
        answer = answer_of_status(reply.status, reply.headers, said)
        if reply.status == 429 and _policy(reply) == "DAILY":
            return Answer(
                answer.outcome, code="429", error_text=said, stop_batch=True, whole_channel=True
            )
        return answer

    def _company(self, account: str) -> str:
        return f"{self._base}/crm/objects/{_VERSION}/companies/{quote(account, safe='')}"


def _policy(reply: Reply) -> str:
    """Which limit a refusal was about."""
    try:
        return str(json.loads(reply.body).get("policyName", ""))
    except (ValueError, AttributeError):
        return ""


def _open(settings: Settings, seconds: float) -> Owners:
    assert settings.hubspot_access_token is not None
    token = settings.hubspot_access_token.get_secret_value().strip()
    return Owners(
        HubSpotRecords(token, settings.hubspot_base_url, settings.crm_account_key, seconds)
    )


CRM = Crm(name="hubspot", open=_open, needs=("hubspot_access_token",))
