"""Round ends of axes, and their labels."""

import math


def round_top(largest: float) -> float:
    """The smallest of 1, 2, 4, 5, 8 times a power of ten that is not below ``largest``."""
    if largest <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(largest))
    return next((step * power for step in (1, 2, 4, 5, 8) if step * power >= largest), 10 * power)


def short(value: float) -> str:
    """An axis label: 0, 250, 1.5K, 20K, 3M."""
    for limit, letter in ((1e9, "B"), (1e6, "M"), (1e3, "K")):
        if value >= limit:
            return f"{value / limit:g}{letter}"
    return f"{value:g}"
