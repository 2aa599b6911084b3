"""Styles of mails: put on the elements when a template is compiled."""

import pytest
from jinja2 import DictLoader, Environment

from cs_assets.coaching.digest.proof import visible_text
from cs_assets.coaching.digest.styles import inlined, styles_of


def test_more_classes_win_over_fewer_and_later_rules_over_earlier() -> None:
    styles = styles_of(".a.b { color: red } p, .a { color: blue; margin: 0 } td { color: green }")
    assert styles("a b", "p") == "margin: 0; color: red"
    assert styles("a", "td") == "color: blue; margin: 0"
    assert styles("", "td") == "color: green"
    assert styles("b", "h1") == ""


def test_what_is_said_again_stands_after_its_parts() -> None:
    styles = styles_of("p { padding: 0 } .a { padding-left: 2px } .a.b { padding: 9px }")
    assert styles("a b", "p") == "padding-left: 2px; padding: 9px"


@pytest.mark.parametrize("selector", [".a .b", "a > b", "a:hover", "#one"])
def test_a_style_by_what_stands_around_is_refused(selector: str) -> None:
    with pytest.raises(ValueError, match="more than a tag and classes"):
        styles_of(f"{selector} {{ color: red }}")


def test_templates_get_styles_where_classes_are_known_and_pages_the_rest() -> None:
    styles = styles_of(".up { color: green } .down { color: red } p { margin: 0 }")
    page = '<p class="{{ tone }}" style="top:0">{{ said }}</p><br><b class="up">x</b>'
    environment = Environment(
        loader=DictLoader({"page": page}), autoescape=True, extensions=[inlined(styles)]
    )
    environment.filters["styled"] = styles
    assert environment.get_template("page").render(tone="down", said="<p>1</p>") == (
        '<p class="down" style="margin: 0; color: red; top:0">&lt;p&gt;1&lt;/p&gt;</p><br>'
        '<b class="up" style="color: green">x</b>'
    )


@pytest.mark.parametrize(
    ("page", "seen"),
    [
        ('<td width="97%" title="1 > 2">a&lt;3&gt;</td>', "a<3>"),
        ("<style>p { margin: 4px }</style><title>5</title><!-- 6 -->b", "b"),
        ('an open <td width="7>', 'an open <td width="7>'),
        ("8 < 9", "8 < 9"),
    ],
)
def test_a_page_shows_what_stands_in_no_tag(page: str, seen: str) -> None:
    assert visible_text(page) == seen
