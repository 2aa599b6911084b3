"""The CRMs, one file each; ``CRMS`` has them by name."""

import importlib
import pkgutil

from resources.crm.provider import Crm


def _found() -> dict[str, Crm]:
    """``CRM`` of every file beside this one, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    records = [importlib.import_module(f"{__name__}.{name}").CRM for name in names]
    return {one.name: one for one in records}


CRMS: dict[str, Crm] = _found()
