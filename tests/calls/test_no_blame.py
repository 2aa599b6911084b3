"""What a fair listener does not hold against a rep, and what one does."""

import datetime as dt

import pytest

from cs_assets.calls import hearing, next_steps, objections, talk
from cs_assets.calls.due_dates import due_date
from cs_assets.calls.scoring import (
    discovery,
    engagement,
    objection_handling,
    product_knowledge,
    questions,
)
from cs_assets.calls.scoring.evidence import Heard
from tests.calls.conversation import talk as conversation

TUESDAY = dt.date(2026, 3, 3)


@pytest.fixture
def listen(rubric, taxonomy):
    def run(*lines, call_type="demo"):
        transcript = conversation(*lines)
        cues = [rubric.cues_in(text) for text in transcript.lowered]
        raised = objections.find(transcript, taxonomy, cues)
        steps = next_steps.find(transcript, rubric, cues, TUESDAY)
        measured = talk.measure(transcript, rubric.monologue_bridge_seconds)
        return Heard(transcript, measured, raised, steps, call_type, rubric, cues)

    return run


def criterion(judged, key):
    return next(one for one in judged if one.key == key)


@pytest.mark.parametrize(
    ("answer", "missed"),
    [
        ("Anyway, a control group is one in ten customers that gets no offer, so you compare.", 0),
        ("It depends on the group: below a thousand customers you leave five percent out.", 0),
        ("You probably want one in ten, and the report compares both groups every Monday.", 0),
        ("I'm not sure about the bank file, I'll find out and write to you tomorrow.", 0),
        ("Yes.", 0),
        ("It depends.", 1),
        ("Good question, we can talk about that later.", 1),
        ("Let's take it offline.", 1),
    ],
)
def test_an_answer_is_judged_by_its_content_not_by_a_hedge(listen, answer, missed):
    heard = listen(
        ("rep", "The offers go out every week."),
        ("customer", "How do you know with a control group that the offers work?"),
        ("rep", answer),
        ("customer", "I see."),
        ("rep", "The report has a page for each file."),
        ("rep", "When you upload a list, our system sorts it."),
    )
    found = criterion(product_knowledge.judge(heard), "answers_questions")
    assert len(found.missed) == missed


def test_thanks_and_a_question_behind_it_acknowledge_and_ask(listen):
    heard = listen(
        ("customer", "Your screens are too complicated for my people."),
        ("rep", "Thank you, I'd rather hear that now."),
        ("rep", "What would the one button do?"),
        ("customer", "Book the day."),
        (
            "rep",
            "Then they get a screen with that one button, and the rest is hidden by their role.",
        ),
        ("customer", "Plenty."),
    )
    judged = objection_handling.judge(heard)
    assert heard.objections[0].outcome == "resolved"
    for key in ("acknowledges", "clarifies", "answers"):
        assert criterion(judged, key).share == 1, key
    assert not any(one.missed for one in judged)


@pytest.mark.parametrize(
    ("check", "settled"),
    [
        ("Would that be enough to begin with?", "Plenty."),
        ("It takes your admin a quarter of an hour.", "Fifteen minutes, sure."),
        ("Does that answer it for the officer?", "It does."),
        ("Is that small enough?", "That makes it small enough, yes."),
        ("Then you pay only the eleven months.", "That works."),
    ],
)
def test_settled_in_plain_words_is_settled(listen, check, settled):
    heard = listen(
        ("customer", "The price is too high for us."),
        ("rep", "We can leave August out and you would pay less for the year."),
        ("rep", check),
        ("customer", settled),
        ("rep", "Good."),
    )
    assert [one.outcome for one in heard.objections] == ["resolved"]


