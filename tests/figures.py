"""A measured figure, the line it is printed as, and the list of all figures.

A figure's id is ``X-area-NN`` or ``R-NN`` with a letter where one number has several. Its first
letter says which command prints it, and so in which package its room lies:

    P  speed and size   ``make bench``   ``tests/benchmarks/<room>.py``
    R  reliability      ``make faults``  ``tests/faults/<room>.py``
    J  judgement        ``make judge``   ``tests/judge/<room>.py``

To add one, write a function without arguments that measures it at full size and gives a
``Figure``, and enter it in the room's ``BY_ID``, which must be a literal (it is read without
importing the room)::

    BY_ID = {
        "P-calls-04": one_call_from_the_command_line,
        "P-calls-03": speed,                # one function that gives several figures stands
        "P-calls-10": speed,                # under each of their ids and is run once
        "R-02": partial(random_kills, runs=200),
    }

``make bench FIGURES=P-calls-04`` runs it in a process of its own; ``make bench`` runs all. A
figure that cannot be measured on this machine raises ``NotHere`` with the reason: it is told and
is no failure. A short form for ``make test`` calls the same function with smaller sizes and gives
its figure to the fixture ``tell``. ``tests/house/test_figures.py`` fails for an id that is used
twice, is of the wrong letter, or is in no list.
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cs_assets.collector import collector_off

ID = re.compile(r"R-\d\d[a-z]?|[PJ]-[a-z]+-\d\d[a-z]?")
#: The package of each letter.
PACKAGES = {"P": "tests.benchmarks", "R": "tests.faults", "J": "tests.judge"}

_TESTS = Path(__file__).parent


@dataclass(frozen=True)
class Figure:
    """One figure: ``value`` and ``target`` as text with units."""

    id: str
    name: str
    value: str
    target: str
    passed: bool

    def __post_init__(self) -> None:
        if not ID.fullmatch(self.id):
            raise ValueError(f"{self.id!r} is no id of a figure: X-area-NN or R-NN")
        if not all(field.strip() for field in (self.name, self.value, self.target)):
            raise ValueError(f"{self.id} has an empty field")

    @property
    def verdict(self) -> str:
        return "PASS" if self.passed else "FAIL"

    def line(self) -> str:
        """Six fields with a blank between them and none inside."""
        fields = (self.name, self.value, self.target)
        told = ("_".join(field.split()) for field in fields)
        return " ".join(("FIGURE", self.id, *told, self.verdict))


class NotHere(Exception):
    """A figure cannot be measured on this machine; the text says what is missing."""


#: Puts a figure under the summary of the test run; what the fixture ``tell`` gives.
Tell = Callable[[Figure], None]


@dataclass(frozen=True)
class Listed:
    """An entry of a room's ``BY_ID``; equal ``make`` in one room means one function."""

    id: str
    package: str
    room: str
    make: str


@cache
def listed() -> tuple[Listed, ...]:
    """Every figure of the three packages, in the order of the rooms' own lists."""
    # The collector may end what runs code; CPython 3.11 then loses count of its own depth.
    with collector_off():
        return tuple(
            entry
            for package in PACKAGES.values()
            for path in sorted((_TESTS / package.split(".")[1]).glob("*.py"))
            for entry in _of_room(package, path)
        )


def _of_room(package: str, path: Path) -> Iterator[Listed]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if not any(isinstance(target, ast.Name) and target.id == "BY_ID" for target in targets):
            continue
        if not isinstance(node, (ast.Assign, ast.AnnAssign)) or not isinstance(
            node.value, ast.Dict
        ):
            raise ValueError(f"{path.name}: BY_ID must be a literal")
        for key, made in zip(node.value.keys, node.value.values, strict=True):
            if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
                raise ValueError(f"{path.name}: an id in BY_ID must be a string")
            yield Listed(key.value, package, path.stem, ast.unparse(made))
