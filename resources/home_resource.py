"""The home folder as assets are given it."""

from pathlib import Path

import dagster as dg

from resources.home import Home


class HomeResource(dg.ConfigurableResource):
    """The home folder as a Dagster resource."""

    root: str
    sources_folder: str | None = None

    @property
    def paths(self) -> Home:
        return Home(Path(self.root), Path(self.sources_folder) if self.sources_folder else None)
