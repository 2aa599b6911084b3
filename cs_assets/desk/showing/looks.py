"""One quiet look from ``brand.yaml``: the theme of Streamlit, and the style of our own parts."""

from collections.abc import Iterator
from pathlib import Path

from cs_assets.paper.brand import Brand, Colours

_STYLE = Path(__file__).with_name("style.css")
#: Of a theme of Streamlit, the role that colours it.
_THEME = {
    "PRIMARY_COLOR": "accent", "BACKGROUND_COLOR": "paper", "SECONDARY_BACKGROUND_COLOR": "panel",
    "TEXT_COLOR": "ink", "LINK_COLOR": "accent", "BORDER_COLOR": "rule",
}  # fmt: skip
#: Signs beside words: text on its ground reaches a contrast of 4.5 (WCAG 2.2, 1.4.3).
_SIGNS = {
    "light": {"red": ("#8f1d14", "#fdeceb"), "yellow": ("#6b4d00", "#fdf3d7"),
              "green": ("#1d5c36", "#e6f4ea")},
    "dark": {"red": ("#ffb4ab", "#4a1c1a"), "yellow": ("#f3d27a", "#423510"),
             "green": ("#a6dfb8", "#173a25")},
}  # fmt: skip


def theme_options(brand: Brand) -> Iterator[tuple[str, str]]:
    """Options of Streamlit for both themes, by the names of their variables.

    The reader's system chooses.
    """
    for kind, colours in (("LIGHT", brand.colours), ("DARK", brand.dark)):
        for name, role in _THEME.items():
            yield f"THEME_{kind}_{name}", getattr(colours, role)


def style(brand: Brand) -> str:
    """The style sheet of our parts, for both themes.

    Streamlit says on its page which one the reader sees, also when it changes while they look.
    """
    light, dark = _roles(brand.colours, "light"), _roles(brand.dark, "dark")
    both = ";".join(f"--cs-{name}:light-dark({light[name]},{dark[name]})" for name in light)
    return f"<style>:root{{{both}}}\n{_STYLE.read_text(encoding='utf-8')}</style>"


def _roles(colours: Colours, kind: str) -> dict[str, str]:
    told = dict(colours.model_dump())
    for tone, (letters, ground) in _SIGNS[kind].items():
        told |= {tone: letters, f"{tone}-ground": ground}
    return told
