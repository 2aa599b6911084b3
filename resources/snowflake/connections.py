"""Named connections of Snowflake's own tools, as settings: ``connections.toml``."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cs_assets.errors import UsageError

#: By parameter of a connection: the setting that it is.
_SETTINGS = {
    "account": "snowflake_account",
    "user": "snowflake_user",
    "role": "snowflake_role",
    "warehouse": "snowflake_warehouse",
    "database": "snowflake_database",
    "private_key_file": "snowflake_private_key_path",
    "private_key_path": "snowflake_private_key_path",
}


def named(name: str, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The settings that connection ``name`` gives; ``UsageError`` where there is no such one.

    Passwords and passphrases in the file are not read: secrets come from the environment alone.
    """
    for path in _files(environment):
        connections = _read(path)
        if name in connections:
            chosen = connections[name]
            return {
                setting: str(chosen[parameter])
                for parameter, setting in _SETTINGS.items()
                if parameter in chosen
            }
    places = ", ".join(str(path) for path in _files(environment))
    raise UsageError(f"SNOWFLAKE_CONNECTION_NAME: no connection '{name}' in {places}")


def _files(environment: Mapping[str, str]) -> list[Path]:
    own = environment.get("SNOWFLAKE_HOME")
    folders = [Path(own)] if own else [Path("~/.snowflake"), Path("~/.config/snowflake")]
    return [folder.expanduser() / "connections.toml" for folder in folders] + [
        folder.expanduser() / "config.toml" for folder in folders
    ]


def _read(path: Path) -> dict[str, Any]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read ({type(error).__name__})") from None
    found = document.get("connections", {}) if path.name == "config.toml" else document
    return {name: value for name, value in found.items() if isinstance(value, dict)}
