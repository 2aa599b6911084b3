"""Reading and writing a CRM's records over HTTP, and what its answers mean.

Until the one write everything is a read, so whatever breaks before it has changed nothing.
"""

import json
import urllib.request
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol
from urllib.parse import urlencode

from cs_assets.delivery.crm_courier import OwnerChange
from cs_assets.delivery.model import Answer, Outcome
from cs_assets.delivery.outcomes import answer_of_status
from resources.one_request import NoReply, Reply, send


class Refused(Exception):
    """A read that did not give what the write needs; ``answer`` says what that means."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.error_text)
        self.answer = answer


class Records(Protocol):
    """What differs between CRMs. Reads raise ``Refused``."""

    provider: str

    def owner_id(self, address: str) -> str:
        """The CRM's id of the one owner with this mail address."""
        ...

    def record(self, account: str) -> tuple[str, str | None]:
        """The CRM's id of the account's record, and its owner now."""
        ...

    def write(self, record: str, owner: str) -> Reply:
        """The one write; raises ``NoReply``."""
        ...

    def meaning(self, reply: Reply) -> Answer:
        """What an answer to a write means."""
        ...


class Owners:
    """Owners of accounts in a CRM (``OwnerTransport``)."""

    def __init__(self, records: Records) -> None:
        self._records, self._ids = records, dict[str, str]()
        self.provider = records.provider

    def set_owner(self, change: OwnerChange) -> Answer:
        """Write the owner, unless it is there already or somebody gave the record to another."""
        try:
            wanted = self._id(change.owner)
            record, now = self._records.record(change.account)
            if now == wanted:
                return Answer(Outcome.ACCEPTED, provider_message_id=record, code="unchanged")
            if now is not None and change.before and now != self._before(change.before, now):
                return _no("the record got another owner meanwhile; it was left as it is")
        except Refused as refused:
            return refused.answer
        try:
            reply = self._records.write(record, wanted)
        except NoReply as broken:
            return broken.answer
        return replace(self._records.meaning(reply), provider_message_id=record)

    def has_owner(self, change: OwnerChange) -> bool | None:
        try:
            return self._records.record(change.account)[1] == self._id(change.owner)
        except Refused:
            return None

    def close(self) -> None:
        """There is a connection for each request; nothing is held."""

    def _id(self, address: str) -> str:
        if address not in self._ids:
            self._ids[address] = self._records.owner_id(address)
        return self._ids[address]

    def _before(self, address: str, otherwise: str) -> str:
        """The id of the owner before; ``otherwise`` where the CRM knows that person no more."""
        try:
            return self._id(address)
        except Refused as refused:
            if refused.answer.outcome is Outcome.REJECTED_PERMANENT:
                return otherwise
            raise


def requested(
    method: str, url: str, headers: Mapping[str, str], seconds: float, body: Any = None
) -> Reply:
    """One request with a JSON body; raises ``NoReply``."""
    data = None if body is None else json.dumps(body).encode()
    told = {"Accept": "application/json", "Content-Type": "application/json", **headers}
    request = urllib.request.Request(  # noqa: S310 (the address is checked where it is set)
        url, data=data, headers=told, method=method
    )
    return send(request, seconds=seconds)


def read(url: str, headers: Mapping[str, str], seconds: float, **query: str) -> Any:
    """The document at an address; raises ``Refused``. Nothing was changed, whatever went wrong."""
    try:
        reply = requested("GET", f"{url}?{urlencode(query)}" if query else url, headers, seconds)
    except NoReply as broken:
        raise Refused(unchanged(broken.answer)) from None
    if reply.status != 200:
        raise Refused(refusal(reply))
    return document(reply)


def document(reply: Reply) -> Any:
    """The JSON of an answer; raises ``Refused`` for what is none."""
    try:
        return json.loads(reply.body)
    except ValueError:
        said = "the answer is no JSON"
        raise Refused(Answer(Outcome.REJECTED_TRANSIENT, code="200", error_text=said)) from None


def refusal(reply: Reply) -> Answer:
    """What the status of a read means: there is no such record, not now, or wrong settings."""
    if reply.status == 404:
        return _no("the CRM has no such record")
    return unchanged(answer_of_status(reply.status, reply.headers, reply.text[:200]))


def unchanged(answer: Answer) -> Answer:
    """An answer to a read: what is unclear of it has surely changed nothing."""
    if answer.outcome is Outcome.UNKNOWN:
        return replace(answer, outcome=Outcome.REJECTED_TRANSIENT, whole_channel=True)
    return answer


def _no(said: str) -> Answer:
    return Answer(Outcome.REJECTED_PERMANENT, error_text=said)


def nobody(address_of: str, found: int) -> Refused:
    """There is not exactly one such owner in the CRM."""
    how_many = "nobody" if not found else f"{found} people"
    return Refused(_no(f"the CRM has {how_many} with the {address_of}"))
