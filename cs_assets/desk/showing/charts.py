"""The charts of the reviews, in the colours of the theme that the reader sees."""

from markupsafe import Markup

from cs_assets.desk.showing.frame import colours
from cs_assets.reviews.editions.charts.layout import scene
from cs_assets.reviews.editions.charts.model import Data
from cs_assets.reviews.editions.charts.svg import svg


def drawn(data: Data, alternative: str, key: str) -> Markup:
    """A chart; ``alternative`` for those who cannot see it, ``key`` is its own on the page."""
    picture = svg(scene(data), colours(), alternative, key)
    # All text inside was escaped by ``svg``.
    return Markup('<figure style="margin:0">{}</figure>').format(Markup(picture))  # noqa: S704
