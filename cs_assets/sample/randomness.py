"""Random numbers that are the same on every machine.

Each table draws from its own stream, so that a change to one table leaves the
bytes of the others as they are. Only ``random.Random`` is used: seeded with a
text it does not depend on ``PYTHONHASHSEED`` or on the version of numpy.
"""

import math
import random
from collections.abc import Sequence
from functools import cache
from typing import TypeVar

T = TypeVar("T")

_TENANT = "cs_assets sample tenant 1"


def stream(*names: object) -> random.Random:
    """The stream called ``names``, always the same one."""
    return random.Random("/".join([_TENANT, *map(str, names)]))  # noqa: S311 - no secret


@cache
def number_id(*names: object, digits: int = 19) -> str:
    """A decimal id of ``digits`` digits that belongs to ``names``, without a leading zero."""
    draw = stream("id", *names)
    return str(draw.randrange(10 ** (digits - 1), 10**digits))


def shares(random_stream: random.Random, weights: Sequence[float], total: int) -> list[int]:
    """``total`` split into whole numbers in proportion to ``weights`` (largest remainder).

    Ties between remainders are broken by the stream, so that rounding favours nobody.
    """
    scale = total / sum(weights)
    exact = [weight * scale for weight in weights]
    whole = [int(value) for value in exact]
    order = sorted(
        range(len(weights)),
        key=lambda i: (whole[i] - exact[i], random_stream.random()),
    )
    for index in order[: total - sum(whole)]:
        whole[index] += 1
    return whole


def times(random_stream: random.Random, expected: float) -> int:
    """How often something happens that is expected ``expected`` times (Poisson; Knuth 1969)."""
    limit, product, count = math.exp(-expected), random_stream.random(), 0
    while product > limit:
        product *= random_stream.random()
        count += 1
    return count
