"""The templates of this room: everything is escaped, an unknown name is an error."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined


@cache
def environment() -> Environment:
    """One environment a process; its templates are compiled once."""
    return Environment(
        loader=PackageLoader("cs_assets.reviews.editions"),
        autoescape=True,
        undefined=StrictUndefined,
    )
