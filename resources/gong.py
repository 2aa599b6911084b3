"""Where calls come from: a folder of answers of the Gong API.

Which one is read is a matter of settings; both ways give the same pages.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import dagster as dg

from resources.gong_export import ExportReader
from resources.gong_pages import GongReader, Page, Window
from resources.settings import Settings


class GongSource(dg.ConfigurableResource):
    """Calls, transcripts and users of a company, page by page.

    ``root`` is the home folder. Settings are read from the environment when a
    run starts, so that no secret is part of a run's configuration.
    """

    root: str

    def reader(self) -> GongReader:
        """The way in that the settings name."""
        settings = Settings.load(cs_assets_home=Path(self.root))
        return ExportReader(settings.gong_dir)

    def calls(self, window: Window) -> Iterator[Page]:
        """Calls that start in ``window``, and those whose start cannot be read."""
        return self.reader().calls(window)

    def calls_by_id(self, call_ids: Sequence[str]) -> Iterator[Page]:
        """The calls of these ids that Gong still has."""
        return self.reader().calls_by_id(call_ids)

    def transcripts(self, call_ids: Sequence[str]) -> Iterator[Page]:
        """The transcripts that exist for these calls."""
        return self.reader().transcripts(call_ids)

    def users(self) -> Iterator[Page]:
        """Every user of the company."""
        return self.reader().users()


__all__ = ["GongSource", "Page", "Window"]
