"""The example cases beside the policy: who should get an account. An edit that breaks one fails.

`routing_cases.yaml` lies beside `routing.yaml`; a user's folder may hold cases of its own. A
case names CSMs by what differs from an even book of four years, and an account by what
differs from a calm one; it is decided by the same code as any other account.
"""

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, model_validator

from cs_assets import config
from cs_assets.routing import accounts as describing
from cs_assets.routing import books as shelving
from cs_assets.routing.placing.recommend import recommend
from cs_assets.routing.policy import Policy

#: Any moment will do: cases tell times from it backwards.
_AS_OF = dt.datetime.fromisoformat("2026-01-05T09:00:00")

_ACCOUNT: dict[str, Any] = {
    "tenant_id": None,
    "account_name": "example",
    "parent_account_id": None,
    "segment": "Residential",
    "account_level": "Corporate",
    "region": "Europe",
    "language": "en",
    "revenue": 20_000.0,
    "health_segment": "Green",
    "tad_score": 20.0,
    "module_count": 2,
    "integration_count": 1,
    "open_tickets": 1,
    "escalations_90d": 0,
    "lifecycle_stage": "steady",
    "is_protected": False,
    "churn_signals": 0,
    "worst_signal": 0,
}


class CaseCsm(BaseModel):
    """A CSM of a case; ``hours_since`` the last assignment, ``red`` of the accounts."""

    model_config = ConfigDict(extra="forbid")

    months: float = 48
    accounts: int = Field(ge=0)
    red: int = Field(default=0, ge=0)
    hours_since: float = 1000
    region: str = "Europe"
    languages: str = "en;de"
    segments: str | None = None


class Case(BaseModel):
    """Who should get the account, or each of several: names of ``csms``."""

    model_config = ConfigDict(extra="forbid")

    name: str
    account: dict[str, Any] | None = None
    accounts: dict[str, dict[str, Any]] = {}
    csms: dict[str, CaseCsm]
    expect: str | dict[str, str]

    @model_validator(mode="after")
    def _one_or_several(self) -> "Case":
        wanted = set(self.expect) if isinstance(self.expect, dict) else None
        if (self.account is None) != bool(self.accounts) or (
            wanted != (set(self.accounts) if self.accounts else None)
        ):
            raise ValueError(f"case '{self.name}' needs one account, or several with an owner each")
        return self


class _Cases(BaseModel):
    model_config = ConfigDict(extra="forbid")

    cases: list[Case]


def load(folder: Path | None = None) -> list[Case]:
    """The cases of the user's folder, or ours; raises `config.BadConfiguration`."""
    return config.load("routing_cases.yaml", _Cases, folder).cases


def chosen(case: Case, policy: Policy) -> str | dict[str, str | None] | None:
    """The name of the CSM who gets the account of the case, None for nobody.

    For several accounts, the same by account.
    """
    workers = pd.DataFrame([_worker(name, csm) for name, csm in case.csms.items()])
    held = pd.DataFrame(
        [row for name, csm in case.csms.items() for row in _book(name, csm)],
        columns=[*_ACCOUNT, "account_id", "worker_id", "owned_since"],
    )
    books = shelving.books(workers, describing.weigh(held, policy), _AS_OF, policy)
    asked = {"NEW": case.account} if case.account is not None else case.accounts
    fresh = {"parent_owner_id": None, "waiting_since": _AS_OF, "batched_at": _AS_OF}
    new = [{**_ACCOUNT, **fresh, "account_id": name, **row} for name, row in asked.items()]
    described = describing.describe(pd.DataFrame(new), policy)
    rows = recommend(described, books, policy).recommendations
    first = rows[rows["rank"] == 1].set_index("account_id")["worker_id"]
    found = {name: None if first[name] is None else str(first[name]) for name in asked}
    return found["NEW"] if case.account is not None else found


def _worker(name: str, csm: CaseCsm) -> dict[str, Any]:
    return {
        "worker_id": name,
        "worker_name": name,
        "job_profile": "Customer Success Manager",
        "is_active": True,
        "hire_date": _AS_OF.date() - dt.timedelta(days=int(csm.months * 30.5)),
        "termination_date": None,
        "leave_start": None,
        "leave_end": None,
        "region": csm.region,
        "languages": csm.languages,
        "segments": csm.segments,
        "max_accounts": None,
        "manager_id": None,
    }


def _book(name: str, csm: CaseCsm) -> list[dict[str, Any]]:
    since = _AS_OF - dt.timedelta(hours=csm.hours_since)
    return [
        {
            **_ACCOUNT,
            "account_id": f"{name}{k}",
            "worker_id": name,
            "owned_since": since,
            "health_segment": "Red" if k < csm.red else "Green",
        }
        for k in range(csm.accounts)
    ]
