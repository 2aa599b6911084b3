"""Loggers of libraries that would write prompts, headers or addresses when asked for everything."""

import logging

_TALKATIVE = ("anthropic", "httpx", "httpx2", "httpcore", "httpcore2", "snowflake.connector")


def quiet_loggers() -> None:
    """Keep them at warnings, whatever the root logger's level is."""
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
