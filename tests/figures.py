"""A measured figure and the line it is printed as."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One figure: ``value`` and ``target`` as text with units."""

    id: str
    name: str
    value: str
    target: str
    passed: bool

    def line(self) -> str:
        verdict = "PASS" if self.passed else "FAIL"
        return f"FIGURE {self.id} {self.name} {self.value} {self.target} {verdict}"


#: Puts a figure under the summary of the test run; what the fixture ``tell`` gives.
Tell = Callable[[Figure], None]
