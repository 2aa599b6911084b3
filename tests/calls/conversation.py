"""Writes small conversations for tests: ``says`` lines become a transcript with plausible times."""

from cs_assets.calls.transcript import Sentence, Transcript

_SIDES = {
    "rep": ("rep-speaker", "Internal", "rep-user"),
    "colleague": ("colleague-speaker", "Internal", "colleague-user"),
    "customer": ("customer-speaker", "External", None),
    "second customer": ("second-speaker", "External", None),
    "nobody": (None, "Unknown", None),
}
_MS_A_WORD = 550
_PAUSE_MS = 1500


def talk(*lines: tuple[str, str]) -> Transcript:
    """A transcript from (who, words); every line is one sentence."""
    sentences = []
    clock = 0
    for index, (who, words) in enumerate(lines):
        speaker, affiliation, user = _SIDES[who]
        end = clock + _MS_A_WORD * len(words.split())
        sentences.append(Sentence(index, speaker, affiliation, user, clock, end, words))
        clock = end + _PAUSE_MS
    return Transcript(sentences)


GOOD_CALL = (
    ("rep", "Thanks for taking the time today."),
    ("rep", "How does your team close the month today?"),
    ("customer", "Two clerks key in every invoice by hand and it takes us nine working days."),
    ("rep", "You said nine days, what happens when the invoices come in late?"),
    ("customer", "Then the reconciliation slips and the council gets its report a week late."),
    ("rep", "What does that delay cost you in hours each month?"),
    ("customer", "About sixty hours of overtime, and people are tired of it."),
    ("rep", "Who else is involved in the decision, and by when do you want it settled?"),
    ("customer", "Our finance director signs off, ideally before the end of the year."),
    ("rep", "You mentioned invoices keyed by hand, so for your clerks the import queue would "
            "match each invoice to its order automatically."),
    ("rep", "When you approve a batch, the ledger posting follows by default."),
    ("rep", "How would that fit with what you do today?"),
    ("customer", "It would save us the keying, but honestly the price is too high for us."),
    ("rep", "I understand, that is a fair concern."),
    ("rep", "What are you comparing the price with?"),
    ("customer", "With the spreadsheet license we have now, which is almost free."),
    ("rep", "A district of your size cut its overtime in half, because the matching runs alone, "
            "and that paid back in eight months."),
    ("rep", "Does that settle it for you?"),
    ("customer", "Yes, that makes sense when I count the overtime."),
    ("rep", "Does the system need anything else to work with your bank?"),
    ("customer", "Can it import the bank file every morning?"),
    ("rep", "Yes, the bank feed runs every morning and puts the file into the matching queue."),
    ("rep", "Great, I will send you the pilot plan by Thursday and we meet next Tuesday at ten."),
    ("customer", "Perfect, talk to you on Tuesday."),
)  # fmt: skip

BAD_CALL = (
    ("rep", "Let me tell you about our platform, it does everything and it is best in class and "
            "everyone loves it, trust me, our platform lets you do anything you want, and our team "
            "has built the most complete product in the market, with more functions than anybody "
            "could ever use, and we offer it to everyone in the same package, so you can simply "
            "start and forget about all of your other tools from the very first day onwards."),
    ("rep", "And there is more, because we have built so many things into it over the years that "
            "I could speak about them for the whole afternoon without any repetition whatsoever."),
    ("customer", "Can the system import our bank file?"),
    ("rep", "Probably, something like that."),
    ("customer", "And honestly the price is too high for us."),
    ("rep", "No, that is just not true, you get what you pay for."),
    ("customer", "We have no budget for that, our budget is frozen."),
    ("rep", "As I said, you have to see the big picture here, it is not expensive."),
    ("customer", "I am not convinced, I think we will pass."),
    ("rep", "Everyone else pays it, so think about it, and the platform does really everything."),
    ("customer", "Alright, goodbye then."),
)  # fmt: skip