@pytest.mark.parametrize("reply", ["Hm.", "I see.", "Right.", "If you say so."])
def test_a_word_that_only_hears_settles_nothing(listen, reply):
    heard = listen(
        ("customer", "The price is too high for us."),
        ("rep", "It pays back within eight months with your volume."),
        ("customer", reply),
        ("rep", "Good."),
    )
    assert [one.outcome for one in heard.objections] == ["unresolved"]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (
            "Besides you, who will have an opinion?",
            "The finance director decides up to thirty thousand.",
        ),
        ("Who would sign?", "My boss has the final say."),
        ("What next?", "I don't believe so."),
        ("What's on your mind?", "It is very difficult to watch the news these days."),
        ("Hello?", "I hope I'm not catching you at a bad time."),
        ("So?", "Can we keep our accounts, or do we have to start from scratch?"),
    ],
)
def test_what_is_no_objection(listen, asked, answer):
    assert listen(("rep", asked), ("customer", answer), ("rep", "Okay.")).objections == []


def test_a_clarifying_answer_is_no_second_objection(listen):
    heard = listen(
        ("customer", "The start fee is too high for us."),
        ("rep", "What makes it hard, the amount or that it is due at once?"),
        ("customer", "That it's due at once."),
        ("rep", "I can split it."),
    )
    assert [one.kind for one in heard.objections] == ["price"]


@pytest.mark.parametrize(
    ("words", "kind", "group"),
    [
        ("It's just a lot of money for a team our size.", "price", "pricing"),
        ("That's a significant investment.", "price", "pricing"),
        ("You're about 15 % higher net.", "price", "pricing"),
        ("I'd need my boss to look at this first.", "authority", "other"),
        ("We're under contract with someone else until May.", "contract", "other"),
        ("My team won't log into another tool.", "status_quo", "competitive"),
        ("How do I know our data is safe with you?", "trust", "technical"),
        ("We had a bad experience with a tool like this.", "trust", "technical"),
        ("I'm not sure how this applies to field sales.", "need", "other"),
        ("No thank you, we would rather not.", "other", "other"),
        ("You have no connector for our payroll system.", "technical", "technical"),
        ("It doesn't integrate with our warehouse software.", "technical", "technical"),
        ("Your app keeps crashing on our tablets.", "technical", "technical"),
        ("There is no offline mode, is there?", "technical", "technical"),
    ],
)
def test_obstacles_in_other_peoples_words(listen, words, kind, group):
    heard = listen(("rep", "What do you think?"), ("customer", words), ("rep", "I see."))
    assert [(one.kind, one.group) for one in heard.objections] == [(kind, group)]


def test_the_reply_is_the_next_turn_of_substance_not_a_nod(listen):
    heard = listen(
        ("rep", "What slows you down in the close?"),
        ("customer", "The invoices come in by mail and two clerks key them in."),
        ("rep", "Mm-hmm."),
        ("customer", "And then one of them is ill and everything waits."),
        ("rep", "When one of the clerks is ill, who keys in the invoices?"),
        ("customer", "Nobody."),
        ("rep", "Okay."),
    )
    found = criterion(discovery.judge(heard), "follow_ups")
    assert (found.share, found.missed) == (1.0, ())


@pytest.mark.parametrize(
    ("reply", "share", "misses"),
    [
        ("So the close takes you ten days.", 1.0, 0),
        ("Which of the ten days hurt the most?", 1.0, 0),
        ("How many users do you have?", 0.0, 1),
        ("Great, so our platform has eleven components and we offer them all.", 0.0, 1),
        ("And is it sunny?", None, 0),
    ],
)
def test_saying_back_takes_up_and_pointing_back_alone_is_in_doubt(listen, reply, share, misses):
    heard = listen(
        ("rep", "How does the month end for you?"),
        ("customer", "The close takes ten days and everybody works late."),
        ("rep", reply),
        ("customer", "Yes."),
        ("rep", "Okay."),
    )
    found = criterion(discovery.judge(heard), "follow_ups")
    assert found.share == share
    assert len(found.missed) == misses


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Tell me about your month end.", "open"),
        ("I wonder what made you write to us.", "open"),
        ("Walk me through a normal day.", "open"),
        ("Before I say a word, how does a matter get opened?", "open"),
        ("What happens when it fails?", "open"),
        ("How many people work there?", "closed"),
        ("Which of them is harder?", "closed"),
        ("Where is your office?", "closed"),
        ("Do you know how it works?", "closed"),
        ("Is that what you use today?", "closed"),
        ("What time is it?", "closed"),
    ],
)
def test_open_and_closed_questions(text, kind):
    assert questions.is_question(text.lower())
    assert questions.kind(text.lower()) == kind
    bare = text.lower().translate(str.maketrans("", "", ".,?"))
    assert questions.is_question(bare, punctuated=False)
    assert questions.kind(bare) == kind or "say a word" in bare


