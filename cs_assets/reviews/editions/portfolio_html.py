"""The portfolio as one HTML file."""

from markupsafe import Markup

from cs_assets.reviews.books.portfolio import Portfolio
from cs_assets.reviews.configuration import Brand
from cs_assets.reviews.editions.charts.layout import scene
from cs_assets.reviews.editions.charts.svg import svg
from cs_assets.reviews.editions.templating import environment


def portfolio_html(view: Portfolio, brand: Brand) -> str:
    """``view`` as a page that needs no other file."""
    drawing = ""
    if view.chart is not None:
        drawn = svg(scene(view.chart), brand.colours, view.chart_words, "at_stake")
        drawing = Markup(drawn)  # noqa: S704  all text inside was escaped by ``svg``
    page = environment().get_template("portfolio.html.j2")
    return page.render(view=view, brand=brand, drawing=drawing)
