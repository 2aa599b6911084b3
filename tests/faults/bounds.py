"""Figure R-56: hostile records of Gong, by the API and by files: the same is set aside."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import dagster as dg
import orjson

from cs_assets.calls.assets import assets as call_assets
from cs_assets.gong.assets import assets as gong_assets
from resources.duckdb.warehouse import DuckDBSession, DuckDBWarehouse
from resources.gong.source import GongSource
from resources.home_resource import HomeResource
from resources.settings import Settings
from tests.faults.gong_hostile import DAY, HostileTenant, tenant
from tests.figures import Figure

ALL_OF_CALLS = (*gong_assets, *call_assets)


def hostile_records(
    records: int = 2_000, seed: int = 56, assets: Sequence[dg.AssetsDefinition] = ALL_OF_CALLS
) -> list[Figure]:
    """R-56: the assets of calls over one day of hostile records, in both modes."""
    hostile = tenant(records, seed)
    by_api, by_files = _through_the_api(hostile, assets), _through_files(hostile, assets)
    failed = by_api.failed + by_files.failed
    differing = len(by_api.set_aside ^ by_files.set_aside) + (by_api.staged != by_files.staged)
    return [
        Figure("R-56a", f"stages failed on {records:,} hostile records in both modes",
               " ".join([str(len(failed)), *failed]), "0", not failed),
        Figure("R-56b", f"differences between the modes ({len(by_api.set_aside):,} set aside)",
               str(differing), "0", differing == 0 and len(by_api.set_aside) > records // 4),
    ]  # fmt: skip


class _Outcome:
    """What a run over a tenant came to."""

    def __init__(self, run: dg.ExecuteInProcessResult, warehouse: DuckDBWarehouse) -> None:
        self.failed = [
            str(event.step_key)
            for event in run.all_events
            if event.event_type_value == "STEP_FAILURE"
        ]
        with warehouse.session() as db:
            assert isinstance(db, DuckDBSession)
            letters = "SELECT kind, reason, call_id, call_date, raw FROM gong.gong_dead_letters"
            self.set_aside = set(db._connection.execute(letters).fetchall())
            self.staged = [
                db._connection.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall()
                for table in ("gong.stg_gong_calls", "gong.stg_gong_call_participants",
                              "gong.stg_gong_call_topics", "gong.stg_gong_call_transcripts")
            ]  # fmt: skip
        if not self.staged[0] or not self.staged[3]:
            self.failed.append("nothing_staged")


def _through_files(
    hostile: HostileTenant, assets: Sequence[dg.AssetsDefinition] = ALL_OF_CALLS
) -> _Outcome:
    with tempfile.TemporaryDirectory() as folder:
        export = Path(folder, "export")
        export.mkdir()
        for number, body in enumerate(hostile.calls):
            (export / f"calls-extensive-{number:03}.json").write_bytes(body)
        for number, body in enumerate(hostile.transcripts):
            (export / f"transcripts-{number:03}.json").write_bytes(body)
        return _run(Path(folder), assets, gong_export_dir=export)


def _through_the_api(
    hostile: HostileTenant, assets: Sequence[dg.AssetsDefinition] = ALL_OF_CALLS
) -> _Outcome:
    with tempfile.TemporaryDirectory() as folder, _served(hostile) as url:
        key = {"gong_access_key": "k", "gong_access_key_secret": "s", "gong_base_url": url}
        return _run(Path(folder), assets, **key, gong_requests_per_second=1000)


def _run(folder: Path, assets: Sequence[dg.AssetsDefinition], **said: Any) -> _Outcome:
    home, warehouse = folder / "home", DuckDBWarehouse(path=str(folder / "w.duckdb"))
    settings = Settings.load(cs_assets_home=home, **said)
    day = {f"dagster/asset_partition_range_{end}": DAY.isoformat() for end in ("start", "end")}
    run = dg.materialize(
        list(assets),
        resources={
            "settings": settings,
            "home": HomeResource(root=str(home)),
            "warehouse": warehouse,
            "gong": GongSource(settings=settings, warehouse=warehouse),
        },
        tags=day,
        raise_on_error=False,
    )
    return _Outcome(run, warehouse)


@contextmanager
def _served(hostile: HostileTenant) -> Iterator[str]:
    """A server on loopback that answers the pages as they are, by cursor and by ids."""
    place = {call_id: number for number, call_id in enumerate(hostile.spoken)}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # users: none
            self._answer(200, b'{"requestId":"r","users":[]}')

        def do_POST(self) -> None:
            asked = orjson.loads(self.rfile.read(int(self.headers["content-length"])))
            if self.path.endswith("/transcript"):
                first = place.get(asked["filter"]["callIds"][0])
                self._page(hostile.transcripts, None if first is None else first // 100, last=True)
            elif "callIds" in asked["filter"]:
                self._page([], None)
            else:
                self._page(hostile.calls, int(asked.get("cursor", "0")))

        def _page(self, pages: list[bytes], number: int | None, *, last: bool = False) -> None:
            if number is None or number >= len(pages):
                said = "No calls found corresponding to the provided filters"
                return self._answer(404, orjson.dumps({"errors": [said]}))
            body = pages[number]
            if not last and number + 1 < len(pages):
                body = b'{"records":{"cursor":"%d"},' % (number + 1) + body[1:]
            return self._answer(200, body)

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)


BY_ID = {"R-56a": hostile_records, "R-56b": hostile_records}
