"""Settings travel: what ``build_defs`` is given is what everything reads, field by field."""

import typing
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.remote_representation.external_data import RepositorySnap
from dagster_shared.serdes import serialize_value
from pydantic import SecretStr

from cs_assets.definitions import build_defs, resources
from cs_assets.errors import UsageError
from resources.setting_names import unknown
from resources.settings import Settings, variables

ROOT = Path(__file__).resolve().parents[2]

#: Above the rooms: a process begins here, and here the environment is read.
_BEGINNINGS = (
    "cs_assets/commands/",
    "cs_assets/definitions.py",
    "resources/settings.py",
    "cs_assets/desk/session.py",
    "cs_assets/desk/agents/command.py",
    "cs_assets/desk/chat/command.py",
    "cs_assets/desk/front/__main__.py",
)


def _turned(name: str) -> object:
    """A value of the field's type that is not its default."""
    field = Settings.model_fields[name]
    kinds = (field.annotation, *typing.get_args(field.annotation))
    choices = [
        c for k in kinds if typing.get_origin(k) is typing.Literal for c in typing.get_args(k)
    ]
    if choices:
        return next(choice for choice in choices if choice != field.default)
    if isinstance(field.default, int | float):
        return field.default + 1
    texts = {SecretStr: "a-secret", Path: "elsewhere"}
    return next((texts[kind] for kind in kinds if kind in texts), "2026-02-02")


@pytest.mark.parametrize("name", sorted(set(Settings.model_fields) - {"snowflake_connection_name"}))
def test_every_resource_holds_the_settings_that_were_given(name, monkeypatch):
    needed = {"snowflake_account": "a", "snowflake_user": "u", "snowflake_database": "d"}
    value = _turned(name)
    settings = Settings.load(**{**needed, name: value})
    monkeypatch.setenv(name.upper(), "nobody reads this")
    made = resources(settings)
    read = getattr(made["settings"], name)
    assert read == (SecretStr("a-secret") if isinstance(read, SecretStr) else type(read)(value))
    for key in ("gong", "writer", "claude", "ledger", "mailer", "slack"):
        assert made[key].settings is settings, key
    assert made["home"].paths == settings.home


def test_only_where_a_process_begins_is_the_environment_read():
    readers = [
        place
        for folder in ("cs_assets", "resources", "sensors", "schedules", "sql")
        for path in (ROOT / folder).rglob("*.py")
        if not (place := str(path.relative_to(ROOT))).startswith(_BEGINNINGS)
        and "Settings.load(" in path.read_text(encoding="utf-8")
    ]
    assert readers == []


def test_secrets_are_in_no_snapshot_of_the_definitions(tmp_path):
    settings = Settings.load(cs_assets_home=tmp_path, anthropic_api_key="canary-of-a-key")
    shown = serialize_value(RepositorySnap.from_def(build_defs(settings).get_repository_def()))
    assert "warehouse.duckdb" in shown
    assert "canary" not in shown
    assert "canary" not in repr(settings)


def test_a_configuration_that_cannot_be_is_told_by_the_asset_that_needs_it(tmp_path, warehouse):
    from cs_assets.customers.assets import module_adoption

    (tmp_path / "customers.yaml").write_text("adoption: nonsense\n", encoding="utf-8")
    settings = Settings.load(cs_assets_home=tmp_path, cs_assets_config_dir=tmp_path)
    run = dg.materialize(
        [module_adoption],
        partition_key="2026-11-09",
        resources={"settings": settings, "warehouse": warehouse},
        raise_on_error=False,
    )
    [failure] = run.filter_events(lambda e: e.event_type_value == "STEP_FAILURE")
    assert "customers.yaml: " in failure.event_specific_data.error.cause.message


@pytest.mark.parametrize(
    ("alias", "value", "setting", "means"),
    [
        ("GONG_API_KEY", "k", "gong_access_key", SecretStr("k")),
        ("GONG_API_SECRET", "s", "gong_access_key_secret", SecretStr("s")),
        ("AWS_DEFAULT_REGION", "eu-west-1", "aws_region", "eu-west-1"),
        ("SMTP_USE_TLS", "true", "smtp_tls", "starttls"),
        ("SMTP_USE_TLS", "0", "smtp_tls", "none"),
    ],
)
def test_other_names_of_a_setting_are_read_and_two_that_disagree_are_refused(
    alias, value, setting, means, monkeypatch
):
    monkeypatch.setenv(alias, value)
    assert getattr(Settings.load(), setting) == means
    monkeypatch.setenv(setting.upper(), "tls" if setting == "smtp_tls" else "another")
    with pytest.raises(UsageError, match=f"{setting.upper()} and {alias} disagree"):
        Settings.load()


def test_a_secret_comes_from_the_file_that_is_named_and_from_the_new_one_after_a_rotation(
    tmp_path, monkeypatch
):
    file = tmp_path / "key"
    for content, name, field in (
        (b"first\n", "SENDGRID_API_KEY", "sendgrid_api_key"),
        (b"second", "SENDGRID_API_KEY", "sendgrid_api_key"),
        (b"by its other name\r\n", "GONG_API_KEY", "gong_access_key"),
    ):
        file.write_bytes(content)
        monkeypatch.setenv(f"{name}_FILE", str(file))
        assert getattr(Settings.load(), field) == SecretStr(content.decode().strip())
    assert f"{name}_FILE" in variables()
    for wrong, said in ((b"", "is empty"), (b"\xff\xfe", "is no text"), (b"x" * 70_000, "longer")):
        file.write_bytes(wrong)
        with pytest.raises(UsageError, match=f"SENDGRID_API_KEY_FILE: .* {said}|{said}"):
            Settings.load()
    file.unlink()
    with pytest.raises(UsageError, match="cannot be read"):
        Settings.load()
    monkeypatch.setenv("SENDGRID_API_KEY", "k")
    with pytest.raises(UsageError, match="both set"):
        Settings.load()


def test_a_named_connection_fills_what_no_variable_sets(tmp_path, monkeypatch):
    (tmp_path / "connections.toml").write_text(
        '[MY_DEMO]\naccount = "org-acct"\nuser = "file"\npassword = "never read"\n'
    )
    monkeypatch.setenv("SNOWFLAKE_HOME", str(tmp_path))
    monkeypatch.setenv("SNOWFLAKE_CONNECTION_NAME", "MY_DEMO")
    monkeypatch.setenv("SNOWFLAKE_USER", "mine")
    settings = Settings.load()
    assert (settings.snowflake_account, settings.snowflake_user) == ("org-acct", "mine")
    monkeypatch.setenv("SNOWFLAKE_CONNECTION_NAME", "OTHER")
    with pytest.raises(UsageError, match="no connection 'OTHER'"):
        Settings.load()


def test_variables_that_look_like_ours_are_named_with_what_is_meant():
    told = unknown(["GONG_ACESS_KEY", "CS_ASSETS_ZZZ", "PATH", "AWS_PROFILE"], variables())
    assert told == {"CS_ASSETS_ZZZ": None, "GONG_ACESS_KEY": "GONG_ACCESS_KEY"}
