"""What a recommendation is, before a report chooses among them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Play:
    """One recommendation: what was seen, why it matters, what to do, what it may bring."""

    code: str
    title: str
    observation: str
    why: str
    action: str
    effect: str
    weight: float
    about: str
    """Words to look for a case study with."""
    topic: str
    """What it is about, e.g. ``channel Email``: one report has one play on a topic."""
    customer_action: str = ""
    """The action in the customer's copy; empty where it is the same."""
    playbook: str = ""
    """The playbook of ``customers.yaml`` that is the same, whose effect is measured."""
    serves_goal: bool = True
    """Whether it can bring a goal nearer that is about its topic."""
    must: bool = False
    """Whether page one warns of it: then the advice is always about it too."""
    evidence: tuple[str, ...] = ()
    """Ids of the facts that its observation cites."""
