"""Whether rules made for English are kept from other languages: J-calls-06."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from cs_assets import config
from cs_assets.calls import language, signals
from cs_assets.calls.scoring import eligibility
from cs_assets.calls.scoring.rubric import Rubric
from cs_assets.calls.transcript import Sentence, Transcript
from tests.calls.labelled_calls import labelled_calls
from tests.figures import Figure
from tests.judge.talks import talks

_FILE = Path(__file__).parent / "labelled/languages.json"
_NAMES = (
    "Jean-Pierre Dubois", "Giuseppe Rossi", "Hans Müller", "Søren Kjærgaard", "Paweł Wójcik",
    "María del Carmen Núñez", "Yuki Tanaka", "Société Générale", "Crédit Agricole", "Deutsche Bahn",
    "Banco Santander", "Österreichische Post", "Ahold Delhaize", "São Paulo", "Düsseldorf",
)  # fmt: skip


@cache
def _rubric() -> Rubric:
    return config.load("coaching_rubric.yaml", Rubric)


def conversation(lines: list[str], times: int = 4) -> Transcript:
    """Rep and customer in turn, long enough to be scored."""
    sentences, clock = [], 0
    for index, text in enumerate(lines * times):
        is_rep = index % 2 == 0
        end = clock + 6000
        side = ("r", "Internal", "u") if is_rep else ("c", "External", None)
        sentences.append(Sentence(index, *side, clock, end, text))
        clock = end + 500
    return Transcript(sentences)


def others() -> dict[str, list[str]]:
    """Lines of talk by language, written for this."""
    found: dict[str, list[str]] = json.loads(_FILE.read_text(encoding="utf-8"))
    return found


def _status(said: Transcript, told: str | None) -> str:
    return eligibility.judge(
        said, scope="External", is_private=False, rules=_rubric().eligibility, told_language=told
    ).status


def english() -> Iterator[list[str]]:
    """English calls: all of ours, their short beginnings, and talk that is mostly names."""
    whole = [[s.text for s in one.transcript.sentences] for one in talks()]
    whole += [[s.text for s in one.transcript.sentences] for one in labelled_calls()]
    for lines in whole:
        yield lines
        yield lines[:3]
        yield lines[-2:]
    for first in range(len(_NAMES)):
        names = [_NAMES[(first + step) % len(_NAMES)] for step in range(4)]
        yield [f"This is {names[0]} from {names[1]}.", f"Hi, {names[2]} and {names[3]} here too."]
        yield [", ".join(names), f"{names[0]}, {names[1]}, okay, and {names[3]}."]


def kept_apart() -> Figure:
    """J-calls-06: calls in other languages scored, and English ones refused."""
    rules = config.load("signals.yaml", signals.SignalRules)
    scored, languages = [], others()
    for code, lines in languages.items():
        # Gong's code is missing, right, or that of a recorder set to English.
        for told in (None, code, "eng"):
            said = conversation(lines)
            if _status(said, told) != "language":
                scored.append(f"{code}/{told}")
    heard = sum(
        bool(signals.find(conversation(lines), rules))
        for lines in languages.values()
        if language.is_english(language.of_words(None, lines * 4))
    )
    asked = list(english())
    refused = sum(
        not language.is_english(language.of_words(told, lines))
        for lines in asked
        for told in (None, "eng")
    )
    share = refused / (2 * len(asked))
    value = (
        f"{len(languages)} languages, {len(scored) + heard} scored{': ' if scored else ''}"
        f"{','.join(scored)}; English refused {share:.1%} of {2 * len(asked)}"
    )
    passed = len(languages) >= 12 and not scored and not heard and share <= 0.01
    return Figure("J-calls-06", "languages kept apart", value, "0 of 12; <=1%", passed)


BY_ID = {"J-calls-06": kept_apart}


def figures() -> Iterator[Figure]:
    for make in BY_ID.values():
        yield make()
