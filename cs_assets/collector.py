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
    with collector_off() as was_on:
        try:
            yield
        finally:
            if was_on:
                gc.freeze()


@contextmanager
def collector_off() -> Iterator[bool]:
    """No search while much is made at once; tells whether there would have been one.

    Rows and sentences by the hundred thousand hold no cycles, and the search through them takes
    more than three times as long where they are three times as many.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield was_on
    finally:
        if was_on:
            gc.enable()


@contextmanager
def collector_spared() -> Iterator[None]:
    """What is there already is not looked through meanwhile; what is made inside is.

    Millions of rows that stay are else looked through again and again as pages are made of them.
    """
    was_on, was_frozen = gc.isenabled(), gc.get_freeze_count() > 0
    gc.freeze()
    gc.enable()
    try:
        yield
    finally:
        if not was_on:
            gc.disable()
        if not was_frozen:
            gc.unfreeze()
