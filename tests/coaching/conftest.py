"""Fixtures of the coaching tests: a warehouse with a small team, and the assets run on it."""

from collections.abc import Callable

import dagster as dg
import pytest

from cs_assets.coaching import assets as coaching
from cs_assets.coaching import checks, policy
from resources.home_resource import HomeResource
from resources.models.writer import WriterResource
from resources.settings import Settings
from tests import materialising
from tests.coaching.tenant import MONDAY, small_team


@pytest.fixture(scope="session")
def rules() -> policy.CoachingPolicy:
    """The built-in policy."""
    return policy.load()


@pytest.fixture
def team(warehouse):
    """A warehouse with the small team."""
    small_team().store(warehouse)
    return warehouse


@pytest.fixture
def materialize(home, warehouse) -> Callable[..., dg.ExecuteInProcessResult]:
    """Materialises coaching assets for the reported week or a range of weeks, checks included."""

    def run(
        *names: str,
        first: str | None = None,
        last: str = MONDAY.isoformat(),
        run_config=None,
        **more,
    ):
        wanted = [a for a in coaching.assets if not names or a.key.to_user_string() in names]
        chosen = [] if names else checks.checks
        ranged = first is not None and first != last
        tags = {
            "dagster/asset_partition_range_start": first,
            "dagster/asset_partition_range_end": last,
        }
        return materialising.materialize(
            [*wanted, *chosen],
            partition_key=None if ranged else last,
            tags=tags if ranged else None,
            resources={
                "settings": Settings.load(),
                "warehouse": warehouse,
                "home": HomeResource(root=str(home.root)),
                "writer": WriterResource(settings=Settings.load(cs_assets_writer="rules")),
                **more,
            },
            instance=dg.DagsterInstance.ephemeral(),
            run_config=run_config,
        )

    return run
