"""What people ask of routing: read and put together for the command line and the desk alike."""

import datetime as dt

import pandas as pd

from cs_assets.routing import books as shelving
from cs_assets.routing import border, cover, service_level, situation
from cs_assets.routing import status as standing
from cs_assets.routing.batches import Reads
from cs_assets.routing.policy import Policy
from cs_assets.routing.rehearsal import capacity_plan, hand_off, what_if
from cs_assets.routing.rehearsal.proposed import Proposed

_ORPHAN = ["account_id", "account_name", "worker_id", "worker_name", "why", "until", "revenue"]


def to_decide(db: Reads) -> pd.DataFrame:
    """What waits for a person, then what is wrong in rows of the sources."""
    waiting = db.query("routing/to_decide")
    described = db.query("routing/described_to_mend")
    to_mend = border.to_mend(described, db.query("routing/books_to_mend"))
    return pd.concat([waiting, to_mend]) if len(to_mend) else waiting


def orphans(db: Reads, as_of: dt.datetime, policy: Policy) -> pd.DataFrame:
    """Accounts whose owner left, leaves or is on leave."""
    owned = situation.owned(db, as_of, "", policy)
    return cover.orphans(owned, db.query("routing/workers"), as_of, policy)[_ORPHAN]


def handed_off(db: Reads, as_of: dt.datetime, policy: Policy) -> pd.DataFrame:
    """Who takes the accounts of those who leave or are away."""
    owned = situation.owned(db, as_of, "", policy)
    return hand_off.plan(owned, db.query("routing/workers"), as_of, policy)


def planned(
    db: Reads, as_of: dt.datetime, quarters: int, policy: Policy
) -> list[capacity_plan.Region]:
    """CSMs needed in the next quarters, by region."""
    owned = situation.owned(db, as_of, "", policy)
    workers, arrivals = db.query("routing/workers"), db.query("routing/arrivals")
    nobody = db.query("routing/ownerless")
    idle = list(nobody.loc[nobody["waits"].astype(bool), "account_id"])
    return capacity_plan.plan(arrivals, owned, workers, as_of, quarters, policy, waiting=idle)


def counted(db: Reads, as_of: dt.datetime, policy: Policy) -> standing.Counted:
    """Where routing stands by what was decided: recommendations, assignments, who waits."""
    return _counts(db, *_decided(db), as_of, policy)


def status(db: Reads, as_of: dt.datetime, policy: Policy) -> standing.Status:
    """Where routing stands: recommendations, books, and owners that cannot stay."""
    listed = db.query("routing/owned_accounts", [as_of, ""])
    owned = situation.owned(db, as_of, "", policy)
    workers, (given, recommended, nobody) = db.query("routing/workers"), _decided(db)
    agreed = standing.agreed(given, recommended)
    lost = list(nobody.loc[~nobody["waits"].astype(bool), "account_id"])
    return standing.Status.of(
        _counts(db, given, recommended, nobody, as_of, policy),
        standing.of_books(owned, workers, as_of, policy),
        standing.wrong(owned, listed, workers, lost, agreed, as_of, policy),
    )


def _decided(db: Reads) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Assignments, first recommendations, and accounts without an owner."""
    return (
        db.query("routing/assignments"),
        db.query("routing/first_recommendations"),
        db.query("routing/ownerless"),
    )


def _counts(
    db: Reads,
    given: pd.DataFrame,
    recommended: pd.DataFrame,
    nobody: pd.DataFrame,
    as_of: dt.datetime,
    policy: Policy,
) -> standing.Counted:
    return standing.Counted(
        standing.last_batch(recommended),
        {str(name): int(n) for name, n in given["status"].value_counts().sort_index().items()},
        standing.measures(db.query("routing/metrics")),
        service_level.measures(db.query("routing/service_level"), as_of, policy),
        int(nobody["waits"].astype(bool).sum()),
    )


def people_and_accounts(
    db: Reads, as_of: dt.datetime, policy: Policy
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What a scenario is played on: workers, and weighed accounts with their owner."""
    return db.query("routing/workers"), situation.owned(db, as_of, "", policy)


def played(
    workers: pd.DataFrame,
    owned: pd.DataFrame,
    scenario: what_if.Scenario,
    as_of: dt.datetime,
    policy: Policy,
) -> Proposed:
    """What could move as things are, or as the scenario has them; the warehouse is not asked."""
    books = shelving.books(workers, owned, as_of, policy)
    names = dict(zip(workers["worker_id"], workers["worker_name"], strict=True))
    found = what_if.play(scenario, workers, owned, policy, as_of)
    return Proposed(found.points, books, found.books, owned, names, policy)
