"""The logger that tells whoever runs a job which step has begun, and what it warns of."""

import logging
from collections.abc import Callable
from contextvars import ContextVar
from typing import NamedTuple

import dagster as dg

PROGRESS_LOGGER = "progress"

Tell = Callable[[str], None]


class Listener(NamedTuple):
    """Who is told."""

    on_start: Tell
    """Each step that begins."""
    on_warning: Tell
    """What an asset warns of: the work goes on, and a person should know."""


#: In the context that runs the job.
listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


class _TellListener(logging.Handler):
    """Tells the caller of ``run_job`` at once."""

    def emit(self, record: logging.LogRecord) -> None:
        event = getattr(record, "dagster_event", None)
        told = listener.get()
        if told is None:
            return
        if event is not None and event.event_type_value == "STEP_START":
            told.on_start(event.step_key)
        if event is None and record.levelno == logging.WARNING:
            told.on_warning(getattr(record, "dagster_meta", {}).get("orig_message", record.msg))


@dg.logger(config_schema=dict, description="Which step runs, for the command line.")
def progress_logger(context: dg.InitLoggerContext) -> logging.Logger:
    """The logger that ``run_job`` asks for in place of the console's."""
    logger = logging.Logger(PROGRESS_LOGGER, logging.DEBUG)
    logger.addHandler(_TellListener())
    return logger
