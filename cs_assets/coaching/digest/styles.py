"""Styles on each element of a mail, as mail programs want them: put into the templates, once.

A page has thousands of readers and its template one compilation: what depends on tag and class
alone is not looked up page by page.
"""

import re
from collections.abc import Callable

from jinja2.ext import Extension

#: Gives the declarations for these classes on a tag.
Styles = Callable[[str, str], str]

_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SELECTOR = re.compile(r"([a-z][a-z0-9]*)?((?:\.[a-z_-]+)*)")
_TAG = re.compile(r"<([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:=\"[^\"]*\")?)*)\s*>")
_ATTRIBUTE = re.compile(r"\s+(class|style)=\"([^\"]*)\"")
_EXPRESSION = re.compile(r"\{\{(.*?)\}\}")


def styles_of(css: str) -> Styles:
    """Styles by the rules of a style sheet, in the cascade's order.

    Raises ``ValueError`` for a selector of more than tag and classes: what stands around an
    element is not known where its template is compiled.
    """
    rules: list[tuple[tuple[int, bool], str, set[str], dict[str, str]]] = []
    for selectors, body in _RULE.findall(css):
        pairs = (one.partition(":") for one in body.split(";") if one.strip())
        told = {name.strip(): value.strip() for name, _, value in pairs}
        for selector in map(str.strip, selectors.split(",")):
            found = _SELECTOR.fullmatch(selector)
            if found is None:
                raise ValueError(f"mail.css: '{selector}' is more than a tag and classes")
            tag, classes = found[1] or "", set(found[2].split(".")) - {""}
            rules.append(((len(classes), bool(tag)), tag, classes, told))
    rules.sort(key=lambda rule: rule[0])

    def styles(classes: str, tag: str) -> str:
        own = set(classes.split())
        found: dict[str, str] = {}
        for _, wanted, needed, told in rules:
            if wanted in ("", tag) and needed <= own:
                # What is said again stands last, after the parts of it that were said between.
                found = {n: v for n, v in found.items() if n not in told} | told
        return "; ".join(f"{name}: {value}" for name, value in found.items())

    return styles


def inlined(styles: Styles) -> type[Extension]:
    """The extension of Jinja that sets ``styles`` on each tag of a template.

    A class that the page decides gets its style there, by ``styles`` as the filter ``styled``.
    """

    class Inlined(Extension):
        def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
            return _TAG.sub(styled, source)

    def styled(tag: "re.Match[str]") -> str:
        own = dict(_ATTRIBUTE.findall(tag[2]))
        classes = own.get("class", "")
        if _EXPRESSION.search(classes):
            style = f"{{{{ {_as_expression(classes)} | styled('{tag[1]}') }}}}"
        else:
            style = styles(classes, tag[1])
        style = "; ".join(part for part in (style, own.get("style", "")) if part)
        rest = _ATTRIBUTE.sub(lambda one: one[0] if one[1] == "class" else "", tag[2])
        return f'<{tag[1]}{rest} style="{style}">' if style else tag[0]

    return Inlined


def _as_expression(classes: str) -> str:
    """``chip {{ tone }}`` as an expression."""
    parts = _EXPRESSION.split(classes)
    return "(" + " ~ ".join(f"({p})" if i % 2 else repr(p) for i, p in enumerate(parts)) + ")"
