"""``plays.yaml``: the words of the advice, and what they may speak of.

A play names the rule that calls for it (``RULES``; their code is in ``writing.plays.rules``). What
a rule has seen fills the play's words: facts by role, and a few words.
"""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, Field, model_validator

from cs_assets import config
from cs_assets.config import Strict

_CHANNEL = frozenset(
    {"name", "count", "value", "share", "count_<span>", "value_<span>"}
)  # fmt: skip
_REGION = frozenset({"name", "count", "value", "share"})
_MODULE = frozenset({"name", "stage", "users", "seats"})
_REACH = frozenset({"name", "sent", "click_rate"})


def _rated(rate: str) -> frozenset[str]:
    """Fields of a channel with a rate beside those of all customers who use it."""
    beside = {f"{rate}_{part}" for part in ("position", "median", "more")}
    return frozenset({"name", "sent", "peers", rate}) | beside


_OPENS = _rated("open_rate") | {"open_rate_<span>"}


class RuleShape(NamedTuple):
    """What the words of a rule's play may use: cases, fields by role, and words."""

    cases: tuple[str, ...] = ()
    roles: Mapping[str, frozenset[str]] = MappingProxyType({})
    words: tuple[str, ...] = ()


#: The rules by name.
RULES: dict[str, RuleShape] = {
    "renewal_near": RuleShape(
        ("troubled", "troubled_and_due", "due", "passed"),
        {"it": _CHANNEL, "won": frozenset({"value"})},
        ("notice", "the_date", "in_time"),
    ),
    "conversions_fell": RuleShape(
        ("in_value", "everywhere", "lower_everywhere"),
        {"it": _CHANNEL},
        ("window", "span", "change"),
    ),
    "opens_below_peers": RuleShape(
        ("fell", "unclicked"),
        {"it": _OPENS | {"click_rate", "click_rate_position"}},
        ("window", "span"),
    ),
    "clicks_below_peers": RuleShape(roles={"it": _rated("click_rate")}),
    "one_channel_carries_most": RuleShape(
        ("alone", "assisted", "second_grows"),
        {
            "it": _CHANNEL,
            "second": _CHANNEL | {"value_prior"},
            "helper": frozenset({"name", "revenue", "touchpoints"}),
        },
    ),
    "one_region_carries_most": RuleShape(roles={"it": _REGION, "second": _REGION}),
    "channel_began": RuleShape(roles={"it": _CHANNEL}),
    "conversions_are_few": RuleShape(),
    "value_in_the_middle": RuleShape(("below",)),
    "readers_are_won": RuleShape(roles={"it": _rated("open_rate") | _rated("click_rate")}),
    "module_lags": RuleShape(
        ("put_aside", "not_started", "lost", "lost_and_put_aside", "lost_and_not_started"),
        {"it": _MODULE, "alike": _MODULE},
    ),
    "seats_are_idle": RuleShape(
        ("renewing", "one_module", "few_seats", "hardly_any"), {"it": _MODULE}
    ),
    "module_is_tried": RuleShape(
        ("by_none", "by_one", "by_few", "narrowly", "widely"), {"it": _MODULE}
    ),
    "use_fell": RuleShape(
        ("together",), {"it": _MODULE | {"users_prior"}, "alike": _MODULE | {"users_prior"}}
    ),
    "champion_is_gone": RuleShape(),
    "nobody_is_there": RuleShape(),
    "one_person_uses_module": RuleShape(roles={"it": _MODULE}),
    "channel_grew_with_the_whole": RuleShape(roles={"it": _CHANNEL}, words=("window", "span")),
    "another_channel_prepares": RuleShape(
        roles={"it": frozenset({"name", "revenue", "touchpoints"}), "closing": _CHANNEL}
    ),
    "no_goal": RuleShape(),
    "calls_went_badly": RuleShape(("one", "only", "all")),
    "calls_went_well": RuleShape(),
    "no_conversions": RuleShape(),
    "conversions_recorded": RuleShape(),
    "a_channel_leads": RuleShape(roles={"it": _CHANNEL}),
    "readers_went_quiet": RuleShape(),
    "always": RuleShape(),
    "leaving_was_spoken_of": RuleShape(("giving_back", "doubt", "written")),
    "vendor_was_spoken_of": RuleShape(),
    "more_was_asked_for": RuleShape(),
    "nobody_called": RuleShape(("calm",)),
    "value_below_peers": RuleShape(
        ("had_been_there", "small_ones", "closed", "unclicked", "after_clicks"),
        {"it": _rated("open_rate") | _rated("click_rate")},
        ("window", "span"),
    ),
    "value_above_peers": RuleShape(),
    "score_below_peers": RuleShape(),
    "opens_lead_clicks_do_not": RuleShape(roles={"it": _rated("open_rate") | _rated("click_rate")}),
    "channel_went_silent": RuleShape(roles={"it": _CHANNEL}, words=("window", "span")),
    "one_channel_is_clicked_more": RuleShape(
        ("and_brings_more",),
        {"it": _REACH, "other": _REACH, "won": frozenset({"value"}), "lost": frozenset({"value"})},
    ),
    "opens_fell": RuleShape(("sent_more",), {"it": _OPENS}, ("window", "span")),
    "opens_rose": RuleShape(roles={"it": _OPENS}, words=("window", "span")),
    "fewer_sent": RuleShape(("stopped",), words=("window", "span", "change")),
    "more_sent_for_nothing": RuleShape(words=("window", "span", "change")),
    "module_has_room": RuleShape(("some",), roles={"it": _MODULE}),
    "seats_are_full": RuleShape(),
}

