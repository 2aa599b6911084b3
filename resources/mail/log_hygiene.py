"""Keeps credentials, addresses and content out of the logs of the providers' libraries."""

import logging
from collections.abc import Iterable

from cs_assets.redaction import redacted


class RedactingFilter(logging.Filter):
    """Takes credentials and addresses out of a record before any handler sees it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redacted(record.getMessage()), None
        record.exc_info = record.exc_text = None
        return True


def quiet_libraries(loggers: Iterable[str]) -> None:
    """Pin loggers of libraries to WARNING and redact what they still say.

    Done on the loggers themselves: a root logger at DEBUG must not open them.
    """
    for name in loggers:
        logger = logging.getLogger(name)
        logger.setLevel(logging.WARNING)
        if not any(isinstance(one, RedactingFilter) for one in logger.filters):
            logger.addFilter(RedactingFilter())
