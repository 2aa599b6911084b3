"""What happens in a call of each kind: its scenes in order, done well or badly as the host does."""

from collections.abc import Callable
from dataclasses import replace

from cs_assets.sample.calls.call_plan import Oddity, PlannedCall
from cs_assets.sample.calls.conversation import Conversation, begin, in_their_voices
from cs_assets.sample.calls.dialogue import Phrasebook, Turn, topics

#: A call that should be scored has at least, and at most about, so many sentences.
FEWEST_SENTENCES = 50
MOST_SENTENCES = 120

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


def converse(call: PlannedCall, book: Phrasebook) -> list[Turn]:
    """The turns of a call, openings and good-byes included."""
    talk = begin(call, book)
    if call.oddity is Oddity.INTERNAL:
        talk.say(topics("internal")["sync"], "any")
        return in_their_voices(talk)
    _open(talk)
    _SCENES[call.kind](talk)
    while talk.sentences < FEWEST_SENTENCES - 8 and _fill(talk):
        pass  # one more scene was added
    _end(talk)
    return in_their_voices(talk)


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
        question = talk.book.pick(
            talk.draw, talk.call.host.name, topic.parts["question"], talk.said
        )
        if question is not None:
            # Question and answer at the same place of their parts belong together.
            place = topic.parts["question"].index(question)
            talk.perform(question + topic.parts[answer][place], "Product")


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
    elif mood == "declining":  # only who declines in the figures complains about them
        for part in ("declining", "negative", "declining"):
            talk.say(success["results"], part)
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