#: Facts of no single thing that words may quote; each sheet has them, with a value or without.
#: Rates over all channels beside those of peers are none: they follow the mix of channels.
FACTS = frozenset(
    {
        "customer.name", "customer.goal", "goal.module", "goal.channel", "period.window",
        "period.window_before", "period.end", "account.renewal", "account.days_to_renewal",
        "account.arr", "health.segment", "health.why", "conversions.count", "conversions.value",
        "conversions.count_<span>", "conversions.value_<span>", "conversions.value_<change>",
        "conversions.average", "conversions.verdict_<change>",
        "engagement.sent", "engagement.sent_<span>", "engagement.opened", "engagement.open_rate",
        "engagement.click_rate",
        "adoption.users", "adoption.seats", "adoption.utilisation", "adoption.lost",
        "calls.judged", "calls.negative", "calls.held", "calls.churn", "calls.competitor",
        "calls.expansion", "calls.said.leaving.calls", "calls.said.leaving.words",
        "calls.said.giving_back.calls", "calls.said.giving_back.words",
        "calls.said.stopping.calls", "calls.said.stopping.words", "calls.said.trust.calls",
        "calls.said.trust.words", "calls.said.person.calls", "calls.said.person.words",
        "calls.said.answer.calls", "calls.said.answer.words", "calls.said.vendor.words",
        "calls.said.more.words",
        "calls.said.written.words", "account.champion_left", "account.notice",
        "account.days_to_notice", "usage.actions", "usage.actions_prior", "usage.users",
        "usage.users_prior", "usage.silent_days", "action.code", "action.title", "action.text",
        "action.why", "action.effect", "conversions.value_per_week", "engagement.score",
        *(f"benchmark.{metric}.{field}" for metric in ("conversion_value_per_week",
          "conversions_per_week", "engagement_score") for field in ("position", "peers", "median",
          "high", "own", "length", "group")),
    }
)  # fmt: skip

#: Words that every rule gives.
EVERYWHERE = ("sponsor",)

_SLOT = re.compile(r"\{([^{}]*)\}")
_OPTIONAL = re.compile(r"\[[^\[\]]*\]")
_WORD = re.compile(r"<([^<>]*)>")
_STYLES = ("", "short", "signed", "abs")


def _readable(text: str) -> str:
    bare = _OPTIONAL.sub(lambda found: found[0][1:-1], text)
    if "[" in bare or "]" in bare:
        raise ValueError(f"'{text[:40]}': brackets do not pair, or stand inside each other")
    bare = _SLOT.sub("", bare)
    if "{" in bare or "}" in bare:
        raise ValueError(f"'{text[:40]}': a brace that is no slot")
    if found := re.search(r"\d", bare):
        raise ValueError(f"'{text[:40]}': the digit {found[0]} stands outside a slot")
    return text


Words = Annotated[str, Field(min_length=1), AfterValidator(_readable)]
#: One text, or several of which the first that can be said is.
Said = Words | Annotated[tuple[Words, ...], Field(min_length=1)]


class Case(Strict):
    """What one case of a rule says otherwise."""

    code: str | None = None
    title: Said | None = None
    observation: Said | None = None
    why: Said | None = None
    action: Said | None = None
    customer_action: Said | None = None
    """The action as the customer reads it, where it is said to the customer and not of them."""
    effect: Said | None = None
    weight: float | None = Field(default=None, gt=0, le=1)
    must: bool | None = None
    serves_goal: bool | None = None
    """Whether it can bring a goal nearer that is about its topic."""
    playbook: str | None = Field(default=None, pattern=r"^[a-z][a-z_]*$")
    """The playbook of ``customers.yaml`` that is the same: its effect is measured."""
    about: Words | None = None
    topic: Words | None = None

    def texts(self) -> Iterator[str]:
        """Every text of it."""
        for said in (
            self.title, self.observation, self.why, self.action, self.customer_action, self.effect
        ):  # fmt: skip
            yield from (said,) if isinstance(said, str) else said or ()
        yield from (text for text in (self.about, self.topic) if text)


