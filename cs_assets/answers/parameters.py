"""What parameters of questions can be: somebody by id, or one of a list."""

from collections.abc import Mapping

from cs_assets.answers import vocabulary
from cs_assets.answers.directory import Entity
from cs_assets.answers.metrics import METRICS, WINDOW_WORDS

#: Parameters that name somebody or something, and of which kind.
NAMED: Mapping[str, Entity] = {
    "customer": "customer",
    "other": "customer",
    "rep": "rep",
    "account": "account",
    "call": "call",
}
#: Parameters that are one of these.
LISTED: Mapping[str, tuple[str, ...]] = {
    "metric": tuple(METRICS),
    "signal": tuple(vocabulary.listed("signal")),
    "window": tuple(WINDOW_WORDS),
    "order": tuple(vocabulary.listed("order")),
    "state": ("open",),
}
