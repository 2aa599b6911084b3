"""The templates of this room: everything is escaped, an unknown name is an error."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def environment() -> "Environment":
    """One environment a process; its templates are compiled once."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # heavy

    return Environment(
        loader=PackageLoader("cs_assets.reviews.editions"),
        autoescape=True,
        undefined=StrictUndefined,
    )
