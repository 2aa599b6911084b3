"""The folder in which one installation keeps its data, and what lies where in it."""

import os
from dataclasses import dataclass
from pathlib import Path

from cs_assets.errors import UsageError
from resources.private import keep_private


@dataclass(frozen=True)
class Home:
    """Paths below one root. Nothing is made until ``ensure`` is called."""

    root: Path
    sources_folder: Path | None = None
    """CSV files that lie elsewhere."""

    @property
    def desk(self) -> Path:
        """Drafts of the desk, and who opened what there."""
        return self.root / "desk.sqlite"

    @property
    def warehouse(self) -> Path:
        return self.root / "warehouse.duckdb"

    @property
    def ledger(self) -> Path:
        """The delivery ledger (SQLite)."""
        return self.root / "delivery.sqlite"

    @property
    def journal(self) -> Path:
        """Receipts of providers, one fsynced JSON line each; the files bear the month as well."""
        return self.root / "receipts.jsonl"

    @property
    def ai_ledger(self) -> Path:
        """Reservations and results of model calls (SQLite)."""
        return self.root / "ai.sqlite"

    @property
    def ai_batches(self) -> Path:
        """What was sent to a model in batches and is not collected: one file each."""
        return self.root / "ai_batches"

    @property
    def sources(self) -> Path:
        """CSV files, one for each source table."""
        return self.sources_folder or self.root / "sources"

    @property
    def gong_export(self) -> Path:
        """Answers of the Gong API, kept as files."""
        return self.root / "gong"

    @property
    def gong_kept(self) -> Path:
        """Answers of Gong that wait for a warehouse that is away (SQLite)."""
        return self.root / "gong_kept.sqlite"

    @property
    def snapshot(self) -> Path:
        """The local copy of a warehouse elsewhere, without words (DuckDB)."""
        return self.root / "snapshot.duckdb"

    @property
    def artifacts(self) -> Path:
        """What people read: reports and digests by week."""
        return self.root / "artifacts"

    @property
    def outbox(self) -> Path:
        """Mails of the console provider."""
        return self.root / "outbox"

    @property
    def looks(self) -> Path:
        """What Snowflake answered last to what is asked all day: ids, hashes, who waits."""
        return self.root / "looks"

    @property
    def dagster(self) -> Path:
        """The Dagster instance (DAGSTER_HOME)."""
        return self.root / "dagster"

    @property
    def served(self) -> Path:
        """The lock of ``cs-assets up``: a home is served by one."""
        return self.root / "up.lock"

    def reports(self, week: str) -> Path:
        return self.artifacts / "reports" / week

    def digests(self, week: str) -> Path:
        return self.artifacts / "digests" / week

    def existing(self) -> "Home":
        """This home if an installation is in it, else ``UsageError``; makes nothing."""
        if not any(
            path.exists() for path in (self.warehouse, self.ledger, self.ai_ledger, self.dagster)
        ):
            raise UsageError(
                f"there is no installation in {self.root}: name its folder with --home or "
                "CS_ASSETS_HOME, or make one with cs-assets demo"
            )
        return self

    def ensure(self) -> "Home":
        """Make the root, private to its owner; one clear line if that cannot be."""
        try:
            keep_private(self.root)
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            probe = self.root / f".probe-{os.getpid()}"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            raise UsageError(
                f"the home folder {self.root} cannot be written ({error.strerror}); "
                "name another with --home or CS_ASSETS_HOME"
            ) from error
        return self
