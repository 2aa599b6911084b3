"""Python's search for cycles of garbage, kept off while much is made that stays."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_resting() -> Iterator[None]:
    """What is made inside is looked through neither now nor later.

    Modules and definitions live as long as the process. Looking through them again and again
    took a seventh of the time that loading the definitions takes.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
