"""``cs-assets rep``: what a sales rep's calls say over a month, and what to practise."""

import dataclasses
from typing import Annotated

import typer

from cs_assets.commands import rep_disputes, rep_trial
from cs_assets.commands.calls import Json, To, config_folder, day_span, find_rep, open_warehouse
from cs_assets.commands.terminal import echo, echo_json

app = typer.Typer(help="Sales reps: a coaching plan, disputed scores.", no_args_is_help=True)


app.command("dispute")(rep_disputes.dispute)
app.command("disputes")(rep_disputes.list_disputes)
app.command("decide")(rep_disputes.decide)
app.command("label")(rep_disputes.label)
app.command("trial")(rep_trial.trial)


@app.command("coach")
@app.command("plan")
def plan(
    rep: Annotated[str, typer.Argument(help="Gong id, e-mail or name of the rep.")],
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="Days looked back.")] = 30,
    last: To = "",
    language: Annotated[
        str, typer.Option("--language", help="Of the texts: en, es, de; default: the rep's own.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Plan a rep's coaching on the calls of thirty days, each advice with its moments."""
    from cs_assets.coaching import policy as policies
    from cs_assets.coaching.digest.language import told_in
    from cs_assets.coaching.planning.reading import plan_of, read_plan

    with open_warehouse().reading("rep plan") as db:
        span = day_span(db, "", last, days)
        person = find_rep(db, rep)
        read = read_plan(db.query, person["user_id"], span)
    policy = policies.load(config_folder())
    policy = told_in(policy, language or policy.language_for(person["user_id"], person["email"]))
    made, broken = plan_of(read, person["user_id"], span, policy)
    for call, why in broken.items():
        echo(f"Left out: call {call}, whose analysis cannot be read ({why})", error=True)
    if as_json:
        document = {"rep": person["full_name"], **dataclasses.asdict(made)}
        echo_json(document)
        return
    from cs_assets.commands.plan_terminal import print_plan

    print_plan(person["full_name"], made, policy)
