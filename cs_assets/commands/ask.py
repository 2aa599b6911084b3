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
    proof: Annotated[
        str,
        typer.Option("--proof", metavar="ANSWER", help="Show an answer again, each figure's cell."),
    ] = "",
    as_json: Json = False,
) -> None:  # fmt: skip
    """Answer a question on customers, calls, reps and owners, each figure with its proof."""
    from cs_assets.answers.questions import QUESTIONS
    from cs_assets.answers.scope import asker
    from cs_assets.errors import UsageError

    if proof and question.strip():
        raise UsageError("give a question, or --proof with the id of an answer")
    if proof:
        plan, whose = given(proof, asker(who))
        again = answered(plan, asker(who), "terminal", read_by=whose)
        return _print_cells(again, as_json)
    if not question.strip():
        return _list(QUESTIONS, as_json)
    answer = answered(question, asker(who), "terminal")
    if as_json:
        return echo_json(answer.as_dict())
    _print(answer, who)


def answered(
    asked: Any,
    who: Any,
    way: str,
    *,
    by_name: bool = False,
    warehouse: Any = None,
    read_by: Any = None,
) -> Any:
    """The answer to a text, a plan, or a name that is looked for, noted before it is given.

    ``warehouse``: else that of the settings; raises ``UsageError`` where there is none, and makes
    none. ``read_by``: in whose scope, where operations looks at somebody's answer again.
    """
    import datetime as dt

    from cs_assets.answers.answering import AUDIT, Answers, audit_row, noted
    from resources.models.planner import planner
    from resources.settings import Settings

    warehouse = warehouse or open_warehouse()
    is_text = isinstance(asked, str)
    with warehouse.reading("ask") as db:
        answers = Answers(
            db, read_by or who, planner(Settings.load(), str(who)) if is_text else None
        )
        way_in = answers.find if by_name else answers.ask if is_text else answers.answer
        answer = noted(way_in(asked))
    by = answer.planner if is_text else "agent"
    with warehouse.session("ask") as db:
        db.append(AUDIT, audit_row(answer, who, way, by, dt.datetime.now(dt.UTC)))
    return answer


def given(answer_id: str, who: Any, warehouse: Any = None) -> Any:
    """The plan of an answer that was given to ``who``, and to whom; raises ``UsageError`` where
    none was.
    """
    from cs_assets.answers.answering import plan_given

    with (warehouse or open_warehouse()).reading("ask") as db:
        return plan_given(db, answer_id, who)


def _list(questions: Any, as_json: bool) -> None:
    if as_json:
        return echo_json(
            [{"id": q.id, "meaning": q.meaning, "phrasings": q.phrasings} for q in questions]
        )
    for one in questions:
        echo(f"{one.meaning}")
        for phrasing in one.phrasings:
            echo(f"    {phrasing}")


def _print(answer: Any, who: str) -> None:
    from cs_assets.answers.proof import sources

    if answer.understood:
        by = " by a model" if answer.planner == "model" else ""
        echo(f"Understood{by} as: {answer.understood}")
    for line in answer.lines:
        echo(f"  - {line.text}" if line.is_row else line.text)
    if answer.needs:
        echo(f"What would be needed: {answer.needs}")
    if answer.offered:
        echo("You can ask:")
        for one in answer.offered:
            echo(f"    {one}")
    if answer.quotes:
        echo("")
        echo("Quotes:")
        for quote in answer.quotes:
            echo(f"  {place_of(quote)}")
    if proofs := sources(answer):
        echo("")
        echo("Proof:")
        for one in proofs:
            echo(f"  {one.table}: {one.told()}")
        again = f"--proof {answer.answer_id}" + (f" --as {who}" if who != "operations" else "")
        echo(f"  each figure with its cell: cs-assets ask {again}")


def place_of(quote: Any) -> str:
    """Where a quote was said, in a line: call, minute and second, and by whom."""
    from cs_assets.calls.texts import clock

    at = "" if quote.start_seconds is None else f" at {clock(int(quote.start_seconds * 1000))}"
    return f"call {quote.source_id}{at}, {quote.speaker}"


def _print_cells(answer: Any, as_json: bool) -> None:
    """Each line of an answer with the cells of its figures."""
    from cs_assets.answers.proof import by_line
    from cs_assets.facts.wording import written

    if as_json:
        return echo_json(answer.as_dict())
    for text, facts in by_line(answer):
        echo(text)
        for one in facts:
            n = "" if one.fact.n is None else f" (n {one.fact.n})"
            echo(f"    {one.fact.label}: {written(one.fact)}{n}  {one.ref}")
