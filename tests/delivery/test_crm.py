"""Owners on their way to HubSpot and Salesforce: each decision is written once, whatever breaks."""

import dataclasses
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cs_assets.delivery.crm_courier import CrmCourier, OwnerChange, hand_over
from cs_assets.delivery.delivering import Outbox
from cs_assets.delivery.model import Outcome
from cs_assets.errors import UsageError
from resources.crm import choosing
from resources.crm.api import Owners
from resources.crm.providers.hubspot import HubSpotRecords
from resources.crm.providers.salesforce import SalesforceRecords
from resources.settings import Settings
from tests.delivery.fake_crm import FakeCrm
from tests.faults.doubles import FixedClock
from tests.faults.http_server import Fault, Reply

CHANGE = OwnerChange("0123456789abcdef", "A1", "bob@x.example", None, dt.date(2026, 11, 16))


@pytest.fixture
def crm() -> Iterator[FakeCrm]:
    with FakeCrm().serving() as fake:
        yield fake


def owners(crm: FakeCrm, name: str, seconds: float = 30.0) -> Owners:
    if name == "hubspot":
        return Owners(HubSpotRecords("pat-token", crm.server.url, None, seconds))
    return Owners(SalesforceRecords(crm.server.url, "client", "secret", None, seconds))


BOTH = pytest.mark.parametrize("name", ["hubspot", "salesforce"])


@BOTH
def test_an_owner_is_written_by_the_crms_own_ids(crm: FakeCrm, name: str) -> None:
    assert owners(crm, name).set_owner(CHANGE).outcome is Outcome.ACCEPTED
    (request,) = crm.written
    wanted = {
        "hubspot": (
            "/crm/objects/2026-03/companies/A1",
            {"properties": {"hubspot_owner_id": "12"}},
            "Bearer pat-token",
        ),
        "salesforce": (
            "/services/data/v66.0/sobjects/Account/A1", {"OwnerId": "12"}, "Bearer session",
        ),
    }[name]  # fmt: skip
    headers = {key.lower(): value for key, value in request.headers.items()}
    assert (request.path, json.loads(request.body), headers["authorization"]) == wanted
    assert crm.owners["A1"] == "12"


@BOTH
def test_what_the_crm_has_already_is_not_written(crm: FakeCrm, name: str) -> None:
    crm.owners["A1"] = "12"
    answer = owners(crm, name).set_owner(CHANGE)
    assert (answer.outcome, answer.code, crm.written) == (Outcome.ACCEPTED, "unchanged", [])


@BOTH
def test_an_owner_whom_somebody_chose_meanwhile_stays(crm: FakeCrm, name: str) -> None:
    crm.owners["A2"] = "99"
    change = dataclasses.replace(CHANGE, account="A2", before="ann@x.example")
    answer = owners(crm, name).set_owner(change)
    assert (answer.outcome, crm.written) == (Outcome.REJECTED_PERMANENT, [])
    assert "meanwhile" in answer.error_text


@BOTH
@pytest.mark.parametrize(
    ("change", "said"),
    [({"owner": "eve@x.example"}, "nobody"), ({"account": "A9"}, "no such record")],
)
def test_who_or_what_the_crm_does_not_know_is_refused(
    crm: FakeCrm, name: str, change: dict[str, str], said: str
) -> None:
    answer = owners(crm, name).set_owner(dataclasses.replace(CHANGE, **change))  # type: ignore[arg-type]
    assert (answer.outcome, crm.written) == (Outcome.REJECTED_PERMANENT, [])
    assert said in answer.error_text


def refused(code: str) -> bytes:
    return json.dumps([{"errorCode": code, "message": "no"}]).encode()


