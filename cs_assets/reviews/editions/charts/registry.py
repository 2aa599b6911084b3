"""The charts by name, as ``reviews.yaml`` names them.

An extra chart is one function::

    from cs_assets.reviews.editions.charts.model import Bars, Chart
    from cs_assets.reviews.editions.charts.registry import chart

    @chart("seats")
    def seats(sheet):
        if not sheet.has("adoption.users", "adoption.seats"):
            return None
        ...
        return Chart("seats", message, subject, alternative, Bars(...))
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module

from cs_assets.reviews.editions.charts.model import Builder

CHARTS: dict[str, Builder] = {}

#: The charts of every review register themselves as a user's own do; imported when first asked for.
_BUILT_IN = ("cs_assets.reviews.editions.charts.built_in",)


class UnknownChart(LookupError):
    """A chart that no function is registered for."""


def chart(name: str) -> Callable[[Builder], Builder]:
    """Register a function as the chart ``name``; a name can be taken once."""

    def register(builder: Builder) -> Builder:
        if name in CHARTS:
            raise ValueError(f"a chart called '{name}' is registered already")
        CHARTS[name] = builder
        return builder

    return register


@cache
def load_modules(names: tuple[str, ...]) -> None:
    """Import modules that register charts; raises ``UnknownChart`` naming a missing one."""
    for name in names:
        try:
            import_module(name)
        except ImportError as error:
            raise UnknownChart(f"chart_modules: {name} cannot be imported ({error})") from error


def builder(name: str) -> Builder:
    """The function of the chart ``name``; raises ``UnknownChart`` with the known names."""
    load_modules(_BUILT_IN)
    if name not in CHARTS:
        raise UnknownChart(f"no chart called '{name}': {', '.join(sorted(CHARTS))}")
    return CHARTS[name]
