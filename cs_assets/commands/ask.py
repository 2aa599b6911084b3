"""``cs-assets ask``: questions in words, answered by facts with their proof."""

from typing import Annotated, Any

import typer

from cs_assets.commands.calls import Json, open_warehouse
from cs_assets.commands.terminal import echo, echo_json

app = typer.Typer()

As = Annotated[
    str,
    typer.Option(
        "--as", metavar="ROLE:ID", help="Ask as operations, manager:ID, csm:ID or rep:ID."
    ),
]


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question; without one: what can be asked.")]
    = "",
    who: As = "operations",
    as_json: Json = False,
) -> None:  # fmt: skip
    """Answer a question on customers, calls, reps and owners, each figure with its proof."""
    from cs_assets.answers.questions import QUESTIONS
    from cs_assets.answers.scope import asker

    if not question.strip():
        return _list(QUESTIONS, as_json)
    answer = answered(question, asker(who), "terminal")
    if as_json:
        return echo_json(answer.as_dict())
    _print(answer)


def answered(
    asked: Any, who: Any, way: str, *, by_name: bool = False, warehouse: Any = None
) -> Any:
    """The answer to a text, a plan, or a name that is looked for, noted before it is given.

    ``warehouse``: else that of the settings; raises ``UsageError`` where there is none, and makes
    none.
    """
    import datetime as dt

    from cs_assets.answers.answering import AUDIT, Answers, audit_row
    from resources.models.planner import planner
    from resources.settings import Settings

    warehouse = warehouse or open_warehouse()
    is_text = isinstance(asked, str)
    with warehouse.reading("ask") as db:
        answers = Answers(db, who, planner(Settings.load(), str(who)) if is_text else None)
        way_in = answers.find if by_name else answers.ask if is_text else answers.answer
        answer = way_in(asked)
    by = answer.planner if is_text else "agent"
    with warehouse.session("ask") as db:
        db.append(AUDIT, audit_row(answer, who, way, by, dt.datetime.now(dt.UTC)))
    return answer


def _list(questions: Any, as_json: bool) -> None:
    if as_json:
        return echo_json(
            [{"id": q.id, "meaning": q.meaning, "phrasings": q.phrasings} for q in questions]
        )
    for one in questions:
        echo(f"{one.meaning}")
        for phrasing in one.phrasings:
            echo(f"    {phrasing}")


def _print(answer: Any) -> None:
    if answer.planner != "rules" and answer.question:
        from cs_assets.answers.questions import BY_ID

        by = " by a model" if answer.planner == "model" else ""
        echo(f"Understood{by} as: {BY_ID[answer.question].meaning}")
    echo(answer.text)
    if answer.left_out:
        echo(f"({answer.left_out} more)")
    if answer.needs:
        echo(f"What would be needed: {answer.needs}")
    if answer.offered:
        echo("You can ask:")
        for one in answer.offered:
            echo(f"    {one}")
    for quote in answer.quotes:
        from cs_assets.calls.texts import clock

        at = "" if quote.start_seconds is None else f" at {clock(int(quote.start_seconds * 1000))}"
        echo(f"  quote: call {quote.source_id}{at}, {quote.speaker}")
    for ref in dict.fromkeys(one.ref for one in answer.facts):
        echo(f"  proof: {ref}")
