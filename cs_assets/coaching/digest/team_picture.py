"""Where a team stands as a picture, for a chat: the same figures as the page's bars."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cs_assets.coaching.digest.language import Language
from cs_assets.coaching.digest.rendering import Say
from cs_assets.coaching.policy import DIMENSIONS
from cs_assets.facts.model import FactSheet

_INK, _QUIET, _TRACK, _BAND, _TARGET = "#1d2733", "#55606e", "#e3e7eb", "#4a92a8", "#b34700"


@dataclass(frozen=True)
class Picture:
    """A PNG, and what it shows in words for who cannot see it."""

    png: bytes
    alt: str


@dataclass(frozen=True)
class _Row:
    label: str
    lower: float
    median: float
    upper: float
    target: float
    told: str


def picture(sheet: FactSheet, say: Say, t: Language) -> Picture | None:
    """Median and middle half of the reps by dimension; ``None`` where all are suppressed."""
    rows = [_row(sheet, name, say) for name in DIMENSIONS if sheet.has(f"{name}.median")]
    if not rows:
        return None
    title = t.say("team.heading.dimensions")
    alt = "; ".join(f"{row.label}: {row.told}" for row in rows)
    return Picture(_drawn(rows, title, say(t.say("team.picture"))), f"{title}. {alt}"[:1900])


def _row(sheet: FactSheet, name: str, say: Say) -> _Row:
    parts = ("lower", "median", "upper", "target")
    lower, median, upper, target = (sheet[f"{name}.{part}"].number for part in parts)
    told = say(f"{{{name}.median}} ({{{name}.lower}}–{{{name}.upper}}), n = {{{name}.reps}}")
    return _Row(say(f"{{{name}.label}}"), lower, median, upper, target, told)


def _drawn(rows: Sequence[_Row], title: str, note: str) -> bytes:
    """The same rows give the same bytes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from cs_assets.lettering.figures import labels, lettered

    with lettered():
        figure = Figure(figsize=(8, 1.2 + 0.55 * len(rows)), layout="constrained")
        FigureCanvasAgg(figure)
        axes: Any = figure.subplots()
        for place, row in enumerate(reversed(rows)):
            axes.barh(place, 100, height=0.34, color=_TRACK)
            width = max(1.0, row.upper - row.lower)
            axes.barh(place, width, left=row.lower, height=0.34, color=_BAND)
            axes.plot([row.median] * 2, [place - 0.24, place + 0.24], color=_INK, linewidth=3)
            axes.plot([row.target], [place - 0.3], marker="^", color=_TARGET, markersize=7)
            axes.text(102, place, row.told, va="center", color=_INK, fontsize=11)
        axes.set_yticks(range(len(rows)), labels(row.label for row in reversed(rows)), fontsize=11)
        axes.set_xlim(0, 136)
        axes.set_ylim(-0.6, len(rows) - 0.4)
        axes.set_xticks([0, 25, 50, 75, 100])
        axes.tick_params(length=0, colors=_QUIET)
        axes.tick_params(axis="y", labelcolor=_INK)
        axes.spines[:].set_visible(False)
        axes.set_title(title, loc="left", color=_INK, fontsize=14)
        axes.set_xlabel(note, loc="left", color=_QUIET, fontsize=9.5)
        found = io.BytesIO()
        figure.savefig(found, format="png", dpi=110, metadata={"Software": None})
    return found.getvalue()
