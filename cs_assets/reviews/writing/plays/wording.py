"""A play's words made ready for one sheet: things for roles, optional parts, the fitting text."""

import re
from collections.abc import Mapping

from cs_assets.facts.model import FactSheet
from cs_assets.reviews.facts.groups import text as text_of
from cs_assets.reviews.playbook import Case, PlayWords, Said
from cs_assets.reviews.writing.plays.play import Play
from cs_assets.reviews.writing.plays.rules.seen import Seen

_SLOT = re.compile(r"\{([^{}:]*)(:[a-z]+)?\}")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_WORD = re.compile(r"<([^<>]*)>")


def play_of(words: PlayWords, case: Case | None, seen: Seen, sheet: FactSheet) -> Play:
    """The play for what was ``seen`` in ``sheet``; what ``case`` says goes before ``words``."""
    told = {name: getattr(case, name, None) for name in PlayWords.model_fields}
    chosen = words.model_copy(update={k: v for k, v in told.items() if v is not None})
    said = _Speaker(seen, sheet)
    observation = said.first(chosen.observation)
    return Play(
        code=chosen.code,
        title=said.first(chosen.title),
        observation=observation,
        why=said.first(chosen.why),
        action=said.first(chosen.action),
        customer_action=said.first(chosen.customer_action) if chosen.customer_action else "",
        effect=said.first(chosen.effect),
        weight=chosen.weight,
        about=said.plain(chosen.about),
        topic=said.plain(chosen.topic),
        playbook=chosen.playbook or "",
        must=chosen.must,
        serves_goal=chosen.serves_goal,
        evidence=tuple(dict.fromkeys(fact_id for fact_id, _ in _SLOT.findall(observation))),
    )


class _Speaker:
    def __init__(self, seen: Seen, sheet: FactSheet) -> None:
        self._seen, self._sheet = seen, sheet

    def first(self, said: Said) -> str:
        """The first of the texts whose facts are all there, else the last; optional parts said."""
        texts = (said,) if isinstance(said, str) else said
        *others, last = (self._worded(text) for text in texts)
        text = next((t for t in others if self._can_say(_OPTIONAL.sub("", t))), last)
        return self._bound(_OPTIONAL.sub(self._parts, text), {})

    def plain(self, text: str) -> str:
        """``text`` with what the facts say in place of their slots."""
        bound = self._bound(self._worded(text), {})
        return _SLOT.sub(lambda slot: text_of(self._sheet, slot[1]), bound)

    def _worded(self, text: str) -> str:
        words = {**self._seen.words, "sponsor": self._sponsor}
        return _WORD.sub(lambda word: words[word[1]], text)

    @property
    def _sponsor(self) -> str:
        """Who is asked there: a sponsor only where one is on record."""
        on_record = self._sheet.get("account.sponsors")
        return "the sponsor" if on_record is None or on_record.value else "your contact"

    def _can_say(self, text: str) -> bool:
        bound = self._bound(text, {})
        return self._sheet.has(*(fact_id for fact_id, _ in _SLOT.findall(bound)))

    def _parts(self, found: re.Match[str]) -> str:
        """An optional part, once for each of a role that has several things, or not at all."""
        part = found[1]
        roles = {slot[0].partition(".")[0] for slot in _SLOT.findall(part)}
        several = next((r for r in sorted(roles) if len(self._seen.roles.get(r, ())) > 1), None)
        each = self._seen.roles[several] if several else ("",)
        said = (self._bound(part, {several: g} if several else {}) for g in each)
        return "".join(text for text in said if self._can_say(text))

    def _bound(self, text: str, chosen: Mapping[str | None, str]) -> str:
        """``text`` with the slots of roles as slots of the things in them."""

        def bind(slot: re.Match[str]) -> str:
            role, _, field = slot[1].partition(".")
            group = chosen.get(role) or next(iter(self._seen.roles.get(role, ())), "")
            return f"{{{group}.{field}{slot[2] or ''}}}" if group else slot[0]

        return _SLOT.sub(bind, text)
