"""The option that names an installation."""

import os
from pathlib import Path
from typing import Annotated

import typer

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Folder of this installation's data.")
]


def use_home(home: Path | None) -> None:
    """Let every setting read from here on mean this home."""
    if home is not None:
        os.environ["CS_ASSETS_HOME"] = str(home)
