"""What a mail address is at the desk: operations, a manager, a CSM, a rep, or nobody."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from cs_assets.answers.scope import Asker, Session
from cs_assets.frames import records
from cs_assets.names import compared


def asker_of(db: Session, address: str, operations: Collection[str]) -> Asker | None:
    """Who has the address, ``None`` for nobody; the first that fits of operations, manager, CSM
    and rep, each of which sees what the next does.

    ``operations``: addresses that see all. A manager is who others report to.
    """
    wanted = compared(address)
    if wanted in {compared(one) for one in operations}:
        return Asker("operations", address)
    reps, workers = records(db.query("answers/reps")), records(db.query("answers/workers"))
    own_reps = _ids(reps, "email", wanted, "user_id")
    own_workers = _ids(workers, "worker_email", wanted, "worker_id")
    if _leads(reps, own_reps) or _leads(workers, own_workers):
        return Asker("manager", address)
    homes = records(db.query("answers/customers"))
    if own_workers or _ids(homes, "csm_email", wanted, "csm_id"):
        return Asker("csm", address)
    return Asker("rep", address) if own_reps else None


def _ids(rows: Iterable[Mapping[str, Any]], column: str, wanted: str, of: str) -> set[str]:
    return {
        str(row[of])
        for row in rows
        if isinstance(row[column], str) and compared(row[column]) == wanted
    }


def _leads(people: Iterable[Mapping[str, Any]], identities: set[str]) -> bool:
    return any(one["manager_id"] in identities for one in people)
