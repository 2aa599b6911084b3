"""What is deployed, as files: images by digest, no secret, settings and options that exist."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from dagster._core.instance.config import dagster_instance_config
from jsonschema import Draft202012Validator

from cs_assets.cli import app
from cs_assets.commands.running import prepare_instance
from resources.home import Home
from resources.secret_files import SUFFIX
from resources.settings import Settings, variables
from tests.deploy.chart import VALUES

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "docs" / "deploy"
DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
HELM = yaml.safe_load((DEPLOY / "helm-values.yaml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
UNITS = sorted((DEPLOY / "systemd").iterdir())
#: Read by others than ``Settings``.
_OTHERS = {
    "CS_ASSETS_MACHINE", "DAGSTER_HOME", "DAGSTER_DISABLE_TELEMETRY", "MPLCONFIGDIR", "PATH",
    "PYTHONUNBUFFERED", "POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD_FILE",
    "PIP_DISABLE_PIP_VERSION_CHECK", "PIP_NO_CACHE_DIR",
}  # fmt: skip


def _images(node: Any) -> Iterator[str]:
    """Every image of a document of YAML that is not ours."""
    if isinstance(node, dict):
        if {"repository", "tag"} <= set(node):
            yield f"{node['repository']}:{node['tag']}"
        elif isinstance(node.get("image"), str):
            yield node["image"]
        for value in node.values():
            yield from _images(value)
    elif isinstance(node, list):
        for value in node:
            yield from _images(value)


def test_images_of_others_are_named_by_digest():
    foreign = [line.split()[1] for line in DOCKERFILE.splitlines() if line.startswith("FROM ")]
    foreign += [image for file in (COMPOSE, HELM) for image in _images(file)]
    ours = {image for image in foreign if "cs-assets" in image or "CS_ASSETS_IMAGE" in image}
    assert len(foreign) >= 5
    assert not [image for image in set(foreign) - ours if not DIGEST.search(image)]
    # Ours has one once it is built: Compose refuses to start without, the values say where.
    assert "${CS_ASSETS_IMAGE:?" in COMPOSE["services"]["platform"]["image"]
    assert "image.tag=0.1.0@sha256:" in (DEPLOY / "helm-values.yaml").read_text()


def test_packages_of_the_image_come_by_hash_and_nothing_is_compiled():
    assert "--require-hashes --only-binary :all: -r /src/requirements.txt" in DOCKERFILE
    ignored = (ROOT / ".dockerignore").read_text().split()
    copied = {
        word.strip("/")
        for line in DOCKERFILE.splitlines() if line.startswith("COPY ") and "--from" not in line
        for word in line.split()[1:-1]
    }  # fmt: skip
    assert ignored[0] == "*"
    assert {f"!{name}" for name in copied} == {word for word in ignored if word.startswith("!")}
    assert all((ROOT / name).exists() for name in copied)


def _environment() -> Iterator[tuple[str, str]]:
    for service in COMPOSE["services"].values():
        yield from service["environment"].items()
    for deployment in HELM["dagster-user-deployments"]["deployments"]:
        yield from ((one["name"], one["value"]) for one in deployment["env"])
    for unit in UNITS:
        for line in unit.read_text().splitlines():
            if line.startswith("Environment="):
                yield from re.findall(r"([A-Z_]+)=(\S+)", line)
    yield from re.findall(r"([A-Z_]{4,})=(\S+)", DOCKERFILE)


def test_every_variable_is_a_setting_and_every_secret_a_file():
    secret = {name.removesuffix(SUFFIX) for name in variables() if name.endswith(SUFFIX)}
    for name, value in _environment():
        assert name in variables() or name in _OTHERS, name
        assert name not in secret, f"{name} stands in a file that is shared"
        if name.endswith(SUFFIX):
            assert value.startswith(("/run/secrets/", "%d/")), name
    kept = "\n".join(
        path.read_text() for path in [*DEPLOY.rglob("*"), ROOT / "Dockerfile"] if path.is_file()
    )
    told = re.findall(r"(?i)(?:password|token|secret)\s*[:=]\s*[\"']?([A-Za-z0-9+/]{8,})", kept)
    assert not told


def test_the_commands_are_ours():
    up = typer.main.get_command(app).commands["up"]  # type: ignore[attr-defined]
    told = [COMPOSE["services"]["platform"]["command"]]
    told += [re.findall(r'"([^"]+)"', line) for line in re.findall(r"CMD (\[.*\])", DOCKERFILE)]
    told += [
        line.split()[1:] for unit in UNITS for line in unit.read_text().splitlines()
        if line.startswith("ExecStart=/opt/cs-assets/bin/cs-assets up")
    ]  # fmt: skip
    assert len(told) == 3
    for name, *options in told:
        assert name == "up"
        assert up.make_context("up", list(options)).params["team"]


def test_values_are_such_as_the_chart_takes():
    problems = [
        f"{'.'.join(map(str, error.path))}: {error.message}"
        for error in Draft202012Validator(VALUES).iter_errors(HELM)
    ]
    assert not problems


def test_secrets_and_volumes_of_compose_are_declared():
    for name, service in COMPOSE["services"].items():
        assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"]), name
        named = {v.split(":")[0] for v in service["volumes"] if not v.startswith(("./", "/"))}
        assert named <= set(COMPOSE["volumes"]), name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ())), name
        for volume in service["volumes"]:
            if volume.startswith("./"):
                assert (DEPLOY / volume.split(":")[0]).exists(), volume
    assert all(one["file"].startswith("./secrets/") for one in COMPOSE["secrets"].values())


def test_systemd_takes_the_units():
    if (tool := shutil.which("systemd-analyze")) is None:
        pytest.skip("systemd-analyze is not installed")
    done = subprocess.run(
        [tool, "verify", *map(str, UNITS)], capture_output=True, text=True, timeout=60, check=False
    )
    said = [
        line for line in (done.stdout + done.stderr).splitlines()
        if line.startswith("cs-assets") and "is not executable" not in line
    ]  # fmt: skip
    assert not said


@pytest.mark.parametrize("team", [False, True])
def test_dagster_takes_the_settings_of_an_instance(home: Home, monkeypatch, team):
    if team:
        monkeypatch.setenv("DAGSTER_DATABASE_URL", "postgresql://u@127.0.0.1:1/d")
    prepare_instance(home)
    found, cls = dagster_instance_config(str(home.dagster))
    storage = found["storage"]["custom"]["class"]
    assert storage == ("TeamStorage" if team else "OneMachineStorage")
    assert cls.__name__ == "NotedInstance"
    assert {"concurrency", "run_monitoring", "run_retries", "retention"} <= set(found)


def test_a_home_goes_from_one_machine_to_a_team_and_back_with_what_was_changed(home, monkeypatch):
    prepare_instance(home)
    file = home.dagster / "dagster.yaml"
    own = yaml.safe_load(file.read_text()) | {"sensors": {"use_threads": True, "num_workers": 9}}
    file.write_text(yaml.safe_dump(own))
    monkeypatch.setenv("DAGSTER_DATABASE_URL", "postgresql://u@127.0.0.1:1/d")
    prepare_instance(home)
    of_team = yaml.safe_load(file.read_text())
    assert of_team["storage"]["custom"]["class"] == "TeamStorage"
    assert of_team["run_retries"]["max_retries"] == 3
    assert of_team["sensors"]["num_workers"] == 9
    monkeypatch.delenv("DAGSTER_DATABASE_URL")
    prepare_instance(home)
    assert yaml.safe_load(file.read_text()) == own
    assert Settings.load().dagster_database_url is None
