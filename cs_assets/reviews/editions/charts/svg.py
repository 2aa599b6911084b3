"""A scene as inline SVG: vector shapes, real text, a title for those who cannot see it."""

from html import escape

from cs_assets.paper.brand import Colours
from cs_assets.reviews.editions.charts.scene import WORD_SIZE, Box, Path, Scene, Shape, Words

_ANCHOR = {"left": "start", "centre": "middle", "right": "end"}


def svg(scene: Scene, colours: Colours, alternative: str, key: str) -> str:
    """The scene as an ``<svg>`` element; ``key`` makes its ids unique in a page."""
    width, height = scene.width, scene.height
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img" '
        f'aria-labelledby="{escape(key)}-title" class="chart">',
        f'<title id="{escape(key)}-title">{escape(alternative)}</title>',
        *(_shape(shape, scene, colours) for shape in (*scene.fixed, *scene.moving)),
        *(_words(words, scene, colours) for words in scene.words),
        "</svg>",
    ]
    return "".join(parts)


def _shape(shape: Shape, scene: Scene, colours: Colours) -> str:
    colour = getattr(colours, shape.role)
    if isinstance(shape, Box):
        top = (1 - shape.y - shape.height) * scene.height
        return (
            f'<rect x="{shape.x * scene.width:.1f}" y="{top:.1f}" '
            f'width="{max(0.0, shape.width * scene.width):.1f}" '
            f'height="{max(0.0, shape.height * scene.height):.1f}" fill="{colour}"/>'
        )
    dashes = ' stroke-dasharray="5 3"' if shape.dashed else ""
    line = f'<path d="{_steps(shape, scene)}" fill="none" stroke="{colour}" '
    line += f'stroke-width="{shape.width:g}"{dashes}/>'
    return (line if shape.width else "") + _dots(shape, scene, colour)


def _steps(shape: Path, scene: Scene) -> str:
    """Moves and lines of a path; a gap starts a new piece."""
    steps, pen_down = [], False
    for point in shape.points:
        if point is not None:
            x, y = point[0] * scene.width, (1 - point[1]) * scene.height
            steps.append(f"{'L' if pen_down else 'M'}{x:.1f} {y:.1f}")
        pen_down = point is not None
    return "".join(steps)


def _dots(shape: Path, scene: Scene, colour: str) -> str:
    if not shape.dot:
        return ""
    return "".join(
        f'<circle cx="{p[0] * scene.width:.1f}" cy="{(1 - p[1]) * scene.height:.1f}" '
        f'r="{shape.dot / 2:g}" fill="{colour}"/>'
        for p in shape.points
        if p is not None
    )


def _words(words: Words, scene: Scene, colours: Colours) -> str:
    y = (1 - words.y) * scene.height + WORD_SIZE * 0.35
    weight = ' font-weight="700"' if words.strong else ""
    return (
        f'<text x="{words.x * scene.width:.1f}" y="{y:.1f}" font-size="{WORD_SIZE:g}" '
        f'text-anchor="{_ANCHOR[words.align]}" fill="{getattr(colours, words.role)}"{weight}>'
        f"{escape(words.text)}</text>"
    )
