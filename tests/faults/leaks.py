"""What runs write down, and whom they talk to: R-41, R-42, R-43, R-45."""

import base64
import json
import os
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from tests.faults.http_server import FaultServer, Reply, Request
from tests.faults.rows import store_artefacts
from tests.faults.scene import artefact
from tests.faults.smtp_server import SmtpFaultServer
from tests.figures import Figure
from tests.waiting import PATIENCE

SECRETS = {
    "SENDGRID_API_KEY": "SG.canaryaaaaaaaa.canarybbbbbbbbbbbb",
    "AWS_ACCESS_KEY_ID": "AKIACANARYCANARYCANA",
    "AWS_SECRET_ACCESS_KEY": "canary/secret+aws/canarycanarycanarycana",
    "SMTP_PASSWORD": "canary-smtp-p@ss/word",
    "SLACK_BOT_TOKEN": "xoxb-canary-1234-canarytoken",
    "SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/TCANARY/BCANARY/canaryhook",
}
#: Set for one run only, in which the ledger cannot be opened.
_DATABASE = {"DELIVERY_DATABASE_URL": "postgresql://canary:canarypassword@127.0.0.1:1/ledger"}
#: A person's name, address and a sentence that only the report may hold.
PERSONAL = ("Ottoline Canaryson", "ottoline.canaryson", "We will leave because of canary pricing")

#: Where recipients and reports belong; everywhere else they are a leak.
_MAY_HOLD_PERSONAL = ("delivery.sqlite", "warehouse.duckdb", "artifacts", "outbox")


class Run(NamedTuple):
    """All that a set of runs left behind."""

    texts: dict[str, bytes]
    connections: tuple[str, ...]
    said: str


def all_secrets() -> dict[str, str]:
    """A canary for every setting that is a secret, whether delivery uses it or not."""
    from resources.settings import Settings

    names = [
        name.upper()
        for name, field in Settings.model_fields.items()
        if "SecretStr" in str(field.annotation)
    ]
    made = {name: f"canary-{name.lower()}-0123456789" for name in names}
    return {**made, **SECRETS, **_DATABASE}


@cache
def failing_runs() -> Run:
    """Runs through every provider with servers that fail and echo what they were sent."""
    with (
        tempfile.TemporaryDirectory() as folder,
        FaultServer(success=_echo) as http,
        SmtpFaultServer() as smtp,
    ):
        from resources.duckdb.warehouse import DuckDBWarehouse

        home = Path(folder) / "home"
        home.mkdir()
        warehouse = DuckDBWarehouse(path=str(home / "warehouse.duckdb"))
        store_artefacts(warehouse, [_personal(home, number) for number in (1, 2, 3)])
        for _ in range(40):
            smtp.script.append({"RCPT": f"550 no {PERSONAL[1]}@x.example {_auth_plain()}"})
        done = _execute(home, _providers(http.url, smtp.port))
        texts = {
            str(path.relative_to(home)): path.read_bytes()
            for path in home.rglob("*")
            if path.is_file()
        }
        log = home.parent / "network.log"
        connections = tuple(log.read_text().splitlines()) if log.exists() else ()
    texts |= {"stdout": done.stdout, "stderr": done.stderr}
    return Run(texts, connections, done.stdout.decode())


