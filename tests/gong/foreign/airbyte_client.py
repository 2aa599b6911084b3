"""Reads a Gong with Airbyte's CDK: run by a Python that has ``airbyte-cdk``, which is not ours.

    PYTHON airbyte_client.py MANIFEST BASE_URL START END [STREAM ...]

Prints one JSON object: by stream how many records came and how many distinct keys they have,
or what went wrong. The manifest's own base address, if it has one, gives way to ``BASE_URL``.
"""

import json
import logging
import sys
from pathlib import Path
from typing import Any

import yaml
from airbyte_cdk.models import (
    AirbyteStateMessage,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteStream,
    DestinationSyncMode,
    SyncMode,
    Type,
)
from airbyte_cdk.sources.declarative.concurrent_declarative_source import (
    ConcurrentDeclarativeSource,
)


def redirected(part: Any, base_url: str) -> Any:
    """The manifest with every base address replaced."""
    if isinstance(part, dict):
        return {
            key: f"{base_url}/v2/" if key == "url_base" else redirected(value, base_url)
            for key, value in part.items()
        }
    if isinstance(part, list):
        return [redirected(value, base_url) for value in part]
    return part


def read(manifest: Path, config: dict[str, str], names: list[str]) -> dict[str, Any]:
    """Each stream's outcome, read from the beginning and then again from its last state."""
    document = redirected(yaml.safe_load(manifest.read_text()), config["base_url"])
    log = logging.getLogger("airbyte")

    def source(catalog: Any, state: list[AirbyteStateMessage]) -> ConcurrentDeclarativeSource:
        return ConcurrentDeclarativeSource(
            catalog=catalog, config=config, state=state, source_config=document
        )

    outcome: dict[str, Any] = {}
    check = source(None, []).check(log, config)
    outcome["check"] = {"status": check.status.value, "message": check.message}
    for stream in source(None, []).discover(log, config).streams:
        if names and stream.name not in names:
            continue
        modes = [mode.value for mode in stream.supported_sync_modes]
        mode = SyncMode.incremental if "incremental" in modes else SyncMode.full_refresh
        chosen = ConfiguredAirbyteStream(
            stream=stream, sync_mode=mode, destination_sync_mode=DestinationSyncMode.append
        )
        catalog = ConfiguredAirbyteCatalog(streams=[chosen])
        found, state = one_read(source(catalog, []), log, config, catalog, [])
        outcome[stream.name] = summary(found, stream.source_defined_primary_key)
        if mode is SyncMode.incremental and state:
            again, _ = one_read(source(catalog, state), log, config, catalog, state)
            outcome[stream.name]["again"] = len(again)
    return outcome


def one_read(
    source: Any, log: logging.Logger, config: Any, catalog: Any, state: list[AirbyteStateMessage]
) -> tuple[list[dict[str, Any]], list[AirbyteStateMessage]]:
    records: list[dict[str, Any]] = []
    last: list[AirbyteStateMessage] = []
    for message in source.read(log, config, catalog, state):
        if message.type is Type.RECORD:
            records.append(message.record.data)
        elif message.type is Type.STATE:
            last = [message.state]
    return records, last


def summary(records: list[dict[str, Any]], key: list[list[str]] | None) -> dict[str, Any]:
    def key_of(record: Any) -> str:
        values = []
        for path in key or []:
            value = record
            for name in path:
                value = value[name]
            values.append(value)
        return json.dumps(values)

    return {"records": len(records), "keys": len({key_of(record) for record in records})}


def main() -> None:
    manifest, base_url, start, end, *names = sys.argv[1:]
    config = {
        "base_url": base_url,
        "access_key": "key",
        "access_key_secret": "secret",
        "start": start,
        "start_date": start,
        "end": end,
    }
    logging.disable(logging.INFO)
    print(json.dumps(read(Path(manifest), config, names)))


if __name__ == "__main__":
    main()
