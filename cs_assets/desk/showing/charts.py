"""The charts of the reviews, in the colours of the theme that the reader sees."""

import streamlit as st

from cs_assets.desk.showing.frame import colours
from cs_assets.reviews.editions.charts.layout import scene
from cs_assets.reviews.editions.charts.model import Data
from cs_assets.reviews.editions.charts.svg import svg

_NARROW = "<style>@media (max-width: 480px) { text { font-size: 11.5px } }</style>"


def draw(data: Data, alternative: str, key: str) -> None:
    """A chart; ``alternative`` for those who cannot see it, ``key`` is its own on the page."""
    seen = colours()
    drawn = svg(scene(data), seen, alternative, key)
    # As a picture it knows nothing of the page's letters, and of widths its own alone.
    drawn = drawn.replace('class="chart"', 'font-family="sans-serif"', 1)
    drawn = drawn.replace("</svg>", f"{_NARROW}</svg>")
    # A reader whose system turns dark while they look sees it in its own colours still.
    ground = f'</title><rect width="100%" height="100%" fill="{seen.paper}"/>'
    drawn = drawn.replace("</title>", ground, 1)
    st.image(drawn, alt=alternative, width=720)
