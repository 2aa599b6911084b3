"""``cs-assets rep``: what a sales rep's calls say over a month, and what to practise."""

import dataclasses
from typing import Annotated

import typer

from cs_assets.commands.calls import Json, To, config_folder, day_span, find_rep, open_warehouse
from cs_assets.commands.terminal import echo_json

app = typer.Typer(help="Sales reps: a coaching plan.", no_args_is_help=True)


@app.callback()
def _rep() -> None:
    """Sales reps: a coaching plan."""


@app.command("coach")
@app.command("plan")
def plan(
    rep: Annotated[str, typer.Argument(help="Gong id, e-mail or name of the rep.")],
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="Days looked back.")] = 30,
    last: To = "",
    as_json: Json = False,
) -> None:
    """Plan a rep's coaching on the calls of thirty days, each advice with its moments."""
    from cs_assets import config
    from cs_assets.calls import plan as planning
    from cs_assets.calls.plan_changes import alike_of_team
    from cs_assets.calls.scoring.rubric import Rubric
    from cs_assets.frames import records

    with open_warehouse().reading("rep plan") as db:
        first, until = day_span(db, "", last, days)
        person = find_rep(db, rep)
        filters = [person["user_id"], None, None, None, None, None]
        rows = db.query("calls/list_calls", [first, until, *filters])
        team = db.query("coaching/scores_of_calls", [first, until])
    rubric = config.load("coaching_rubric.yaml", Rubric, config_folder())
    made = planning.build(records(rows), first, until, rubric, alike_of_team(team))
    if as_json:
        document = {"rep": person["full_name"], **dataclasses.asdict(made)}
        echo_json(document)
        return
    from cs_assets.commands import calls_terminal

    calls_terminal.print_plan(person["full_name"], made, rubric)
