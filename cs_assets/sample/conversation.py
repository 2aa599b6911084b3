"""What is said in a call: scenes in the order of its kind, spoken as the host would."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache

from cs_assets.sample.call_plan import Oddity, PlannedCall
from cs_assets.sample.dialogue import Dialogue, Phrasebook, Topic, Turn, spoken, topics
from cs_assets.sample.handwritten import document
from cs_assets.sample.randomness import stream
from cs_assets.sample.roster import CUSTOMERS
from cs_assets.sample.voice import voiced

#: A call that should be scored has at least, and at most about, so many sentences.
FEWEST_SENTENCES = 50
MOST_SENTENCES = 120


@dataclass(frozen=True)
class Skill:
    """Chance that the host does it well, by what the call gives a chance to show."""

    discovery: float
    objections: float
    product: float
    next_steps: float
    #: Long explanations that nobody asked for, a call.
    speeches: int


def skill_of(persona: str, week: int) -> Skill:
    """How a persona works in a week (0 to 5). Only one of them changes."""
    if persona == "improving":
        done = week / 5
        return Skill(0.05 + 0.95 * done, 0.05 + 0.95 * done, 0.5 + 0.4 * done, 0.1 + 0.9 * done,
                     1 if week < 2 else 0)  # fmt: skip
    return _SKILLS[persona]


_SKILLS = {
    "stagnant": Skill(0.08, 0.05, 0.25, 0.1, 1),
    "strong": Skill(0.95, 0.95, 0.9, 0.95, 0),
    "pressed_on_price": Skill(0.65, 0.3, 0.65, 0.6, 0),
    "consultative": Skill(0.9, 0.8, 0.7, 0.85, 0),
    "talkative": Skill(0.35, 0.55, 0.95, 0.5, 2),
    "caring": Skill(0.75, 0.65, 0.55, 0.8, 0),
    "new": Skill(0.4, 0.3, 0.25, 0.4, 0),
}

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
#: How the call begins and ends, by its kind.
_AGENDA = {
    "discovery": "agenda",
    "demo": "agenda",
    "negotiation": "agenda_terms",
    "closing": "agenda_terms",
    "success": "agenda_review",
    "support": "agenda_support",
}
_NEXT_STEPS = {
    "discovery": "next_steps",
    "demo": "next_steps",
    "negotiation": "next_steps_terms",
    "closing": "next_steps_terms",
    "success": "next_steps_review",
}
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
        self._lead_over(scene[0][0], label)
        turns = spoken(self.draw, self._shared_out(scene), self.slots, label)
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


def converse(call: PlannedCall, book: Phrasebook) -> list[Turn]:
    """The turns of a call, openings and good-byes included."""
    draw = stream("conversation", call.host.name, call.started)
    talk = Conversation(
        call,
        book,
        draw,
        skill_of(call.host.persona, call.week),
        _modules(call),
        _slots(call, draw),
        two_customers=call.oddity is not Oddity.INTERNAL and draw.random() < 0.4,
    )
    _open(talk)
    _SCENES[call.kind](talk)
    while talk.sentences < FEWEST_SENTENCES - 8 and _fill(talk):
        pass  # one more scene was added
    _end(talk)
    return _voiced(talk)


def _voiced(talk: Conversation) -> list[Turn]:
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


def _open(talk: Conversation) -> None:
    hello = topics("openings")["hello"]
    new = talk.call.company.customer_id is None and talk.call.kind == "discovery"
    talk.say(hello, "first_call" if new else "known", label="Small Talk")
    good = talk.well(talk.skill.discovery)
    talk.say(topics("openings")[_AGENDA[talk.call.kind]], "good" if good else "weak")


def _discover(talk: Conversation, rounds: int) -> None:
    for _ in range(rounds):
        topic = talk.next_topic("discovery")
        if topic is None or talk.sentences > MOST_SENTENCES - 30:
            return
        deeper = "deepen" if talk.well(talk.skill.discovery) else "pitch"
        talk.say(topic, "ask", "answer", deeper)


def _explain(talk: Conversation, rounds: int) -> None:
    for _ in range(rounds):
        topic = talk.next_topic("product")
        if topic is None or talk.sentences > MOST_SENTENCES - 25:
            return
        if talk.well(talk.skill.product):
            answer = "right"
        else:
            answer = "generic" if talk.well(0.5) else "wrong"
        pair = talk.draw.randrange(len(topic.parts["question"]))
        # Question and answer at the same place of their parts belong together.
        scene = topic.parts["question"][pair] + topic.parts[answer][pair]
        talk.perform(scene, "Product")


def _speak_at_length(talk: Conversation) -> None:
    for _ in range(talk.skill.speeches):
        talk.say(topics("product")["monologue"], "pitch")


def _object(talk: Conversation) -> None:
    for kind in talk.call.objections:
        if talk.sentences > MOST_SENTENCES - 22:
            return
        handled = "good" if talk.well(talk.skill.objections) else "bad"
        label = "Pricing" if kind in ("price", "budget") else None
        forms = [
            topic for name, topic in topics("objections").items() if name.split("/")[0] == kind
        ]
        talk.say(talk.draw.choice(forms), "raise", handled, label=label)


def _tell(talk: Conversation) -> None:
    talk.say(topics("stories")["stories"], "any")


def _discovery(talk: Conversation) -> None:
    _discover(talk, 2)
    _speak_at_length(talk)
    _discover(talk, 1 + talk.draw.randrange(2))
    if talk.well(0.5):
        _tell(talk)
    _object(talk)
    _explain(talk, 1)


def _demo(talk: Conversation) -> None:
    _discover(talk, 1)
    talk.say(topics("transitions")["screen"], "any", label="Product")
    talk.turns[-1] = replace(talk.turns[-1], silence=talk.draw.randrange(5_000, 30_000))
    _speak_at_length(talk)
    _explain(talk, 3)
    _object(talk)
    if talk.well(0.4):
        _tell(talk)


def _negotiation(talk: Conversation) -> None:
    good = talk.well(talk.skill.next_steps)
    talk.say(topics("negotiation")["terms"], "good" if good else "weak", label="Pricing")
    _object(talk)
    talk.say(topics("negotiation")["scope"], "good" if talk.well(talk.skill.product) else "weak")
    _explain(talk, 1)
    talk.say(
        topics("negotiation")["signature"],
        "good" if talk.well(talk.skill.next_steps) else "weak",
    )


def _closing(talk: Conversation) -> None:
    _object(talk)
    _explain(talk, 1)
    if talk.call.mood != "positive":
        talk.say(
            topics("negotiation")["signature"],
            "good" if talk.well(talk.skill.next_steps) else "weak",
        )
    if talk.call.mood == "positive":
        talk.say(topics("negotiation")["welcome"], "any")
        talk.signed = True


def _success(talk: Conversation) -> None:
    mood = talk.call.mood
    success = topics("success")
    if mood == "usage_drop":
        talk.say(success["usage_drop"], "any" if talk.call.week < 5 else "later")
        talk.say(success["results"], "negative")
        talk.say(success["seats"], "any")
    elif mood == "growth":
        talk.say(success["growth"], "any")
        talk.say(success["results"], "positive")
        talk.say(success["plans"], "any")
    elif mood == "negative":
        for _ in range(3):
            talk.say(success["results"], "negative")
    else:
        talk.say(success["results"], mood)
        talk.say(success["results"], "positive" if mood == "neutral" else "neutral")
        for name in talk.draw.sample(("peers", "seats", "plans"), 2):
            talk.say(success[name], "any")
    _object(talk)
    _explain(talk, 1)
    if mood in ("positive", "growth"):
        _tell(talk)


def _support(talk: Conversation) -> None:
    for name in talk.draw.sample(sorted(topics("support")), 4):
        part = "good" if talk.well(talk.skill.product) else "weak"
        talk.say(topics("support")[name], part)


def _fill(talk: Conversation) -> bool:
    """One more scene for a call that would end too soon; False when there is none."""
    before = talk.sentences
    options: list[Callable[[], None]] = [
        lambda: _tell(talk),
        lambda: _discover(talk, 1),
        lambda: _explain(talk, 1),
    ]
    talk.draw.shuffle(options)
    for option in options:
        option()
        if talk.sentences > before:
            return True
    return False


def _end(talk: Conversation) -> None:
    good = talk.well(talk.skill.next_steps)
    agreeing = _NEXT_STEPS.get(talk.call.kind)
    if agreeing is not None and not talk.signed:
        talk.say(topics("closings")[agreeing], "good" if good else "weak", label="Next Steps")
    talk.say(topics("closings")["bye"], "any", label="Wrap-up")


_SCENES: dict[str, Callable[[Conversation], None]] = {
    "discovery": _discovery,
    "demo": _demo,
    "negotiation": _negotiation,
    "closing": _closing,
    "success": _success,
    "support": _support,
}
