"""Words, as stems, by which a reading by likeness is careful, and those of orders and states."""

from cs_assets.answers.likeness import spoken


def _some(text: str) -> frozenset[str]:
    return frozenset(text.split())


ORDERS = {
    stem: order
    for order, said in (
        (
            "highest",
            "highest most top largest biggest greatest maximum strongest longest descending",
        ),
        ("lowest", "lowest least fewest smallest bottom minimum ascending shortest"),
        ("best", "best healthiest finest"),
        ("worst", "worst weakest poorest unhealthiest"),
    )
    for stem in spoken.stems(_some(said))
}
OPEN = frozenset(spoken.stems(_some("open outstanding unfinished pending uncompleted incomplete")))
#: What begins a part that narrows a question down, and so cannot be left out.
NARROWS = _some(
    "in from among for within by per with without exclud onli but and or who which that those "
    "except of about on via not if unless than"
)
#: What a part has that says something beside the question.
CLAUSE = _some(
    "i we he she they it my our this that need want have got boss manag rep custom sale legal "
    "financ market there"
)
ASKS = _some("what which who how when where whi is are did doe has have")
#: After a verb at the beginning: it is an order.
OBJECTS = _some(
    "what everyth the a an this that it all my our everi them to me §customer §rep §account §call"
)
#: Before a number: it is a bound, and not how many are wanted.
BOUNDS = _some("than over under above below least exact between at to by")
UNITS = _some("day week month quarter year hour minut time percent point")
#: After these a list is narrowed down.
FILTERS = _some("in from among within by per on via of for at")
#: What is asked for by these is another thing, unless phrasings of the question have them.
ASKED = _some("when who whose whom long old")
#: Who speaks of a rep and a customer asks for promises by these alone.
PROMISED = _some(
    "promis commit agre agreement owe pledg next follow step arrang undertak todo deliv"
)
#: Before these a word says of which kind.
KINDS_OF = _some(
    "custom account client compani call convers meet renew contract review report deliveri digest "
    "action signal score rep"
)
#: After these somebody may be named whom nobody here knows.
BEFORE_NAMES = FILTERS | _some("is are to did do does has have the about")
#: By these who asks means themselves.
OWN = _some("i my me mine am myself")
#: Words of those who want to break in; no question of a person has them.
NEVER = _some(
    "system scope instruct prompt admin root select tabl script password secret reveal bypass "
    "pretend sql databas ignor disregard overrid permiss union delet pragma"
)
#: Questions of several, of two, and of figures.
COMPARE = _some("compare_customers compare_weeks")
OF_FIGURES = COMPARE | _some("metric ranking")
OF_LISTS = OF_FIGURES | _some("at_risk renewals actions held")