@pytest.mark.parametrize(
    "text", ["what we have works", "i don't know how it works", "when you approve it it is posted"]
)
def test_a_statement_with_such_a_word_asks_nothing(text):
    assert not questions.is_question(text, punctuated=False)


def test_a_question_that_wants_applause_checks_nothing(listen):
    heard = listen(
        ("rep", "So what do you think?"),
        ("rep", "Awesome, right?"),
        ("customer", "It's nice."),
    )
    assert criterion(engagement.judge(heard), "checks_interest").heard == ()


@pytest.mark.parametrize(
    ("words", "promises"),
    [
        ("That never happens with cloud software.", 1),
        ("It will not happen, guaranteed.", 1),
        ("The backup runs every night at two.", 0),
        ("We never delete a row, it stays in the log.", 0),
        ("What would you need, so that you can believe that it won't happen again?", 0),
        ("I run it in front of you, so that you don't have to believe me.", 0),
        ("You need not believe me.", 0),
        ("It works, believe me.", 1),
        ("Believe me, the crew is happy.", 1),
    ],
)
def test_empty_promises(listen, words, promises):
    heard = listen(
        ("rep", "Our system keeps a record of each file."),
        ("rep", "When you upload it, our platform sorts it."),
        ("rep", words),
        ("customer", "Okay."),
    )
    found = criterion(product_knowledge.judge(heard), "honest_about_limits")
    assert len(found.missed) == promises


@pytest.mark.parametrize(
    ("lines", "quoted", "due"),
    [
        (
            [("rep", "Shall we speak on Friday at two?"), ("customer", "Yes, let's do that.")],
            0,
            "2026-03-06",
        ),
        (
            [("rep", "I'll send you the offer."), ("customer", "By Thursday would be good.")],
            0,
            "2026-03-05",
        ),
        (
            [("rep", "Okay."), ("customer", "What would be the next steps?"), ("rep", "Hm.")],
            None,
            None,
        ),
        ([("rep", "I'll let Lars answer that."), ("customer", "Okay.")], None, None),
        ([("rep", "I'll send you a link next week."), ("customer", "Okay.")], 0, None),
    ],
)
def test_the_next_step_is_what_was_proposed_with_its_day(listen, lines, quoted, due):
    before = [("rep", "So that is the planner."), ("customer", "I see.")] * 3
    steps = listen(*before, *lines).commitments
    found = next_steps.best(list(steps))
    assert (None if found is None else found.position - len(before)) == quoted
    assert (None if found is None or found.due is None else found.due.isoformat()) == due


@pytest.mark.parametrize(
    "words",
    [
        "Next year we will have new prices, and they won't be lower.",
        "I do worry about it, it is my job.",
        "I would put exactly those two on the page.",
        "What would be the next steps?",
        "I'll let Lars answer that.",
        "We will be here all winter.",
        "The clerk usually sends me the list in spring.",
        "The release comes out on Friday, they say.",
        "I showed it to them on Monday.",
        "You could call me whenever you like.",
        "So let me make one correction.",
        "At the end of the day we have leverage as we grow.",
        "We revised a number that we announced back in November, November the first.",
        "We are testing that with buses which run on electricity.",
        "The reason why I can't give it to you today is that we have not told our members.",
        "So are those where your older machines are today?",
        "The impact that we call out today is four hundred points.",
        "That's why I am calling.",
        "They will ask hard questions.",
        "The tool will mail a list on Fridays.",
        "Every Tuesday you will get a chart of it.",
        "I'll hand over to Jana for the second part.",
    ],
)
def test_what_sounds_like_a_next_step_and_is_none(listen, words):
    steps = listen(("rep", "And so?"), ("customer", "Well."), ("rep", words)).commitments
    assert not [step for step in steps if step.position == 2]


