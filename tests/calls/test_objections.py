"""Objections in the customer's words, and what became of them."""

import pytest

from cs_assets.calls import objections
from tests.calls.conversation import talk


@pytest.fixture
def find(rubric, taxonomy):
    def run(*lines):
        transcript = talk(*lines)
        cues = [rubric.cues_in(text) for text in transcript.lowered]
        return objections.find(transcript, taxonomy, cues)

    return run


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("That is too expensive for us.", "price"),
        ("The quote is a lot higher than we expected.", "price"),
        ("Your competitor is much cheaper.", "price"),
        ("We don't have the budget for this.", "budget"),
        ("Our budget is frozen until the summer.", "budget"),
        ("It's not my decision, honestly.", "authority"),
        ("I would have to run it by our CFO first.", "authority"),
        ("I don't see why we need it.", "need"),
        ("This is really not a good time for us.", "timing"),
        ("We are also evaluating other vendors.", "competitor"),
        ("We are happy with what we have.", "status_quo"),
        ("We got burned by the last vendor.", "trust"),
        ("I am worried about the migration.", "complexity"),
        ("It looks far too complicated for my people.", "complexity"),
        ("Legal has a problem with the liability clause.", "contract"),
        ("I can't sign anything that binds us for three years.", "contract"),
        ("We can't agree to anything that locks us in for a term.", "contract"),
        ("I can't approve that on my own.", "authority"),
        ("We can't sign that ourselves.", "authority"),
        ("We are not interested.", "brush_off"),
    ],
)
def test_each_kind_is_told_from_one_sentence(find, words, kind):
    found = find(("rep", "What do you think?"), ("customer", words), ("rep", "I see."))
    assert [o.kind for o in found] == [kind]
    assert found[0].is_brush_off == (kind == "brush_off")


@pytest.mark.parametrize(
    "words",
    [
        "What does it cost?",
        "The price is fine for us.",
        "Price is not an issue.",
        "We have no concerns about security.",
        "That is within our budget.",
        "How does the migration work?",
        "Our competitors buy from the same supplier.",
        "We talked to the board about it.",
    ],
)
def test_a_question_or_a_good_word_is_no_objection(find, words):
    assert find(("rep", "So?"), ("customer", words), ("rep", "Good.")) == []


def test_the_reps_words_are_never_an_objection(find):
    assert (
        find(
            ("customer", "Go on."), ("rep", "Others say it is too expensive."), ("customer", "Hm.")
        )
        == []
    )


def test_who_signs_is_an_answer_when_we_asked_and_an_objection_when_we_did_not(find):
    words = ("customer", "The board decides, and they meet in March.")
    assert find(("rep", "Who else decides on this?"), words, ("rep", "Thanks.")) == []
    assert [o.kind for o in find(("rep", "So let us start."), words, ("rep", "Oh."))] == [
        "authority"
    ]


def test_one_objection_repeated_is_one_objection(find):
    found = find(
        ("customer", "It is too expensive."),
        ("rep", "I see."),
        ("customer", "Really, too expensive for us."),
        ("rep", "I understand."),
    )
    assert len(found) == 1


def test_outsiders_who_talk_among_themselves_raise_nothing_to_us(find):
    assert (
        find(
            ("customer", "It is too expensive."),
            ("second customer", "You always say so."),
            ("customer", "Because it is true."),
            ("second customer", "Well."),
            ("rep", "Shall we go on?"),
        )
        == []
    )


def test_a_presentation_is_not_searched_for_objections(find):
    speech = "We grew in every region and our costs rose less than sales. " * 20
    lines = [("customer", speech + "The market price is too high.")]
    assert find(*lines, ("rep", "Thank you.")) == []


@pytest.mark.parametrize(
    ("after", "outcome"),
    [
        ([("rep", "Does that settle it?"), ("customer", "Yes, it does.")], "resolved"),
        ([("rep", "We can split it."), ("customer", "That makes sense.")], "resolved"),
        ([("rep", "We can split it."), ("customer", "That makes sense, but it is still a lot.")],
         "unresolved"),
        ([("rep", "I will send you a comparison by Friday."), ("customer", "Hm.")], "deferred"),
        ([("rep", "I will send you a comparison."), ("customer", "Hm.")], "unresolved"),
        ([("rep", "I see."), ("customer", "We are going with another vendor.")], "lost"),
        ([("rep", "Does that help?"), ("customer", "Yes."), ("rep", "Great."),
          ("customer", "But we will not renew.")], "lost"),
        ([("rep", "Nice weather today."), ("customer", "Yes.")], "unresolved"),
    ],
)  # fmt: skip
def test_the_outcome_is_read_from_the_turns_that_follow(find, after, outcome):
    found = find(("rep", "So?"), ("customer", "It is too expensive."), *after)
    assert found[0].outcome == outcome


