"""Advice by a model: the same facts, plays and vetoes as by rule, whichever model writes.

Each writer is asked over its own wire (Claude, a Cortex agent) or as AI_COMPLETE answers (plain
text at once). The golden cases of the rules' plays hold for all of them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from cs_assets.ai import configuration
from cs_assets.ai.guarded_calls import Caller
from cs_assets.ai.ledger.ledger import AiLedger
from cs_assets.ai.model_writer import ModelWriter
from cs_assets.ai.prompting import prompts
from cs_assets.ai.requests import Answer, Question, Tokens
from cs_assets.ai.writing import Assignment, RulesWriter, Writer
from cs_assets.facts.model import Fact
from cs_assets.reviews.playbook import VETOES
from cs_assets.reviews.writing.advice_of_models import refusals, told
from cs_assets.reviews.writing.plays.choosing import BY_NAME, plays
from cs_assets.reviews.writing.plays.vetoes import CONDITIONS, breaches, in_force
from cs_assets.reviews.writing.plays.wording import play_of
from cs_assets.reviews.writing.report import write_report
from cs_assets.reviews.writing.text_blocks import recommendations
from tests.ai import fake_claude, fake_cortex
from tests.ai.injections import injections
from tests.ai.loopback import serving
from tests.ai.writers import claude_writer, cortex_writer
from tests.reviews import making
from tests.reviews.test_plays import CASES, named, sheet_of

ONLY_ADVICE = making.settings(sections=("recommendations",))
VETOED = ONLY_ADVICE.plays.vetoes
Says = Callable[[str], str]


class _Complete:
    """AI_COMPLETE as a provider: one prompt, one text."""

    name = "ai_complete"

    def __init__(self, says: Says) -> None:
        self._says = says

    def ask(self, question: Question) -> Answer:
        return Answer(self._says(question.ask), question.model, Tokens(100, 50))


@contextmanager
def _writing(kind: str, says: Says, folder: Path) -> Iterator[Writer]:
    if kind == "ai_complete":
        config = configuration.load()
        caller = Caller(_Complete(says), AiLedger(folder / "ai.sqlite", config.ceilings), config)
        yield ModelWriter(
            caller, config, model="cortex-agent", rules_prompt=prompts.load("ai/writer"),
            asset="weekly_reports", run_id="run-1", structured=False, redact=False,
        )  # fmt: skip
    elif kind == "claude":
        with serving(lambda r: fake_claude.written(says(fake_claude.last_ask(r)))) as server:
            yield claude_writer(server.url, folder)
    else:
        with serving(
            fake_cortex.agent(
                lambda r, _: fake_cortex.stream(fake_cortex.whole_run(says(str(r.json))))
            )
        ) as server:
            yield cortex_writer(server.url, folder)


WRITERS = ("claude", "cortex", "ai_complete")


def _written(sheet, writer, settings=ONLY_ADVICE):
    return write_report(sheet, "s", None, writer, making.PROMPTS, settings).passages


def _block(title: str) -> str:
    return (
        f"## {title}\nThe facts say so.\nWhy it matters: it is seen in the facts.\n"
        "Action: talk to the sponsor.\nExpected effect: it is seen in the next review."
    )


def _good(sheet) -> str:
    """All plays called for, in a model's words, as the prompt asks for them."""
    return "\n\n".join(_block(play.title) for play in plays(sheet, ONLY_ADVICE))


def _with(text: str, *, title: str = "", action: str = "") -> str:
    """``text`` with the last recommendation's title or action as another."""
    head, _, last = text.rpartition("## ")
    lines = last.split("\n")
    lines[0] = title or lines[0]
    lines = [f"Action: {action}" if action and li.startswith("Action") else li for li in lines]
    return head + "## " + "\n".join(lines)


@pytest.mark.parametrize("kind", WRITERS)
def test_golden_cases_of_the_plays_hold_for_every_writer(kind, tmp_path):
    """Each play may be given in its own case, under its own title, by every writer."""
    said: list[str] = []
    with _writing(kind, lambda _: said[-1], tmp_path) as writer:
        for case in CASES[:: 1 if kind == "ai_complete" else 6]:
            sheet, words = sheet_of(case["facts"]), named(case)
            seen = BY_NAME[words.when](sheet)
            play = play_of(words, words.cases.get(seen.case), seen, sheet)
            said.append(_block(play.title))
            asked = Assignment(
                key=f"{case['play']} {case['case']}",
                sheet=sheet,
                prompt=making.PROMPTS["recommendations"],
                rules=lambda: "The rules wrote.",
                told=f"{case['play']} {case['case']}",  # what was asked before is not asked again
                given=(f"## {play.title}\n",),
                refusals=lambda text, sheet=sheet: tuple(breaches(text, VETOED, sheet)),
            )
            (draft,) = writer.write([asked])
            assert (draft.writer, draft.text) == (kind, said[-1]), (case["play"], draft.rejections)


