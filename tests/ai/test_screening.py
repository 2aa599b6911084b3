"""What a model's text is refused for, and what it is not."""

from dataclasses import replace

import pytest

from cs_assets.ai import configuration
from cs_assets.ai.screening.number_words import spans_named_in
from cs_assets.ai.screening.screening import Limits, reasons_to_reject
from tests.ai.sheets import GOOD, sheet

LIMITS = Limits(600, configuration.load().banned)


def reasons(text: str) -> tuple[str, ...]:
    return reasons_to_reject(text, sheet(), LIMITS)


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        "One of the topics was the reports that come late: “{quote:renewal}”",
        "No one has answered yet. The next step is clear.",
        "A third-party tool is in use, and the team will double-check the set-up.",
        "Reports come late because, in the words of {customer.name}, “{quote:renewal}”",
        "The month of March was quiet — naïve readings aside — and I think it is fine.",
        "## A title\nA sentence.\n\n- an item with {conversions.count}",
        "Action: Run two subject lines against each other in the next three campaigns.",
        "The customer waits because of a reason on record: {note.latest}.",
        "Take it one step at a time; day one is the workshop.",
        "Conversions rose by {conversions.change:abs}. At the same time revenue stood still.",
    ],
)
def test_right_texts_pass(text: str) -> None:
    assert reasons(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "There were 12 conversions.",
        "There were twelve conversions.",
        "There were TWENTY-FIVE conversions.",
        "There were twentyfive conversions.",
        "There were t w e l v e conversions.",
        "Conversions doubled.",
        "Half of them came by mail.",
        "A quarter of them came by mail.",
        "Two-thirds came by mail.",
        "Dozens of visitors came.",
        "There were ｔｗｅｌｖｅ conversions.",
        "There were １２ conversions.",
        "There were ⅻ conversions.",
        "There were XII conversions.",
        "There were zwölf conversions.",
        "There were 十二 conversions.",
        "There were twеlve conversions.",  # a Cyrillic e
        "There were twel\u200bve conversions.",
        "One customer left.",
        "It grew ² times.",
        "It grew tenfold.",
        "A couple of accounts left.",
        "Action: Tell them that two accounts were lost.",
        "Action: Run twelve tests.",
    ],
)
def test_numbers_outside_slots_are_refused_in_any_spelling(text: str) -> None:
    assert reasons(text), text


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("{unknown.fact} went well.", "unknown fact"),
        ("They said {quote:other}.", "unknown quote"),
        ("{conversions.count:loud} came.", "unknown style"),
        ("A { brace.", "a brace"),
        ("We guarantee more of it.", "promises a result"),
        ("Conversions rose due to the new page.", "without a cited reason"),
        ("{customer.name} grew because of us: {conversions.count}.", "without a cited reason"),
        ("It rose.\nRevenue led to it: {revenue.total}.", "without a cited reason"),
        ("See https://evil.example/now.", "link"),
        ("Write to boss@corp.", "link"),
        ("<b>Good</b> work.", "markup"),
        ("A | table", "markup"),
        ("**Bold** words.", "markup"),
        ("A [link](x).", "markup"),
        ("Hello [PERSON_Z].", "placeholder"),
        ("x" * 601, "too long"),
        (" \n ", "empty"),
        ("Right-to-left \u202e text.", "not allowed"),
    ],
)
def test_other_breaches_are_named(text: str, because: str) -> None:
    assert any(because in reason for reason in reasons(text)), reasons(text)


def test_claims_that_customers_may_not_read_are_refused_for_them_only() -> None:
    config = configuration.load()
    text = "The risk of churn is low."
    assert reasons_to_reject(text, sheet(), Limits(600, config.banned)) == ()
    assert reasons_to_reject(text, sheet(), Limits(600, config.banned_for_customers))


def test_a_span_that_the_instructions_name_may_be_said() -> None:
    spans = spans_named_in("Say a change over four weeks. At most thirty words.")
    assert spans == ("four weeks",)
    allowed = Limits(600, (), spans)
    assert reasons_to_reject("Calm over four weeks.", sheet(), allowed) == ()
    assert reasons_to_reject("Calm over five weeks, in four calls.", sheet(), allowed)


@pytest.mark.parametrize(
    ("text", "change", "is_right"),
    [
        ("Conversions rose by {conversions.change:abs}.", 12.5, True),
        ("Conversions rose by {conversions.change:abs}.", -12.5, False),
        ("Conversions fell by {conversions.change:abs} on the week before.", 12.5, False),
        ("Conversions are {conversions.change:abs} below the week before.", -3.0, True),
        ("Conversions are {conversions.change:abs} below the week before.", 3.0, False),
        ("Conversions moved by {conversions.change:abs}.", 12.5, False),
        ("Conversions moved by {conversions.change:signed}.", -12.5, True),
        ("Mail went down. Conversions moved by {conversions.change:signed}.", 12.5, True),
        ("Conversions are up {conversions.change:abs}.", 0.0, True),
    ],
)
def test_words_of_direction_fit_the_sign(text: str, change: float, is_right: bool) -> None:
    facts = replace(
        sheet(),
        facts=tuple(
            replace(fact, value=change) if fact.fact_id == "conversions.change" else fact
            for fact in sheet().facts
        ),
    )
    assert (reasons_to_reject(text, facts, LIMITS) == ()) == is_right
