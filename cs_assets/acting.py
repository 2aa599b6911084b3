"""Who runs this process, as records of decisions name them."""

import getpass
import os


def acting_user() -> str:
    """The user's name; their number where the system has none, as in a container."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return f"user {os.getuid()}" if hasattr(os, "getuid") else "user"
