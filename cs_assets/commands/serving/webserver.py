"""The process of the Dagster UI: Dagster's own application behind the guard."""

from pathlib import Path

import dagster as dg
import uvicorn
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster_webserver.app import create_app_from_workspace_process_context
from dagster_webserver.version import __version__

from cs_assets.commands.serving import uvicorn_run
from cs_assets.commands.serving.guard import Allowed, Guard

_STATEMENT_MILLISECONDS, _RECYCLE_SECONDS, _MORE_CONNECTIONS = 15_000, 3_600, 20
_LIVE_DATA_MILLISECONDS = 2_000
#: How long open pages may take to let go of their connections when the server stops.
_GRACE_SECONDS = 3


def run(
    host: str, port: int, workspace: Path, origins: list[str], *, read_only: bool = False
) -> None:
    """Serve until SIGTERM or SIGINT; ``read_only``: everything is shown, nothing is taken."""
    with dg.DagsterInstance.get() as instance:
        instance.optimize_for_webserver(
            _STATEMENT_MILLISECONDS, _RECYCLE_SECONDS, _MORE_CONNECTIONS
        )
        target = WorkspaceFileTarget([str(workspace)])
        with WorkspaceProcessContext(
            instance, version=__version__, workspace_load_target=target, read_only=read_only
        ) as context:
            app = create_app_from_workspace_process_context(context, "", _LIVE_DATA_MILLISECONDS)
            uvicorn_run.run(
                uvicorn.Config(
                    Guard(app, Allowed(origins)),
                    host=host,
                    port=port,
                    log_level="warning",
                    lifespan="off",
                    # Nobody in front of us is to be believed about who asks.
                    proxy_headers=False,
                    timeout_graceful_shutdown=_GRACE_SECONDS,
                )
            )
