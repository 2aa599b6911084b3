"""A call being spoken: who takes part, what was said already, and how scenes join up."""

import random
from dataclasses import dataclass, field, replace
from functools import cache

from cs_assets.sample.calls.call_plan import Oddity, PlannedCall
from cs_assets.sample.calls.dialogue import Dialogue, Phrasebook, Topic, Turn, spoken, topics
from cs_assets.sample.calls.skills import Skill, skill_of
from cs_assets.sample.calls.voice import voiced
from cs_assets.sample.handwritten import document
from cs_assets.sample.randomness import stream
from cs_assets.sample.roster import CUSTOMERS

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_SUMMARY = {
    "GL": "the close takes too long and the figures come too late to act on",
    "AP": "invoices get stuck with people who are away, and nobody sees it until a supplier calls",
    "AR": "too many bills are paid late, and you can't tell who forgets from who can't pay",
    "CR": "money from the counters is in the books two days late",
}


@dataclass
class Conversation:
    """A call being spoken: turns so far, and what they may draw on."""

    call: PlannedCall
    book: Phrasebook
    draw: random.Random
    skill: Skill
    modules: tuple[str, ...]
    slots: dict[str, str]
    two_customers: bool
    signed: bool = False
    turns: list[Turn] = field(default_factory=list)
    said: set[Dialogue] = field(default_factory=set)
    visited: set[str] = field(default_factory=set)

    @property
    def sentences(self) -> int:
        return sum(len(turn.sentences) for turn in self.turns)

    def say(self, topic: Topic, *parts: str, label: str | None = None) -> bool:
        """Speak a dialogue of each part; False when nothing fresh is left for the first one."""
        scene: list[Dialogue] = []
        for part in parts:
            chosen = self.book.pick(self.draw, self.call.host.name, topic.parts[part], self.said)
            if chosen is None:
                break
            scene.append(chosen)
        if scene:
            self.perform(tuple(turn for dialogue in scene for turn in dialogue), label)
        return bool(scene)

    def perform(self, scene: Dialogue, label: str | None) -> None:
        """Speak a scene, after a word that leads over to it when the same side would go on."""
        shared = self._shared_out(scene)
        self._lead_over(shared[0][0], label)
        turns = spoken(self.draw, shared, self.slots, label)
        if self.turns:
            turns[0] = replace(turns[0], silence=self.draw.randrange(600, 4_000))
        self.turns += turns

    def _lead_over(self, speaker: str, label: str | None) -> None:
        before = self.turns[-1].speaker if self.turns else None
        if label == "Wrap-up" or before is None or (before == "R") is not (speaker == "R"):
            return
        transitions = topics("transitions")
        if speaker == "R":
            words = transitions["to_rep"].parts["any"]
        elif self.well(0.3):
            words = transitions["to_customer"].parts["more"]
        else:
            open_question = self.well(self.skill.discovery)
            words = transitions["to_customer"].parts["open" if open_question else "curt"]
        fresh = [bridge for bridge in words if bridge not in self.said] or list(words)
        chosen = self.draw.choice(fresh)
        self.said.add(chosen)
        if speaker == "D":  # who goes on is the one who says so
            chosen = tuple((side.replace("C", "D"), words) for side, words in chosen)
        self.turns += spoken(self.draw, chosen, self.slots, None)

    def _shared_out(self, scene: Dialogue) -> Dialogue:
        """The scene, given to the second customer now and then when one is in the call."""
        named = any("{second}" in words or "{first}" in words for _, words in scene)
        if not self.two_customers or named or self.draw.random() < 0.6:
            return scene
        return tuple(("D" if speaker == "C" else speaker, words) for speaker, words in scene)

    def well(self, chance: float) -> bool:
        return self.draw.random() < chance

    def next_topic(self, file: str) -> Topic | None:
        """A topic of ``file`` that fits the customer's modules and was not visited yet."""
        fitting = [
            topic
            for topic in topics(file).values()
            if f"{file}/{topic.name}" not in self.visited
            and (topic.module is None or topic.module in self.modules)
            and topic.name != "monologue"
        ]
        if not fitting:
            return None
        topic = self.draw.choice(fitting)
        self.visited.add(f"{file}/{topic.name}")
        return topic


def begin(call: PlannedCall, book: Phrasebook) -> Conversation:
    """The conversation of a call before anybody has spoken."""
    draw = stream("conversation", call.host.name, call.started)
    return Conversation(
        call,
        book,
        draw,
        skill_of(call.host.persona, call.week),
        _modules(call),
        _slots(call, draw),
        two_customers=call.oddity is not Oddity.INTERNAL and draw.random() < 0.4,
    )


def in_their_voices(talk: Conversation) -> list[Turn]:
    """The turns as each speaker says them."""
    casual = {role: talk.draw.uniform(0.3, 1.0) for role in ("R", "C", "D")}
    persona = {"R": talk.call.host.persona, "C": "customer", "D": "customer"}
    return [
        replace(
            turn,
            sentences=tuple(
                voiced(talk.draw, persona[turn.speaker], casual[turn.speaker], sentence)
                for sentence in turn.sentences
            ),
        )
        for turn in talk.turns
    ]


def _modules(call: PlannedCall) -> tuple[str, ...]:
    """Modules that the talk can be about: owned ones, or for prospects the two they came for."""
    for customer in CUSTOMERS:
        if customer.customer_id == call.company.customer_id:
            return customer.modules
    return ("GL", "AP") if len(call.company.name) % 2 else ("AR", "CR")


def _slots(call: PlannedCall, draw: random.Random) -> dict[str, str]:
    people = call.company.contacts
    module = draw.choice(_modules(call))
    first_day = draw.randrange(4)
    words = {
        **_places()[call.company.industry],
        "first": people[0].name.split()[0],
        "second": people[1].name.split()[0],
        "rep": call.host.name,
        "rep_first": call.host.name.split()[0],
        "company": call.company.name,
        "summary": _SUMMARY[module],
        "day": _DAYS[first_day],
        "next_day": f"{_DAYS[draw.randrange(first_day, 5)]} of next week",
    }
    return words | {key.capitalize(): word[0].upper() + word[1:] for key, word in words.items()}


@cache
def _places() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = document("places")
    return found