def test_an_objection_at_the_very_end_is_unresolved_and_without_reply(find):
    found = find(("rep", "So, shall we sign?"), ("customer", "It is too expensive."))
    assert found[0].outcome == "unresolved"
    assert found[0].reply_position is None


@pytest.mark.parametrize(
    ("asked", "answered", "outcome"),
    [
        ("If I put it in, would three years still be a problem?", "Then it would not.", "resolved"),
        ("Is the length still an issue then?", "No, not any more.", "resolved"),
        ("Would the term still stand in your way?", "In that case it wouldn't.", "resolved"),
        ("Would three years still be a problem?", "It would, I'm afraid.", "unresolved"),
        ("Would that still be too long?", "No idea, I have to ask.", "unresolved"),
        ("When do you decide?", "It won't be this year.", "unresolved"),
    ],
)
def test_a_no_to_whether_it_is_still_in_the_way_settles_it(find, asked, answered, outcome):
    found = find(
        ("customer", "I can't sign anything that binds us for three years."),
        ("rep", "We have a clause that ends the contract if the money stops."),
        ("rep", asked),
        ("customer", answered),
        ("rep", "Good."),
    )
    assert [o.outcome for o in found] == [outcome]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("The nurses would need weeks of lessons for it.", "complexity"),
        ("The solicitors hate paragraph nine of your agreement.", "contract"),
        ("The chaps from Siemens gave us a nicer demo.", "competitor"),
        ("The yearly invoice would be a real shock for our treasurer.", "other"),
    ],
)
def test_the_kind_of_what_no_list_names_is_told_by_its_words_or_left_open(find, words, kind):
    found = find(("rep", "That is all of it."), ("customer", words), ("rep", "I see."))
    assert [o.kind for o in found] == [kind]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("When would you like to begin?", "Not before March, that would be ideal."),
        ("What is the trouble with the delivery notes?", "That they come too late."),
        ("Which tool do you use today?", "We have our own one, and it does the job."),
        ("That is all of it.", "I was afraid of the training, but that has gone."),
        ("That is all of it.", "It used to be slow before we had you."),
        ("That is all of it.", "We can't wait to begin."),
        ("That is all of it.", "I don't mind paying for two years."),
        ("That is all of it.", "The offer looks fine to our lawyers."),
        ("That is all of it.", "Our clients complain about late trucks."),
        ("That is all of it.", "I'm not sure I caught your name."),
    ],
)
def test_what_we_asked_for_what_is_over_and_praise_by_denial_are_none(find, asked, words):
    assert find(("rep", asked), ("customer", words), ("rep", "I see.")) == []


def test_a_way_out_put_as_a_question_is_an_answer_that_a_yes_takes(find):
    found = find(
        ("rep", "That is all of it."),
        ("customer", "We don't have the budget this year."),
        ("rep", "What if we sent the bill in January?"),
        ("customer", "That would work for us."),
    )
    assert [o.outcome for o in found] == ["resolved"]


def test_speech_without_marks_has_its_apostrophes_back():
    said = talk(("customer", "i dont think theyll use it and its well known"))
    assert said.lowered == ("i don't think they'll use it and its well known.",)


@pytest.mark.parametrize(
    ("between", "outcome"),
    [
        ((("customer", "How does the portal deal with refunds?"),
          ("rep", "A refund goes out the next day, would one day be fine?")), "unresolved"),
        ((("customer", "How does the clause deal with funding cuts?"),
          ("rep", "It ends the contract on the day, would that be fine?")), "resolved"),
    ],
    ids=["another matter", "the answer"],
)  # fmt: skip
def test_what_is_said_after_a_question_on_something_else_settles_nothing(find, between, outcome):
    found = find(
        ("customer", "I can't sign anything that binds us for three years."),
        ("rep", "We have a clause that ends the contract if the money stops."),
        *between,
        ("customer", "That is fine."),
    )
    assert [o.outcome for o in found] == [outcome]


def test_what_states_an_obstacle_settles_none(find):
    found = find(
        ("customer", "To be honest, I don't see what we would do with it."),
        ("rep", "Everybody who works like you has that problem, they just don't see it."),
        ("customer", "It works fine for us."),
    )
    assert found[0].outcome == "unresolved"