class PlayWords(Case):
    """One recommendation: what is seen, why it matters, what to do, what it may bring."""

    code: str = Field(pattern=r"^[a-z][a-z_]*$")
    title: Said
    observation: Said
    why: Said
    action: Said
    effect: Said
    weight: float = Field(gt=0, le=1)
    must: bool = False
    serves_goal: bool = True
    about: Words
    topic: Words

    def checked(self, shape: RuleShape) -> None:
        """``ValueError`` for a text that quotes what is not there."""
        for text in self.texts():
            _only_known(text, shape)


class RuledPlay(PlayWords):
    """A play that a rule calls for."""

    when: str
    unless: tuple[str, ...] = ()
    """Rules that veto it."""
    needs: tuple[str, ...] = ()
    """Facts without which it is not given."""
    cases: dict[str, Case] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _speaks_of_what_its_rule_sees(self) -> "RuledPlay":
        for rule in (self.when, *self.unless):
            if rule not in RULES:
                raise ValueError(f"{self.code}: '{rule}' is no rule: {', '.join(sorted(RULES))}")
        shape = RULES[self.when]
        for case in self.cases:
            if case not in shape.cases:
                known = ", ".join(shape.cases) or "none"
                raise ValueError(f"{self.code}: '{case}' is no case of {self.when}: {known}")
        for fact in self.needs:
            if fact not in FACTS:
                raise ValueError(f"{self.code}: needs '{fact}', which is no fact")
        self.checked(shape)
        for words in self.cases.values():
            for text in words.texts():
                _only_known(text, shape)
        return self


#: Conditions of vetoes by name; their code is in ``writing.plays.vetoes``.
VETOES = (
    "in_trouble", "nothing_grows", "readers_tire", "renewal_in_doubt", "all_channels_fell",
    "goal_is_agreed", "no_call_was_bad", "nobody_spoke_of_leaving",
)  # fmt: skip


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"'{text[:40]}' is no regular expression: {error}") from None
    return text


class Veto(Strict):
    """What may not be advised while something holds, whoever writes."""

    when: str
    what: Words
    """What is forbidden, as a model is told."""
    because: Words
    says: tuple[Annotated[str, Field(min_length=3), AfterValidator(_pattern)], ...]
    """Regular expressions that tell such advice; ``CHANNEL`` is any channel of the customer."""

    @model_validator(mode="after")
    def _is_known(self) -> "Veto":
        if self.when not in VETOES:
            raise ValueError(f"'{self.when}' is no condition of a veto: {', '.join(VETOES)}")
        return self


class Served(Strict):
    """What a play that serves the goal agreed says besides, and weighs besides."""

    why: Words
    weight: float = Field(ge=0, le=1)


class Advised(Strict):
    """What the customers room advises first, here."""

    topics: dict[str, str]
    """By playbook of ``customers.yaml``: the first words of the topics that are the same here."""
    left_out: tuple[str, ...] = ()
    """Playbooks that advise nothing of their own."""
    yields: tuple[str, ...] = ()
    """Playbooks that come after what page one warns of."""
    whys: dict[str, Words] = Field(default_factory=dict)
    """By playbook why it matters, where no play is on its topic."""
    words: PlayWords
    """How it is said where no play is on its topic."""


class Playbook(Strict):
    """The whole of ``plays.yaml``."""

    serves_goal: Served
    advised: Advised
    triggered: tuple[RuledPlay, ...]
    unserved_goal: PlayWords
    standing: tuple[RuledPlay, ...]
    vetoes: tuple[Veto, ...] = ()

    @model_validator(mode="after")
    def _quotes_facts(self) -> "Playbook":
        self.unserved_goal.checked(RuleShape())
        _only_known(self.serves_goal.why, RuleShape())
        self.advised.words.checked(RuleShape())
        for why in self.advised.whys.values():
            _only_known(why, RuleShape())
        return self


def built_in() -> Playbook:
    """The file beside this package."""
    return config.load("plays.yaml", Playbook)


def _only_known(text: str, shape: RuleShape) -> None:
    for word in _WORD.findall(text):
        if word not in (*shape.words, *EVERYWHERE):
            raise ValueError(f"'{text[:40]}': <{word}> is no word of this rule")
    for slot in _SLOT.findall(text):
        fact_id, _, style = slot.partition(":")
        role, _, field = fact_id.partition(".")
        known = field in shape.roles[role] if role in shape.roles else fact_id in FACTS
        if not known or style not in _STYLES:
            raise ValueError(f"'{text[:40]}': {{{slot}}} is no fact that may be quoted here")
