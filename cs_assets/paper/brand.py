"""How pages look: ``brand.yaml``, validated."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from cs_assets import config
from cs_assets.config import Strict

Audience = Literal["internal", "customer"]
Paper = Literal["A4", "Letter"]

#: Contrast that WCAG 2.2 (1.4.3) asks of text.
MINIMUM_CONTRAST = 4.5


def _hex_colour(text: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise ValueError(f"'{text}' is no colour: write #rrggbb")
    return text.lower()


Colour = Annotated[str, AfterValidator(_hex_colour)]


class Colours(Strict):
    """Colours by role: the same role has the same colour everywhere."""

    ink: Colour
    muted: Colour
    brand: Colour
    accent: Colour
    contrast: Colour
    context: Colour
    panel: Colour
    rule: Colour
    paper: Colour

    @model_validator(mode="after")
    def _is_readable(self) -> "Colours":
        pairs = [
            (text, ground)
            for text in ("ink", "muted", "brand", "accent")
            for ground in ("paper", "panel")
        ] + [("paper", "brand")]
        for text, ground in pairs:
            ratio = contrast(getattr(self, text), getattr(self, ground))
            if ratio < MINIMUM_CONTRAST:
                raise ValueError(
                    f"colour {text} on {ground} has a contrast of {ratio:.1f}, "
                    f"needs {MINIMUM_CONTRAST}"
                )
        return self


class Fonts(Strict):
    """TrueType files to use in place of the built-in Noto Sans."""

    regular: Path | None
    bold: Path | None


class Brand(Strict):
    """The whole of ``brand.yaml``."""

    name: str = Field(min_length=1, max_length=60)
    logo: Path | None
    """A PNG or JPEG for the band at the top; on the brand's colour."""
    colours: Colours
    dark: Colours = Field(default_factory=lambda: brand_of().dark)
    """The same roles where a reader's system asks for dark; ours, where a file names none."""
    fonts: Fonts
    footer: dict[Audience, Annotated[str, Field(max_length=120)]]
    confidential: dict[Audience, str]

    @model_validator(mode="after")
    def _has_its_files(self) -> "Brand":
        for path in (self.logo, self.fonts.regular, self.fonts.bold):
            if path is not None and not path.is_file():
                raise ValueError(f"{path} is no file")
        return self


def contrast(one: str, other: str) -> float:
    """Contrast of two ``#rrggbb`` colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def brand_of(folder: Path | None = None) -> Brand:
    """``brand.yaml``, the user's when ``folder`` has one."""
    return config.load("brand.yaml", Brand, folder)