@pytest.mark.parametrize(
    ("side", "words", "owner"),
    [
        ("rep", "I'll send you the offer on Monday.", "us"),
        ("rep", "Can you send me the list by Friday?", "customer"),
        ("rep", "Shall we meet on Thursday at ten?", "both"),
        ("customer", "I'll bring the plans on Monday.", "customer"),
        ("customer", "Send me the contract by Friday.", "us"),
    ],
)
def test_a_next_step_has_an_owner(listen, side, words, owner):
    found = next_steps.best(
        list(listen(("rep", "So."), ("customer", "So."), (side, words)).commitments)
    )
    assert found is not None
    assert (found.owner, found.is_dated) == (owner, True)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("on thursday", "2026-03-05"),
        ("next tuesday at ten", "2026-03-10"),
        ("tomorrow", "2026-03-04"),
        ("by the 12th", "2026-03-12"),
        ("on the 2nd", "2026-04-02"),
        ("march 12th", "2026-03-12"),
        ("the 14th of april", "2026-04-14"),
        ("on january 5", "2027-01-05"),
        ("in two weeks", "2026-03-17"),
        ("within three working days", "2026-03-06"),
        ("by the end of the month", "2026-03-31"),
        ("by the end of the week", "2026-03-06"),
        ("thursday week", "2026-03-12"),
        ("on friday of next week", "2026-03-13"),
        ("thursday the week after next", "2026-03-19"),
        ("the following week, on monday", "2026-03-09"),
        ("next week on wednesday", "2026-03-11"),
        ("in a month", "2026-04-03"),
        ("on 2026-05-01", "2026-05-01"),
        ("by wednesday, and we meet on friday", "2026-03-06"),
        ("on february 30th", None),
        ("next week", None),
        ("last friday", None),
        ("the 3rd floor", None),
        ("soon", None),
    ],
)
def test_a_day_is_resolved_against_the_day_of_the_call(text, day):
    found = due_date(text, TUESDAY)
    assert (found and found.isoformat()) == day


def test_the_end_of_next_week_is_the_next_friday_when_it_is_sunday():
    sunday = dt.date(2026, 11, 1)
    assert due_date("before the end of next week", sunday) == dt.date(2026, 11, 6)
    assert due_date("by the end of the week", sunday) == dt.date(2026, 11, 6)


@pytest.mark.parametrize(
    ("asked", "dimension", "key", "share"),
    [
        (
            "If it ran on the old scanners, would you keep the two rooms in?",
            "e",
            "checks_interest",
            None,
        ),
        ("Do you think they would press three buttons?", "e", "checks_interest", None),
        ("Good enough for a start?", "e", "checks_interest", True),
        ("Is seven o'clock worth a try?", "e", "checks_interest", None),
        ("When did you buy the scanners?", "e", "checks_interest", 0),
        ("Would she be the one who buys?", "e", "checks_interest", None),
        ("Whose blessing do we need for that?", "d", "decision", None),
        ("Who'd have to free that money?", "d", "decision", None),
        ("When is that contract up?", "d", "decision", 0),
        ("Would it help if I write to purchasing?", "d", "decision", 0),
    ],
)
def test_a_question_that_may_be_it_is_no_failure(listen, asked, dimension, key, share):
    heard = listen(
        ("rep", "You told me about the queue at the gate."),
        ("customer", "It grows each summer, the visitors are cross and the tills stand still."),
        ("rep", "Two of the gates read the ticket from the phone now."),
        ("rep", asked),
        ("customer", "I could not tell you that from here."),
        ("rep", "The gates are blue."),
    )
    judged = {"e": engagement, "d": discovery}[dimension].judge(heard)
    found = criterion(judged, key).share
    assert found > 0 if share is True else found == share


@pytest.mark.parametrize(
    ("said", "certain"),
    [
        ("That's what the skippers used to say about us.", []),
        ("If it isn't mended by May we're giving notice.", []),
        ("I'd rather not say.", []),
        ("We rent the boats, and one of them leaked all winter.", []),
        ("We rent this place, I can't drill holes in the wall.", [True]),
        ("It costs far too much for a club of our size.", [True]),
    ],
)
def test_what_goes_on_about_something_is_not_judged_as_an_objection(listen, said, certain):
    heard = listen(
        ("rep", "Nobody counts boats better than us."),
        ("customer", said),
        ("rep", "The count is on a page of its own."),
    )
    assert [one.is_certain for one in heard.objections if one.is_certain] == certain


