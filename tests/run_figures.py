"""Prints the figures of rooms, one line each; what ``make bench`` and ``make faults`` run."""

import importlib
import pkgutil
import sys
from types import ModuleType


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
    """Run the rooms named (all without names); exit status 1 when a figure fails."""
    known = rooms(package)
    if unknown := sorted(set(arguments) - set(known)):
        sys.stderr.write(f"no figures for {', '.join(unknown)}; there are: {', '.join(known)}\n")
        return 2
    passed = True
    for room in arguments or known:
        module = importlib.import_module(f"{package.__name__}.{room}")
        for figure in module.figures():
            print(figure.line(), flush=True)
            passed = passed and figure.passed
    return 0 if passed else 1
