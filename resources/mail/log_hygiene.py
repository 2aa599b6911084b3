"""Keeps credentials, addresses and content out of the logs of the providers' libraries."""

import logging

from cs_assets.redaction import redacted

#: Libraries that write headers, recipients or content when they log freely.
_TALKATIVE = (
    "python_http_client",
    "python_http_client.client",
    "slack_sdk",
    "slack_sdk.webhook.client",
    "slack_sdk.web.base_client",
    "boto3",
    "botocore",
    "urllib3",
)


class RedactingFilter(logging.Filter):
    """Takes credentials and addresses out of a record before any handler sees it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redacted(record.getMessage()), None
        record.exc_info = record.exc_text = None
        return True


def quiet_providers() -> None:
    """Pin the libraries' loggers to WARNING and redact what they still say.

    Done on the loggers themselves: a root logger at DEBUG must not open them.
    """
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        logger.setLevel(logging.WARNING)
        if not any(isinstance(one, RedactingFilter) for one in logger.filters):
            logger.addFilter(RedactingFilter())
