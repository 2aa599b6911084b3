"""``cs-assets slack``: serves the slash command and the buttons to Slack."""

from typing import Annotated, Any

import typer

from cs_assets.commands.ask import answered
from cs_assets.commands.home_option import HomeOption, use_home

app = typer.Typer()


@app.command()
def slack(
    port: Annotated[int, typer.Option("--port", min=0, max=65535)] = 8502,
    home: HomeOption = None,
) -> None:
    """Answer questions and approvals from Slack, on this machine's loopback behind your proxy."""
    use_home(home)
    import socket

    import uvicorn

    from cs_assets.commands.terminal import echo
    from cs_assets.desk.chat.application import COMMAND
    from resources.settings import Settings

    app = chat(Settings.load()).application()
    with socket.create_server(("127.0.0.1", port)) as listening:
        at = f"http://127.0.0.1:{listening.getsockname()[1]}"
        echo(f"Serving {at}{COMMAND} to Slack; Ctrl-C stops it", error=True)
        config = uvicorn.Config(app, log_level="warning", access_log=False)
        uvicorn.Server(config).run(sockets=[listening])


def chat(settings: Any) -> Any:
    """What answers Slack with these settings; raises ``UsageError`` for what they lack."""
    from cs_assets.desk import decisions, session
    from cs_assets.desk.chat.application import Chat
    from cs_assets.errors import UsageError
    from resources.slack.conversation import people, reply

    secret, token = settings.slack_signing_secret, settings.slack_bot_token
    if secret is None or token is None:
        raise UsageError(
            "Slack needs SLACK_SIGNING_SECRET (of the app's basic information) and "
            "SLACK_BOT_TOKEN (scopes users:read, users:read.email)"
        )

    def decides(viewer: Any, form: Any, one: Any) -> str:
        done = decisions.route(viewer, form, one.account, one.kind, one.reason, worker=one.worker)
        return done.words

    return Chat(
        secret.get_secret_value(),
        knows=_who(settings, people(token.get_secret_value(), settings.slack_base_url)),
        answers=lambda text, who: answered(text, who, "slack"),
        others=lambda account, who: _others(settings, account, who),
        decides=decides,
        replies=lambda back, message: reply(back, message, settings.slack_base_url),
        now=session.now,
    )


def _others(settings: Any, account: str, who: Any) -> list[tuple[str, str]]:
    """The next best owners of an account, for who may decide it."""
    from cs_assets.desk import session
    from cs_assets.frames import records, text_or_none

    if who.role not in ("operations", "manager"):
        return []
    with session.warehouse(settings).reading("slack owners") as db:
        rows = records(db.query("answers/next_best_owners", [account]))
    return [(one["worker_id"], text_or_none(one["worker_name"]) or "") for one in rows]


def _who(settings: Any, address_of: Any) -> Any:
    """By a Slack user's id who that is at the desk."""
    from cs_assets.desk import session
    from cs_assets.desk.front.roles import asker_of

    def known(user: str) -> Any:
        address = address_of(user)
        if address is None:
            return None
        with session.warehouse(settings).reading("slack sign-in") as db:
            who = asker_of(db, address, settings.desk_operators)
        return (who, address) if who else None

    return known
