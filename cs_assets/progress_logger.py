"""The logger that tells whoever runs a job which step has begun."""

import logging
from collections.abc import Callable
from contextvars import ContextVar

import dagster as dg

PROGRESS_LOGGER = "progress"

OnStart = Callable[[str], None]

#: Who is told, in the context that runs the job.
listener: ContextVar[OnStart | None] = ContextVar("listener", default=None)


class _TellListener(logging.Handler):
    """Tells the caller of ``run_job`` which step has begun, as it begins."""

    def emit(self, record: logging.LogRecord) -> None:
        event = getattr(record, "dagster_event", None)
        told = listener.get()
        if told is not None and event is not None and event.event_type_value == "STEP_START":
            told(event.step_key)


@dg.logger(config_schema=dict, description="Which step runs, for the command line.")
def progress_logger(context: dg.InitLoggerContext) -> logging.Logger:
    """The logger that ``run_job`` asks for in place of the console's."""
    logger = logging.Logger(PROGRESS_LOGGER, logging.DEBUG)
    logger.addHandler(_TellListener())
    return logger
