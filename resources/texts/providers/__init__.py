"""The providers of text messages, one file each."""

import importlib
import pkgutil

from resources.texts.provider import TextProvider


def _found() -> dict[str, TextProvider]:
    """``PROVIDER`` of every file beside this one, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    records = [importlib.import_module(f"{__name__}.{name}").PROVIDER for name in names]
    return {one.name: one for one in records}


PROVIDERS: dict[str, TextProvider] = _found()
