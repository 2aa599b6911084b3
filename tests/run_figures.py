"""Prints the figures of rooms, one line each; what ``make bench`` and ``make faults`` run."""

import importlib
import pkgutil
import re
import sys
from collections.abc import Iterable
from types import ModuleType

from tests.figures import Figure

_ID = re.compile(r"[A-Z]+-\w+")


def rooms(package: ModuleType) -> list[str]:
    """The modules of ``package`` that have figures, by name."""
    found = []
    for module in pkgutil.iter_modules(package.__path__):
        if module.name.startswith("_"):
            continue
        source = (package.__path__[0] + f"/{module.name}.py").replace("\\", "/")
        with open(source, encoding="utf-8") as file:
            if "\ndef figures(" in file.read():
                found.append(module.name)
    return found


def main(package: ModuleType, arguments: list[str]) -> int:
    """Run the rooms named (all without names); exit status 1 when a figure fails.

    Ids of figures among the arguments (``delivery R-14 R-15``) choose them out of a room
    that keeps its figures by id.
    """
    known = rooms(package)
    ids = [argument for argument in arguments if _ID.fullmatch(argument)]
    names = [argument for argument in arguments if argument not in ids]
    if unknown := sorted(set(names) - set(known)):
        sys.stderr.write(f"no figures for {', '.join(unknown)}; there are: {', '.join(known)}\n")
        return 2
    modules = [importlib.import_module(f"{package.__name__}.{room}") for room in names or known]
    if ids:
        by_id = {name: make for one in modules for name, make in getattr(one, "BY_ID", {}).items()}
        if unknown := sorted(set(ids) - set(by_id)):
            sys.stderr.write(
                f"no figures {', '.join(unknown)}; there are: {', '.join(by_id) or 'none by id'}\n"
            )
            return 2
        found: Iterable[Figure] = (by_id[name]() for name in ids)
    else:
        found = (figure for module in modules for figure in module.figures())
    passed = True
    for figure in found:
        print(figure.line(), flush=True)
        passed = passed and figure.passed
    return 0 if passed else 1
