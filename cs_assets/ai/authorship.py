"""Who wrote a report's texts, in words for its readers, without any number.

Where rules wrote because rules were wanted there is nothing to say.
"""

from collections.abc import Mapping
from typing import Protocol

_NAMES = {"claude": "Claude", "cortex": "a Cortex agent", "rules": "rules"}


class Authored(Protocol):
    """A text that knows where it comes from, as a ``Draft`` does."""

    @property
    def writer(self) -> str: ...

    @property
    def agent(self) -> str: ...

    @property
    def rejections(self) -> tuple[str, ...]: ...

    @property
    def degraded(self) -> tuple[str, ...]: ...


def authorship(texts: Mapping[str, Authored], *, with_reasons: bool = True) -> tuple[str, ...]:
    """One sentence for each way in which ``texts`` (by title) came about.

    ``with_reasons`` says which agent it was, and why not the model asked for; a customer need not
    know.
    """
    if all(_as_wanted_by_rules(text) for text in texts.values()):
        return ()
    titles: dict[str, list[str]] = {}
    for title, text in texts.items():
        titles.setdefault(_told(text, with_reasons), []).append(title)
    return tuple(f"{told}: {'; '.join(named)}." for told, named in titles.items())


def _as_wanted_by_rules(text: Authored) -> bool:
    return text.writer == "rules" and not text.rejections and not text.degraded


def _told(text: Authored, with_reasons: bool) -> str:
    named = text.agent.rpartition(".")[2] if with_reasons else ""
    who = f"the Cortex agent {named}" if named else _NAMES.get(text.writer, text.writer)
    written = f"Written by {who}"
    if text.writer != "rules":
        written += ", with all figures put in from the facts"
    why = _why_not_the_wished(text) if with_reasons else ""
    return f"{written}, {why}" if why else written


def _why_not_the_wished(text: Authored) -> str:
    """The kind of reason; the exact ones are kept with the text."""
    if any("ceiling of the" in reason for reason in text.degraded):
        smaller = "" if text.writer == "rules" else "by a smaller model, "
        return f"{smaller}because a ceiling on the use of models was reached"
    if text.writer != "rules":
        return ""
    if text.degraded:
        return "because the model gave no answer"
    return "because the model's texts broke the rules of writing" if text.rejections else ""