def test_courtesy_settles_nothing_unless_we_asked(listen):
    told = [
        ("rep", "It counts every boat."),
        ("customer", "It costs far too much for a club of our size."),
        ("rep", "Clubs of forty boats pay ninety a month, and the first year is half of that."),
    ]
    thanks = [("customer", "Great, thanks."), ("customer", "The jetty has ferries too.")]
    for lines in ([*told, *thanks], [*told, thanks[1]]):
        assert [one.outcome for one in listen(*lines).objections] == ["unresolved"]
    asked = [*told, ("rep", "Would that be fair?"), *thanks]
    assert [one.outcome for one in listen(*asked).objections] == ["resolved"]


def test_what_is_shown_of_a_call_is_worth_showing(listen):
    """A greeting is no discovery, a yes no evidence, waiting for a screen nothing concrete."""
    heard = listen(
        ("rep", "Hi Ruth, how did the school play go?"),
        ("customer", "He forgot his lines and they clapped all the more, sorry I'm late."),
        ("rep", "No problem at all."),
        ("rep", "What would you like to see first?"),
        ("customer", "Can one boat be counted by two wardens at the jetty?"),
        ("rep", "Yes."),
        ("rep", "Both wardens type it in and the second of them is told within a second."),
        ("rep", "Give me just a second, I'll share my screen with all of you."),
        ("customer", "Good."),
    )
    known = product_knowledge.judge(heard)
    assert criterion(known, "answers_questions").heard == (6,)
    assert 7 not in criterion(known, "concrete").heard
    assert criterion(known, "honest_about_limits").share == 1
    assert criterion(discovery.judge(heard), "open_questions").heard == (3,)


def test_a_brush_off_is_no_next_step_and_another_matter_no_doubt(listen, rubric, taxonomy):
    said = ("customer", "Just send me some information and we will get back to you.")
    put_off = conversation(("rep", "It counts the boats."), said, ("rep", "Sure."))
    assert list(hearing.hear(put_off, rubric, taxonomy).commitments) == []
    heard = listen(
        ("customer", "There's simply no money for this in the current year."),
        ("rep", "Then we measure it in one harbour until January, at no cost."),
        ("rep", "Would that be useful?"),
        ("customer", "Yes, that I can do without asking anyone."),
        ("customer", "And something else."),
        ("customer", "Could we leave the ferries out?"),
    )
    assert [one.outcome for one in heard.objections] == ["resolved"]


def test_what_the_screen_says_and_a_tired_retort_are_not_judged(listen):
    for words in (
        "It says deleting isn't allowed on a closed day.",
        "I have heard that before, I am sorry to say.",
    ):
        heard = listen(("rep", "You can delete one."), ("customer", words), ("rep", "Oh, I see."))
        assert not any(one.is_certain for one in heard.objections), words


@pytest.mark.parametrize(
    ("asked", "answer", "share"),
    [
        ("How far does the antenna carry?", "Four colours.", None),
        ("How far is the tunnel from the yard?", "It comes in four colours.", None),
        ("How long does the setup take?", "We have 3 brochures on that.", None),
        ("How soon could the crew begin?", "There are six pretty lamps.", None),
        ("How far does the antenna carry?", "Four kilometres.", 1),
        ("How far does the antenna carry?", "About two hundred metres.", 1),
        ("How long does the setup take?", "Two full days.", 1),
        ("How soon could the crew begin?", "On the 3rd of May.", 1),
        ("How far back does the archive go?", "The archive holds six volumes.", 1),
        ("How many colours does the label have?", "Four colours.", 1),
    ],
)
def test_a_measure_is_answered_by_a_measure_and_not_by_things(listen, asked, answer, share):
    heard = listen(
        ("rep", "The radio works on every site."),
        ("customer", asked),
        ("rep", answer),
        ("customer", "I see."),
        ("rep", "When you upload a list, our system sorts it."),
        ("rep", "The report has a page for each file."),
    )
    found = criterion(product_knowledge.judge(heard), "answers_questions")
    assert not found.missed
    assert found.share is None if share is None else found.share > 0


