"""The mail providers, one file each. ``PROVIDERS`` has them in the order of their choice."""

import importlib
import pkgutil

from resources.mail.provider import Provider


def _found() -> dict[str, Provider]:
    """``PROVIDER`` of every file beside this one, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    records = [importlib.import_module(f"{__name__}.{name}").PROVIDER for name in names]
    return {one.name: one for one in sorted(records, key=lambda one: (one.rank, one.name))}


PROVIDERS: dict[str, Provider] = _found()