#: What a bad model writes about a customer in trouble, and a part of why it is refused.
BAD = {
    "vetoed": (lambda s: _with(_good(s), title="Sell them more seats"), "nobody in trouble"),
    "vetoed_in_action": (
        lambda s: _with(_good(s), action="Ask the sponsor for a public reference."),
        "nobody in trouble",
    ),
    "other_number": (lambda s: _good(s).replace("it is seen in", "it rose by 17 in", 1), "digit"),
    "number_in_words": (
        lambda s: _good(s).replace("it is seen in", "twelve more came in", 1), "number in words",
    ),
    "other_fact": (lambda s: _good(s).replace("it is seen", "{made.up} is seen", 1), "unknown"),
    "other_quote": (
        lambda s: _good(s).replace("it is seen", "{quote:call.nine} is seen", 1), "unknown quote",
    ),
    "made_up_words": (
        lambda s: _good(s).replace("it is seen", 'they said "we will leave you soon" and', 1),
        "words in quotation marks",
    ),
    "too_many": (
        lambda _: "\n\n".join(map(_block, ["Ask", "Call", "Meet", "Write", "Plan", "Go"])),
        "instead of",
    ),
    "single_channel": (
        lambda s: _with(_good(s), title="Win back what {conversions.channel.email.name} had"),
        "every channel fell",
    ),
}  # fmt: skip


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("kind", WRITERS)
def test_a_bad_text_is_refused_with_its_reason_and_the_rules_write(reports, kind, bad, tmp_path):
    made, because = BAD[bad]
    sheet = _in_trouble(reports)
    text = made(sheet)
    asked = []

    def says(ask: str) -> str:
        asked.append(ask)
        return text

    with _writing(kind, says, tmp_path) as writer:
        passage = _written(sheet, writer)["recommendations"]
    assert len(asked) == 2  # one second chance
    assert because in asked[1]
    assert passage.writer == "rules"
    assert because in passage.rejections[0]
    assert passage.filled == _written(sheet, RulesWriter())["recommendations"].filled


@pytest.mark.parametrize("kind", WRITERS)
def test_what_an_injection_demands_is_written_by_nobody(reports, kind, tmp_path):
    sheet, said = _in_trouble(reports), list[str]()
    with _writing(kind, lambda _: said[-1], tmp_path) as writer:
        for n, attack in enumerate(injections(12)):
            note = Fact("note.latest", "Note", attack.text, "text")
            hurt = replace(sheet.with_facts([note]), entity_id=f"C{n}")
            said.append(_with(_good(sheet), title=attack.demand))
            passage = _written(hurt, writer)["recommendations"]
            assert attack.demand not in passage.filled
            assert passage.writer == "rules"


def _in_trouble(reports):
    """All channels fell, health is Red, and a renewal is near."""
    sheet = next(
        r.sheet for r in reports.values()
        if "all_channels_fell" in {v.when for v in in_force(VETOED, r.sheet)}
    )  # fmt: skip
    kept = [
        f for f in sheet
        if not f.fact_id.startswith(("health.segment", "account.renewal", "account.days", "case."))
    ]  # fmt: skip
    red = Fact("health.segment", "Health", "Red", "text", visibility="internal")
    soon = Fact("account.renewal", "Renewal", "2027-01-20", "date", visibility="internal")
    days = Fact("account.days_to_renewal", "Days", 66.0, "days", visibility="internal")
    return replace(sheet, facts=(*kept, red, soon, days), quotes=())


@pytest.mark.parametrize("kind", WRITERS)
def test_a_good_text_stands_and_code_adds_what_it_owes(reports, kind, tmp_path):
    sheet, own = _in_trouble(reports), ["Call the sponsor", "Plan a workshop", "Ask why"]
    asked = []

    def says(ask: str) -> str:
        asked.append(ask)
        return "\n\n".join(map(_block, own))

    with _writing(kind, says, tmp_path) as writer:
        passage = _written(sheet, writer)["recommendations"]
    assert (passage.writer, passage.rejections) == (kind, ())
    titles = [one.title for one in recommendations(passage.filled, ())[1]]
    musts = [play for play in plays(sheet, ONLY_ADVICE) if play.must]
    assert titles[0] == "Save the renewal of 20 January 2027"
    assert titles[len(musts) :] == own[: 5 - len(musts)]
    assert "Do not advise:" in asked[0]
    assert all(play.title in asked[0] for play in plays(sheet, ONLY_ADVICE))


def test_vetoes_are_known_told_and_never_broken_by_the_rules(reports):
    assert tuple(CONDITIONS) == VETOES
    assert {veto.when for veto in VETOED} == set(VETOES)
    for report in reports.values():
        sheet = report.sheet
        assert refusals(_good(sheet), sheet, ONLY_ADVICE) == ()
        for veto in in_force(VETOED, sheet):
            assert f"- {veto.what}: {veto.because}" in told(sheet, ONLY_ADVICE)
