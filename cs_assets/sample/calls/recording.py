"""A call as it was recorded: participants, sentences with times, and the ids of both.

Three id spaces as in Gong: the party in this call, the voice, and the user for
our own people.
"""

import random
from dataclasses import dataclass

from cs_assets.sample.calls.call_plan import Oddity, PlannedCall
from cs_assets.sample.calls.dialogue import Turn
from cs_assets.sample.calls.skills import skill_of
from cs_assets.sample.calls.timing import Sentence, timed
from cs_assets.sample.crm import Contact
from cs_assets.sample.randomness import number_id, stream
from cs_assets.sample.roster import CSMS, REPS, Rep

_MAIL_OF_STRANGERS = ("gmail.example", "proton.example", "consultants-group.example")


@dataclass(frozen=True)
class Party:
    """One participant: ``role`` is R, C or D for those who speak, None for those who do not."""

    role: str | None
    name: str | None
    email: str | None
    title: str | None
    user_id: str | None
    contact_id: str | None
    internal: bool


@dataclass(frozen=True)
class RecordedCall:
    """A call with what was said, ready to be shaped."""

    call: PlannedCall
    sentences: list[Sentence]
    parties: list[Party]

    @property
    def call_id(self) -> str:
        # Every ninth id has 20 digits: more than a signed 64-bit integer holds.
        digits = 20 if self.call.number % 9 == 0 else 19
        return number_id("call", self.call.host.name, self.call.started, digits=digits)

    @property
    def duration(self) -> int:
        if self.call.oddity is Oddity.ZERO_DURATION:
            return 0
        return self.sentences[-1].end // 1000 + 3 if self.sentences else 37

    def party_id(self, party: Party) -> str:
        return number_id("party", self.call_id, party.email, party.name, party.role)

    def speaker_id(self, role: str) -> str:
        return number_id("speaker", self.call_id, role)


def record(call: PlannedCall, turns: list[Turn]) -> RecordedCall:
    """The call with times and participants."""
    draw = stream("recording", call.host.name, call.started)
    patience = skill_of(call.host.persona, call.week).discovery
    sentences = timed(draw, turns, patience)
    roles = {sentence.speaker for sentence in sentences}
    return RecordedCall(call, sentences, _parties(draw, call, roles))


def _parties(draw: random.Random, call: PlannedCall, roles: set[str]) -> list[Party]:
    if call.oddity is Oddity.NO_PARTIES:
        return []
    host = call.host
    parties = [_ours("R", host)]
    if call.oddity is Oddity.INTERNAL:
        return [*parties, _ours("C", REPS[(REPS.index(host) + 1) % len(REPS)])]
    people = call.company.contacts
    parties.append(_theirs(draw, call, "C", people[0]))
    if "D" in roles:
        parties.append(_theirs(draw, call, "D", people[1]))
    elif draw.random() < 0.35:
        parties.append(_theirs(draw, call, None, people[1]))
    if call.kind == "success" and draw.random() < 0.4:
        csm = next(c for c in CSMS if c.region == call.company.region)
        parties.append(_ours(None, Rep(csm.name, "Customer Success Manager", "csm", None)))
    return parties


def _ours(role: str | None, rep: Rep) -> Party:
    return Party(role, rep.name, rep.email, rep.title, user_id(rep.name), None, internal=True)


def _theirs(draw: random.Random, call: PlannedCall, role: str | None, person: Contact) -> Party:
    if call.oddity is Oddity.UNMATCHED:
        email = f"{person.email.partition('@')[0]}@{draw.choice(_MAIL_OF_STRANGERS)}"
        return Party(role, person.name, email, None, None, None, internal=False)
    if call.oddity is Oddity.BY_DOMAIN:
        email = f"office@{call.company.domain}"
        return Party(role, None, email, None, None, None, internal=False)
    linked = call.oddity is not Oddity.BY_EMAIL
    contact_id = person.contact_id if linked else None
    return Party(role, person.name, person.email, person.title, None, contact_id, internal=False)


def user_id(name: str) -> str:
    return number_id("user", name)