def _execute(home: Path, providers: list[dict[str, str]]) -> subprocess.CompletedProcess[bytes]:
    environment = {
        **os.environ,
        **{name: value for name, value in all_secrets().items() if name not in _DATABASE},
        "CS_ASSETS_HOME": str(home),
        "DAGSTER_HOME": str(home / "dagster"),
        "CS_ASSETS_ENVIRONMENT": "production",
        "AWS_REGION": "us-east-1",
        "MAIL_FROM": "reports@cs.test",
        "NO_PROXY": "127.0.0.1,localhost",
        "HTTPS_PROXY": "http://127.0.0.1:9",  # the webhook's host is never reached
        "PROVIDERS": json.dumps(providers),
    }
    (home / "dagster").mkdir()
    (home / "dagster" / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    return subprocess.run(
        [sys.executable, "-m", "tests.faults.secrets_child"],
        env=environment,
        capture_output=True,
        cwd=Path(__file__).parents[2],
        timeout=PATIENCE,
        check=True,
    )


def _providers(url: str, smtp_port: int) -> list[dict[str, str]]:
    return [
        {"EMAIL_PROVIDER": "sendgrid", "SENDGRID_BASE_URL": url, "SLACK_BASE_URL": f"{url}/api/"},
        {"EMAIL_PROVIDER": "ses", "SES_ENDPOINT_URL": url},
        {
            "EMAIL_PROVIDER": "smtp",
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(smtp_port),
            "SMTP_TLS": "none",
        },
        {"EMAIL_PROVIDER": "console", "SLACK_BOT_TOKEN": ""},
        _DATABASE,
    ]


def _personal(home: Path, number: int):  # type: ignore[no-untyped-def]
    channel = "slack" if number == 3 else "email"
    made = artefact(home, number, channel=channel)
    (home / made.parts.text_path).write_text(f"{PERSONAL[0]} said: {PERSONAL[2]}.")
    parts = made.parts.__class__(**{**made.parts.__dict__, "subject": f"About {PERSONAL[0]}"})
    recipient = "#reviews" if channel == "slack" else f"{PERSONAL[1]}+{number}@customers.example"
    return made.__class__(**{**made.__dict__, "parts": parts, "recipient": recipient})


def _echo(request: Request) -> Reply:
    """A provider that answers an error full of what it was sent."""
    said = f"{dict(request.headers)} {request.body[:400]!r} {list(SECRETS.values())}"
    return Reply(400, json.dumps({"errors": [{"message": said}], "message": said}).encode())


def _auth_plain() -> str:
    return base64.b64encode(f"\0user\0{SECRETS['SMTP_PASSWORD']}".encode()).decode()


def secrets_in_outputs() -> Figure:
    """R-41: no secret, plain or encoded, in anything that failing runs wrote."""
    run, secrets = failing_runs(), all_secrets()
    secrets["password of the database"] = "canarypassword"
    found = [
        f"{name} in {place}"
        for name, secret in secrets.items()
        for form in _forms(secret)
        for place, content in run.texts.items()
        if form in content
    ]
    return Figure(
        "R-41",
        f"of {len(secrets)} secrets found in {len(run.texts)} outputs of failing runs "
        "(plain, base64, URL-encoded)",
        f"{len(found)}{': ' + '; '.join(found[:3]) if found else ''}",
        "0",
        not found and _ran(run),
    )


def _forms(secret: str) -> set[bytes]:
    plain = secret.encode()
    encoded = base64.b64encode(plain).rstrip(b"=")[:-1]
    return {plain, encoded, quote(secret, safe="").encode()}


def personal_data_in_logs() -> Figure:
    """R-42: no name, address or sentence of a report in logs, events or the journal."""
    run = failing_runs()
    found = [
        f"'{word}' in {place}"
        for word in PERSONAL
        for place, content in run.texts.items()
        if not place.startswith(_MAY_HOLD_PERSONAL) and word.encode() in content
    ]
    return Figure(
        "R-42",
        "personal data in logs, events and journal of failing runs",
        f"{len(found)}{': ' + '; '.join(found[:3]) if found else ''}",
        "0",
        not found and _ran(run),
    )


def egress() -> Figure:
    """R-43: delivery runs talk to nobody but the providers that the settings name."""
    run = failing_runs()
    return Figure(
        "R-43",
        "connections or look-ups beyond this machine during delivery runs",
        f"{len(run.connections)}{': ' + '; '.join(run.connections[:3]) if run.connections else ''}",
        "0",
        not run.connections and _ran(run),
    )


def _ran(run: Run) -> bool:
    """All providers and a ledger that is away were tried, and the console succeeded."""
    return (
        run.said.count("run ") == 5
        and "run console True" in run.said
        and "run None False" in run.said
    )


def webserver() -> Figure:
    """R-45: the UI binds to this machine, and read-only refuses every mutation."""
    import dagster as dg
    from dagster._core.workspace.context import WorkspaceProcessContext
    from dagster._core.workspace.load_target import EmptyWorkspaceTarget
    from dagster_webserver.cli import DEFAULT_WEBSERVER_HOST
    from dagster_webserver.webserver import DagsterWebserver
    from starlette.testclient import TestClient

    mutation = (
        "mutation { setAutoMaterializePaused(paused: true) }",
        'mutation { addDynamicPartition(repositorySelector: {repositoryName: "r", '
        'repositoryLocationName: "l"}, partitionsDefName: "p", partitionKey: "k") '
        "{ __typename } }",
        'mutation { deletePipelineRun(runId: "r") { __typename } }',
    )
    with (
        dg.instance_for_test() as instance,
        WorkspaceProcessContext(instance, EmptyWorkspaceTarget(), read_only=True) as context,
    ):
        permissions = context.create_request_context().permissions
        allowed = [name for name, result in permissions.items() if result.enabled]
        client = TestClient(DagsterWebserver(context).create_asgi_app())
        answers = [client.post("/graphql", json={"query": query}).text for query in mutation]
    passed_through = [
        text for text in answers if "Unauthorized" not in text and "permission" not in text.lower()
    ]
    local = DEFAULT_WEBSERVER_HOST in ("127.0.0.1", "localhost")
    return Figure(
        "R-45",
        f"default host {DEFAULT_WEBSERVER_HOST}; read-only: allowed of {len(permissions)} "
        f"permissions, mutations not refused of {len(mutation)}",
        f"{len(allowed)}, {len(passed_through)}",
        "127.0.0.1; 0, 0",
        local and not allowed and not passed_through and len(permissions) >= 20,
    )


if __name__ == "__main__":
    began = time.monotonic()
    for measure in (secrets_in_outputs, personal_data_in_logs, egress, webserver):
        print(measure().line(), f"{time.monotonic() - began:.1f} s")
