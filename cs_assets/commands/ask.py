"""``cs-assets ask``: questions in words, answered by facts with their proof."""

from typing import Annotated, Any

import typer

from cs_assets.commands.calls import Json, open_warehouse
from cs_assets.commands.terminal import echo, echo_json

app = typer.Typer()

#: Letters of a token for HTTP at least.
_SHORTEST_TOKEN = 24

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


@app.command()
def mcp(
    who: As = "operations",
    port: Annotated[
        int | None,
        typer.Option(
            "--http", metavar="PORT", min=0, max=65535,
            help="Serve HTTP on this machine's loopback instead of stdio; 0: any free port.",
        ),
    ] = None,
) -> None:  # fmt: skip
    """Serve the questions to agents as tools (MCP): stdio, or HTTP with CS_ASSETS_MCP_TOKEN."""
    from importlib.util import find_spec

    from cs_assets.answers.scope import asker
    from cs_assets.errors import UsageError

    if find_spec("mcp") is None:
        raise UsageError("the MCP server needs its extra: pip install 'cs-assets[mcp]'")
    if port is None:
        from cs_assets.commands.serving import agents

        return agents.serve_stdio(_serving([asker(who)])[0])
    by_token = _tokens(who)
    from cs_assets.commands.serving import agents

    agents.serve_http(dict(zip(by_token, _serving([*by_token.values()]), strict=True)), port)


def _serving(askers: list[Any]) -> list[Any]:
    """What serves each asker; raises ``UsageError`` where there is no warehouse, or nobody such."""
    from cs_assets.answers.scope import scope_of
    from cs_assets.commands.serving.agent_decisions import Decisions
    from cs_assets.commands.serving.agents import Serving
    from cs_assets.desk.session import now

    with open_warehouse().reading("mcp") as db:  # before anybody connects
        for person in askers:
            scope_of(db, person)

    def serving(person: Any) -> Any:
        def answering(asked: Any, by_name: bool) -> Any:
            return answered(asked, person, "mcp", by_name=by_name)

        return Serving(person, answering, Decisions(person, now))

    return [serving(person) for person in askers]


def _tokens(who: str) -> dict[str, Any]:
    """By token whom it lets in: CS_ASSETS_MCP_TOKENS (JSON by asker), or the one token for --as."""
    import json

    from cs_assets.answers.scope import asker
    from cs_assets.errors import UsageError
    from resources.settings import Settings

    settings = Settings.load()
    several, one = settings.cs_assets_mcp_tokens, settings.cs_assets_mcp_token
    try:
        said = json.loads(several.get_secret_value()) if several else {}
        named = {str(token): asker(str(name)) for name, token in said.items()}
    except (ValueError, AttributeError):
        raise UsageError(
            'CS_ASSETS_MCP_TOKENS is JSON such as {"csm:CSM001": "TOKEN", "operations": "TOKEN"}'
        ) from None
    if several is None and one is not None:
        named = {one.get_secret_value(): asker(who)}
    if not named or any(len(token) < _SHORTEST_TOKEN for token in named):
        raise UsageError(
            f"set CS_ASSETS_MCP_TOKEN to {_SHORTEST_TOKEN} letters or more that nobody can guess, "
            "or CS_ASSETS_MCP_TOKENS to one for each asker"
        )
    if several is not None and len(named) < len(said):
        raise UsageError("CS_ASSETS_MCP_TOKENS: each asker needs a token of their own")
    return named


def answered(asked: Any, who: Any, way: str, *, by_name: bool = False) -> Any:
    """The answer to a text, a plan, or a name that is looked for, noted before it is given.

    Raises ``UsageError`` where there is no warehouse, and makes none.
    """
    import datetime as dt

    from cs_assets.answers.answering import AUDIT, Answers, audit_row
    from resources.models.planner import planner
    from resources.settings import Settings

    warehouse = open_warehouse()
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
    if answer.planner == "model" and answer.question:
        from cs_assets.answers.questions import BY_ID

        echo(f"Understood by a model as: {BY_ID[answer.question].meaning}")
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
