"""``cs-assets mcp``: the questions, and the desk's decisions, as tools for agents."""

from typing import Annotated, Any

import typer

from cs_assets.commands.ask import As, answered, given
from cs_assets.commands.calls import open_warehouse

app = typer.Typer()

#: Letters of a token for HTTP at least.
_SHORTEST_TOKEN = 24


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
        from cs_assets.desk.agents import server

        return server.serve_stdio(_serving([asker(who)])[0])
    by_token = _tokens(who)
    from cs_assets.desk.agents import server

    server.serve_http(dict(zip(by_token, _serving([*by_token.values()]), strict=True)), port)


def _serving(askers: list[Any]) -> list[Any]:
    """What serves each asker; raises ``UsageError`` where there is no warehouse, or nobody such."""
    from cs_assets.answers.directory import Directory
    from cs_assets.answers.reading import Reader
    from cs_assets.answers.scope import scope_of
    from cs_assets.desk.agents.decisions import Decisions
    from cs_assets.desk.agents.server import Serving
    from cs_assets.desk.session import now

    with open_warehouse().reading("mcp") as db:  # before anybody connects
        for person in askers:
            scope_of(db, person)

    def serving(person: Any) -> Any:
        def answering(asked: Any, by_name: bool) -> Any:
            return answered(asked, person, "mcp", by_name=by_name)

        def named(kind: Any, identity: str) -> str | None:
            with open_warehouse().reading("mcp") as db:
                found = Directory(Reader(db, person)).get(kind, identity)
            return found.name if found else None

        return Serving(
            person, answering, Decisions(person, now, named),
            lambda answer_id: given(answer_id, person)[0],
        )  # fmt: skip

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
