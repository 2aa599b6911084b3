"""The writer that the settings choose, as a resource of Dagster."""

import dagster as dg

from cs_assets.ai.writing import Writer
from resources.models import ai_statements
from resources.models.choosing import CORTEX_MODEL, choice, cortex_provider, probe, writer_of
from resources.settings import Settings


class WriterResource(dg.ConfigurableResource):
    """Gives each asset its writer, as ``CS_ASSETS_WRITER`` says.

    ``auto``: Cortex on Snowflake with an agent named, else Claude with a key, else
    rules. Keys are part of the settings and of no run's configuration.
    """

    settings: dg.ResourceDependency[Settings]

    def for_run(self, asset: str, run_id: str, items: int = 0) -> Writer:
        """The writer for one asset in one run: budget and ledger count under these names.

        ``items``: customers or reps that it writes for; many of them raise the ceilings.
        """
        return writer_of(self.settings, asset, run_id, items)

    def used(self, asset: str, run_id: str) -> dict[str, int | float]:
        """Metadata: what an asset has used of models in this run; nothing where rules wrote."""
        return ai_statements.used(self.settings, asset, run_id)


__all__ = ["CORTEX_MODEL", "WriterResource", "choice", "cortex_provider", "probe"]