@pytest.mark.parametrize(
    "answer",
    [
        "It does that anyway.",
        "Anyway, the lamps switch at dusk.",
        "The crew reads it on the phone anyway, and offline too.",
        "You'd keep your own key anyway.",
        "They would just need the small licence for that page.",
    ],
)
def test_an_answer_with_anyway_in_it_is_no_evasion(listen, answer):
    assert _answer_to(listen, answer).missed == ()


@pytest.mark.parametrize(
    "answer",
    [
        "Oh, we'll get to that. Now look at this map here.",
        "Customers never ask that. Let me open the next page.",
    ],
)
def test_showing_something_else_answers_nothing(listen, answer):
    assert len(_answer_to(listen, answer).missed) == 1


@pytest.mark.parametrize("answer", ["Anyway, let me go on.", "So anyway, back to the slide."])
def test_anyway_that_goes_back_to_something_else_evades(listen, answer):
    assert len(_answer_to(listen, answer).missed) == 1


def _answer_to(listen, answer):
    heard = listen(
        ("rep", "The radio works on every site."),
        ("customer", "Can the foreman see the shift from home?"),
        ("rep", answer),
        ("customer", "I see."),
        ("rep", "When you upload a list, our system sorts it."),
        ("rep", "The report has a page for each file."),
    )
    return criterion(product_knowledge.judge(heard), "answers_questions")


@pytest.mark.parametrize(
    ("check", "share"),
    [
        ("Any questions?", None),
        ("Do you have any other questions?", None),
        ("Anything else?", None),
        ("What are your thoughts?", None),
        ("Shall we move on?", None),
        ("Does that settle it for you?", 1),
        ("Any questions left on that?", 1),
        ("Would that be enough for the board?", 1),
        ("The lamps are green.", 0),
    ],
)
def test_asking_round_is_no_check_that_the_objection_is_settled(listen, check, share):
    heard = listen(
        ("customer", "The price is too high for us."),
        ("rep", "Oh, everybody pays that and nobody has sent it back."),
        ("rep", check),
        ("customer", "Hm."),
        ("rep", "Good."),
    )
    assert criterion(objection_handling.judge(heard), "confirms").share == share


@pytest.mark.parametrize(
    "answer",
    ["You won't want to leave.", "Nobody will ever miss them.", "Your people will love it."],
)
def test_what_the_customer_will_feel_is_no_answer(listen, answer):
    heard = listen(
        ("customer", "How do we get our data out when we leave?"),
        ("rep", answer),
        ("customer", "Hm."),
        ("rep", "The report has a page for each file."),
        ("rep", "When you upload a list, our system sorts it."),
    )
    judged = criterion(product_knowledge.judge(heard), "answers_questions")
    assert (judged.share, len(judged.missed)) == (0, 1)


@pytest.mark.parametrize(
    ("words", "is_one"),
    [
        ("Honestly, you will love the new screen.", False),
        ("To be honest, that is our strongest part.", False),
        ("Honestly, it doesn't do that yet.", True),
        ("To be open with you, our import is weak there.", True),
    ],
)
def test_being_open_is_honest_about_a_limit_where_one_is_named(rubric, words, is_one):
    assert ("honest_limit" in rubric.cues_in(words.lower())) == is_one


@pytest.mark.parametrize(
    ("asked", "counts"),
    [
        ("Who decides how often people hear from you?", False),
        ("How is the team getting along with the new approval route?", False),
        ("Who decides which tool you buy?", True),
        ("Who has to approve that?", True),
    ],
)
def test_who_decides_in_their_daily_work_is_no_question_on_the_purchase(listen, asked, counts):
    heard = listen(
        ("rep", "What do you do today?"),
        ("customer", "Lists."),
        ("rep", asked),
        ("customer", "Karin."),
        ("rep", "I see."),
        ("customer", "Good."),
        ("rep", "Our colours are blue and green."),
    )
    assert bool(criterion(discovery.judge(heard), "decision").share) == counts
