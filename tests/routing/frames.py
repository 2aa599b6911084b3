"""Small, hand-made source frames for the routing tests."""

import datetime as dt
from typing import Any

import pandas as pd

from cs_assets.routing.policy import Policy

AS_OF = dt.datetime(2026, 11, 16, 9, 0)


def worker(worker_id: str, **values: Any) -> dict[str, Any]:
    """A CSM of five years who may own everything."""
    return {
        "worker_id": worker_id,
        "worker_name": f"Name {worker_id}",
        "worker_email": f"{worker_id.lower()}@example.com",
        "job_profile": "Customer Success Manager",
        "is_active": True,
        "hire_date": dt.date(2021, 11, 1),
        "termination_date": None,
        "leave_start": None,
        "leave_end": None,
        "region": "Europe",
        "languages": "en;de",
        "segments": None,
        "max_accounts": None,
        "manager_id": "M1",
        **values,
    }


def account(account_id: str, **values: Any) -> dict[str, Any]:
    """A calm residential account of no owner."""
    return {
        "account_id": account_id,
        "tenant_id": "T1",
        "account_name": f"Account {account_id}",
        "parent_account_id": None,
        "segment": "Residential",
        "account_level": "Corporate",
        "region": "Europe",
        "language": "en",
        "industry": "Construction",
        "revenue": 20_000.0,
        "health_segment": "Green",
        "tad_score": 20.0,
        "module_count": 2,
        "integration_count": 1,
        "open_tickets": 1,
        "escalations_90d": 0,
        "lifecycle_stage": "steady",
        "is_protected": False,
        "owner_worker_id": None,
        "owned_since": None,
        **values,
    }


def owned(account_id: str, worker_id: str, **values: Any) -> dict[str, Any]:
    """An account that a CSM has had for a year."""
    since = dt.datetime(2025, 11, 16, 9, 0)
    return account(account_id, **{"owner_worker_id": worker_id, "owned_since": since, **values})


def onboarding(account_id: str | None, **values: Any) -> dict[str, Any]:
    """The account in the onboarding view, waiting for two days."""
    return {
        "account_id_ob": account_id,
        "tenant_id": "T1",
        "success_transition_status_ob": "Needs CSM",
        "needs_csm_since": AS_OF - dt.timedelta(days=2),
        "onboarding_completed_on": dt.date(2026, 11, 14),
        **values,
    }


def described(
    accounts: list[dict[str, Any]], workers: list[dict[str, Any]], rules: Policy | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Described accounts without owner and the books of ``workers``, as the assets make them."""
    from cs_assets.routing import accounts as describing
    from cs_assets.routing import books as shelving
    from cs_assets.routing import policy

    rules = rules or policy.load()
    frame = pd.DataFrame(accounts).assign(churn_signals=0, worst_signal=0)
    frame["owned_since"] = pd.to_datetime(frame["owned_since"])
    has_owner = frame["owner_worker_id"].notna()
    mine = frame[has_owner].rename(columns={"owner_worker_id": "worker_id"})
    wanted = frame[~has_owner].assign(
        parent_owner_id=frame.get("parent_owner_id"),
        waiting_since=AS_OF - dt.timedelta(days=2),
        batched_at=AS_OF,
    )
    books = shelving.books(pd.DataFrame(workers), describing.weigh(mine, rules), AS_OF, rules)
    return describing.describe(wanted, rules), books


__all__ = ["AS_OF", "account", "described", "onboarding", "owned", "worker"]
