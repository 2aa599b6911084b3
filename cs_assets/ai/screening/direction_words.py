"""Words such as "rose" and "below" beside a change: they must fit its sign.

A slot puts the right figure into a sentence, but the sentence may still turn it
round: "rose by {conversions.change:abs}" is wrong when the change is below zero.
"""

import re

from cs_assets.facts.model import FactSheet

_SLOT = re.compile(r"\{([a-z][a-z0-9_.]*)(?::([a-z]+))?\}")
_CHANGE_ID = re.compile(r"(?:^|[._])(?:change|delta|diff|difference)(?:$|_)|_change$")
_UP = re.compile(
    r"\b(?:up|rose|rise[ns]?|rising|grew|grow[ns]?|growing|growth|increas\w*|gain\w*|climb\w*|"
    r"higher|above|more|added|jumped)\b",
    re.IGNORECASE,
)
_DOWN = re.compile(
    r"\b(?:down|fell|fall(?:s|en|ing)?|drop\w*|decreas\w*|declin\w*|lost|lower|below|less|fewer|"
    r"shrank|shrunk|slipped|under)\b",
    re.IGNORECASE,
)
_BEFORE_WORDS = 5  # a word of direction that far before its slot speaks of it
_AFTER_WORDS = 2


def wrong_directions(text: str, sheet: FactSheet) -> list[str]:
    """A word of direction beside a change must fit its sign; one without sign needs the word."""
    found = []
    for slot in _SLOT.finditer(text):
        fact = sheet.get(slot[1])
        if fact is None or not fact.is_number or not _CHANGE_ID.search(fact.fact_id):
            continue
        before = re.split(r"[.!?;\n](?:\s|$)|\{[^{}]*\}", text[: slot.start()])[-1]
        after = re.split(r"[.!?;,\n]|\{", text[slot.end() :])[0]
        near = " ".join([*before.split()[-_BEFORE_WORDS:], *after.split()[:_AFTER_WORDS]])
        up, down = _UP.search(near), _DOWN.search(near)
        if up and not down and fact.number < 0:
            found.append(f"'{up[0]}' beside {slot[0]}, which is below zero")
        elif down and not up and fact.number > 0:
            found.append(f"'{down[0]}' beside {slot[0]}, which is above zero")
        elif slot[2] == "abs" and not up and not down:
            found.append(f"{slot[0]} hides its sign; say up or down, or use the style signed")
    return found
