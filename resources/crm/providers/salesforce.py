"""Salesforce: the owner of an Account, by the REST API and a connected app of its own.

An Account is found by its id, or by a field of external ids (``CRM_ACCOUNT_KEY``); a user by mail
address, active ones only. The app signs in by the OAuth 2.0 client credentials flow.
"""

import json
import urllib.request
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from cs_assets.delivery.model import Answer, Outcome
from cs_assets.delivery.outcomes import answer_of_status
from cs_assets.redaction import remember_secret
from resources.crm.api import Owners, Refused, document, nobody, read, refusal, requested, unchanged
from resources.crm.provider import Crm
from resources.one_request import NoReply, Reply, send
from resources.settings import Settings

_DATA = "/services/data/v66.0"
#: Refused now, about this record; and about all, until the day's allowance is renewed.
_LATER = frozenset({"UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE", "ROW_LOCK_TIMEOUT"})
_USED_UP = "REQUEST_LIMIT_EXCEEDED"
#: About the app or the session; every other record would be refused alike.
_SETTINGS = frozenset(
    {"INVALID_SESSION_ID", "API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED", "INVALID_FIELD"}
)


class SalesforceRecords:
    """Accounts and users of one Salesforce organisation."""

    provider = "salesforce"

    def __init__(
        self, instance: str, client: str, secret: str, key: str | None, seconds: float
    ) -> None:
        self._instance, self._key, self._seconds = instance.rstrip("/"), key, seconds
        self._client, self._secret = client, secret
        self._signed: dict[str, str] | None = None

    def owner_id(self, address: str) -> str:
        said = address.replace("\\", "\\\\").replace("'", "\\'")
        soql = f"SELECT Id FROM User WHERE Email = '{said}' AND IsActive = true LIMIT 2"  # noqa: S608
        found = self._read(f"{_DATA}/query", q=soql).get("records") or []
        if len(found) != 1:
            raise nobody("mail address among active users", len(found))
        return str(found[0]["Id"])

    def record(self, account: str) -> tuple[str, str | None]:
        by = f"{self._key}/{quote(account, safe='')}" if self._key else quote(account, safe="")
        found = self._read(f"{_DATA}/sobjects/Account/{by}", fields="Id,OwnerId")
        return str(found["Id"]), found.get("OwnerId") or None

    def write(self, record: str, owner: str) -> Reply:
        url = f"{self._instance}{_DATA}/sobjects/Account/{quote(record, safe='')}"
        return requested("PATCH", url, self._headers(), self._seconds, {"OwnerId": owner})

    def meaning(self, reply: Reply) -> Answer:
        if reply.status in (200, 204):
            return Answer(Outcome.ACCEPTED, code=str(reply.status))
        return _refused(reply, answer_of_status(reply.status, reply.headers, reply.text[:200]))

    def _read(self, path: str, **query: str) -> Any:
        """The document; signs in anew once where a session is over."""
        for last in (False, True):
            try:
                return read(f"{self._instance}{path}", self._headers(), self._seconds, **query)
            except Refused as refused:
                if refused.answer.code == "401" and not last:
                    self._signed = None
                    continue
                raise Refused(_worse(refused.answer)) from None
        raise AssertionError("unreachable")

    def _headers(self) -> Mapping[str, str]:
        if self._signed is None:
            self._signed = {"Authorization": f"Bearer {self._token()}"}
        return self._signed

    def _token(self) -> str:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._client, "client_secret": self._secret,
        }  # fmt: skip
        request = urllib.request.Request(  # noqa: S310 (checked where it is set)
            f"{self._instance}/services/oauth2/token", data=urlencode(form).encode(), method="POST"
        )
        try:
            reply = send(request, seconds=self._seconds)
        except NoReply as broken:
            raise Refused(unchanged(broken.answer)) from None
        if reply.status != 200:
            answer = refusal(reply)
            if 400 <= reply.status < 500 and reply.status != 429:
                answer = replace(answer, outcome=Outcome.CONFIG_ERROR)
            raise Refused(replace(answer, error_text="Salesforce does not sign the app in"))
        token = str(document(reply).get("access_token", ""))
        remember_secret(token)
        return token


def _refused(reply: Reply, otherwise: Answer) -> Answer:
    """What the error code of a refusal means; Salesforce tells more by it than by the status."""
    try:
        code = str(json.loads(reply.body)[0]["errorCode"])
    except (ValueError, LookupError, TypeError):
        return otherwise
    told = replace(otherwise, code=code[:60])
    if code == _USED_UP:
        return replace(
            told, outcome=Outcome.REJECTED_TRANSIENT, stop_batch=True, whole_channel=True
        )
    if code in _LATER:
        return replace(told, outcome=Outcome.REJECTED_TRANSIENT, whole_channel=False)
    if code in _SETTINGS:
        return replace(told, outcome=Outcome.CONFIG_ERROR)
    if 400 <= reply.status < 500:  # a rule of the organisation, or rights on this record
        return replace(told, outcome=Outcome.REJECTED_PERMANENT, whole_channel=False)
    return told


def _worse(answer: Answer) -> Answer:
    """A read that was refused because the day's allowance is used up."""
    if answer.code == "403" and _USED_UP in answer.error_text:
        return replace(
            answer, outcome=Outcome.REJECTED_TRANSIENT, stop_batch=True, whole_channel=True
        )
    return answer


def _open(settings: Settings, seconds: float) -> Owners:
    secret = settings.salesforce_client_secret
    assert settings.salesforce_instance_url is not None
    assert settings.salesforce_client_id is not None
    assert secret is not None
    return Owners(
        SalesforceRecords(
            settings.salesforce_instance_url,
            settings.salesforce_client_id,
            secret.get_secret_value().strip(),
            settings.crm_account_key,
            seconds,
        )
    )


CRM = Crm(
    name="salesforce",
    open=_open,
    needs=("salesforce_instance_url", "salesforce_client_id", "salesforce_client_secret"),
)