@pytest.mark.parametrize(
    ("name", "reply", "outcome"),
    [
        ("hubspot", Reply(400, b"{}"), Outcome.REJECTED_PERMANENT),
        ("hubspot", Reply(401, b"{}"), Outcome.CONFIG_ERROR),
        ("hubspot", Reply(403, b"{}"), Outcome.CONFIG_ERROR),
        ("hubspot", Reply(404, b"{}"), Outcome.REJECTED_PERMANENT),
        ("hubspot", Reply(423, b"{}"), Outcome.REJECTED_TRANSIENT),
        ("hubspot", Reply(429, b'{"policyName": "DAILY"}'), Outcome.REJECTED_TRANSIENT),
        ("hubspot", Reply(477, b"{}"), Outcome.REJECTED_TRANSIENT),
        ("hubspot", Reply(500, b"{}"), Outcome.UNKNOWN),
        ("hubspot", Reply(502, b"{}"), Outcome.UNKNOWN),
        ("hubspot", Reply(503, b"{}"), Outcome.REJECTED_TRANSIENT),
        ("salesforce", Reply(400, refused("UNABLE_TO_LOCK_ROW")), Outcome.REJECTED_TRANSIENT),
        ("salesforce", Reply(403, refused("REQUEST_LIMIT_EXCEEDED")), Outcome.REJECTED_TRANSIENT),
        ("salesforce", Reply(401, refused("INVALID_SESSION_ID")), Outcome.CONFIG_ERROR),
        ("salesforce", Reply(400, refused("FIELD_CUSTOM_VALIDATION_EXCEPTION")),
         Outcome.REJECTED_PERMANENT),
        ("salesforce", Reply(403, refused("INSUFFICIENT_ACCESS_OR_READONLY")),
         Outcome.REJECTED_PERMANENT),
        ("salesforce", Reply(404, refused("ENTITY_IS_DELETED")), Outcome.REJECTED_PERMANENT),
        ("salesforce", Reply(500, b"oops"), Outcome.UNKNOWN),
        ("salesforce", Reply(503, b"[]"), Outcome.REJECTED_TRANSIENT),
    ],
)  # fmt: skip
def test_what_answers_to_a_write_mean(
    crm: FakeCrm, name: str, reply: Reply, outcome: Outcome
) -> None:
    crm.writes.append(reply)
    answer = owners(crm, name).set_owner(CHANGE)
    assert answer.outcome is outcome
    assert answer.stop_batch == (reply.body in (refused("REQUEST_LIMIT_EXCEEDED"),
                                                b'{"policyName": "DAILY"}'))  # fmt: skip


@BOTH
@pytest.mark.parametrize("fault", [Fault.DROP, Fault.RESET, Reply(500), Reply(429)])
def test_a_read_that_breaks_has_changed_nothing(
    crm: FakeCrm, name: str, fault: Reply | Fault
) -> None:
    crm.reads.append(fault)
    answer = owners(crm, name).set_owner(CHANGE)
    assert (answer.outcome, crm.written) == (Outcome.REJECTED_TRANSIENT, [])


@BOTH
@pytest.mark.parametrize("fault", [Fault.DROP, Fault.RESET, Fault.SILENCE])
def test_an_unclear_write_is_decided_by_the_record_and_not_repeated(
    crm: FakeCrm, name: str, fault: Fault, home: Path, clock: FixedClock, outbox: Outbox
) -> None:
    crm.writes.append(fault)
    ours = dataclasses.replace(
        outbox,
        couriers={"crm": CrmCourier(owners(crm, name), home)},
        environments={"crm": "production"},
    )
    assert hand_over(ours, [CHANGE], "run-1").by_state == {"unknown": 1}
    assert hand_over(ours, [CHANGE], "run-2").by_state == {"unknown": 1}, "the CRM may be at it"
    clock.move(minutes=10)
    assert hand_over(ours, [CHANGE], "run-3").by_state == {"sent": 1}
    assert hand_over(ours, [CHANGE], "run-4").by_state == {"sent": 1}
    assert len(crm.written) == 1


def test_an_unclear_write_that_the_record_does_not_show_is_made_again(
    crm: FakeCrm, home: Path, clock: FixedClock, outbox: Outbox
) -> None:
    crm.writes.append(Reply(502))
    ours = dataclasses.replace(
        outbox,
        couriers={"crm": CrmCourier(owners(crm, "hubspot"), home)},
        environments={"crm": "production"},
    )
    assert hand_over(ours, [CHANGE], "run-1").by_state == {"unknown": 1}
    clock.move(minutes=10)
    assert hand_over(ours, [CHANGE], "run-2").by_state == {"sent": 1}
    assert crm.owners["A1"] == "12"


def test_a_newer_decision_on_the_account_is_one_of_its_own(
    crm: FakeCrm, home: Path, outbox: Outbox
) -> None:
    ours = dataclasses.replace(
        outbox,
        couriers={"crm": CrmCourier(owners(crm, "hubspot"), home)},
        environments={"crm": "production"},
    )
    later = dataclasses.replace(CHANGE, decision="f" * 16, owner="ann@x.example")
    for changes in ([CHANGE], [CHANGE], [later], [later]):
        hand_over(ours, changes, "run")
    assert [json.loads(one.body)["properties"]["hubspot_owner_id"] for one in crm.written] == [
        "12", "11",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "CRM_PROVIDER"),
        ({"crm_provider": "hubspot"}, "HUBSPOT_ACCESS_TOKEN"),
        ({"crm_provider": "salesforce"}, "SALESFORCE_INSTANCE_URL"),
        ({"crm_provider": "hubspot", "hubspot_access_token": "t",
          "hubspot_base_url": "http://api.example"}, "HUBSPOT_BASE_URL"),
        ({"crm_provider": "hubspot", "hubspot_access_token": "t", "crm_account_key": "a/b"},
         "CRM_ACCOUNT_KEY"),
    ],
)  # fmt: skip
def test_settings_that_lack_something_are_named(given: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        choosing.courier(Settings.load(**given))
