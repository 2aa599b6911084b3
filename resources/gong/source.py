"""Where calls come from: the API of Gong, a folder of its answers, or tables of another loader.

Which one is read is a matter of settings; all give the same pages.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import dagster as dg
from pydantic import PrivateAttr

from cs_assets.errors import UsageError
from resources.gong.export import ExportReader
from resources.gong.landed import LandedReader
from resources.gong.pages import GongReader, Page, Window, ahead, bundles, rare_collections
from resources.settings import Settings
from resources.warehouse import Warehouse

if TYPE_CHECKING:
    from resources.gong.auth import Authorisation

_COMMON_BASE = "https://api.gong.io"


class GongSource(dg.ConfigurableResource):
    """Calls, transcripts and users of a company, page by page.

    With a loader its tables are read, with an access key or an OAuth app the API, otherwise the
    export folder.
    The settings are handed over as an object, so that no secret is part of a run's configuration.
    """

    settings: dg.ResourceDependency[Settings]
    warehouse: dg.ResourceDependency[Warehouse]

    _reader: GongReader | None = PrivateAttr(default=None)

    def reader(self) -> GongReader:
        """The way in that the settings name; one for the life of the resource."""
        if self._reader is None:
            self._reader = reader(self.settings, self.warehouse)
        return self._reader

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        if self._reader is not None:
            self._reader.close()
        self._reader = None

    def calls(self, window: Window) -> Iterator[Page]:
        """Calls that start in ``window``, and those whose start cannot be read."""
        return self._read(self.reader().calls(window))

    def calls_by_id(self, call_ids: Sequence[str]) -> Iterator[Page]:
        """The calls of these ids that Gong still has."""
        return self.reader().calls_by_id(call_ids)

    def transcripts(self, call_ids: Sequence[str]) -> Iterator[Page]:
        """The transcripts that exist for these calls."""
        return self._read(self.reader().transcripts(call_ids))

    def users(self) -> Iterator[Page]:
        """Every user of the company."""
        return self.reader().users()

    def _read(self, pages: Iterator[Page]) -> Iterator[Page]:
        """Ahead of what is stored; but in one session with it, where both are in the warehouse."""
        return pages if self.settings.gong_loader else ahead(pages)


def reader(settings: Settings, warehouse: Warehouse) -> GongReader:
    """A loader's tables where one is named; with credentials the API, else the export folder."""
    if settings.gong_loader:
        return LandedReader(warehouse, settings)
    authorisation = _authorisation(settings)
    if authorisation is None:
        return ExportReader(settings.gong_dir)
    from resources.gong.client import GongClient  # the HTTP client is heavy; files need none
    from resources.gong.quota import Quota

    quota = Quota(
        settings.home.root / "gong_quota.sqlite",
        company=settings.gong_base_url or settings.gong_oauth_client_id or _COMMON_BASE,
        per_second=settings.gong_requests_per_second,
        per_day=settings.gong_requests_per_day,
        patience=settings.gong_patience_seconds,
    )
    return GongClient(authorisation, quota, workspace_id=settings.gong_workspace_id)


def _authorisation(settings: Settings) -> "Authorisation | None":
    from resources.gong.auth import AccessKey, OAuth

    key, secret = settings.gong_access_key, settings.gong_access_key_secret
    if key is not None and secret is not None:
        return AccessKey(
            key.get_secret_value(),
            secret.get_secret_value(),
            settings.gong_base_url or _COMMON_BASE,
        )
    if (key is None) != (secret is None):
        raise UsageError("GONG_ACCESS_KEY and GONG_ACCESS_KEY_SECRET go together; one is missing")
    app = (
        settings.gong_oauth_client_id,
        settings.gong_oauth_client_secret,
        settings.gong_oauth_refresh_token,
    )
    if app == (None, None, None):
        return None
    client_id, client_secret, refresh_token = app
    if client_id is None or client_secret is None or refresh_token is None:
        raise UsageError(
            "GONG_OAUTH_CLIENT_ID, GONG_OAUTH_CLIENT_SECRET and GONG_OAUTH_REFRESH_TOKEN "
            "go together; set all three"
        )
    return OAuth(
        client_id,
        client_secret.get_secret_value(),
        refresh_token.get_secret_value(),
        settings.home.root / "gong_oauth.json",
        token_url=settings.gong_oauth_token_url,
    )


__all__ = ["GongSource", "Page", "Window", "bundles", "rare_collections", "reader"]
