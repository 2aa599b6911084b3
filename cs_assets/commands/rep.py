"""``cs-assets rep``: what a sales rep's calls say over a month, and what to practise."""

import dataclasses
from typing import Annotated

import typer

from cs_assets.commands import rep_disputes
from cs_assets.commands.calls import Json, To, config_folder, day_span, find_rep, open_warehouse
from cs_assets.commands.terminal import echo, echo_json

app = typer.Typer(help="Sales reps: a coaching plan, disputed scores.", no_args_is_help=True)


app.command("dispute")(rep_disputes.dispute)
app.command("disputes")(rep_disputes.list_disputes)
app.command("decide")(rep_disputes.decide)


@app.command("coach")
@app.command("plan")
def plan(
    rep: Annotated[str, typer.Argument(help="Gong id, e-mail or name of the rep.")],
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="Days looked back.")] = 30,
    last: To = "",
    as_json: Json = False,
) -> None:
    """Plan a rep's coaching on the calls of thirty days, each advice with its moments."""
    import pandas as pd

    from cs_assets.coaching import policy as policies
    from cs_assets.coaching.disputes import disputes_of
    from cs_assets.coaching.inputs import told_before
    from cs_assets.coaching.planning import plan as planning
    from cs_assets.coaching.planning.evidence import readable
    from cs_assets.coaching.planning.plan_changes import alike_of_team
    from cs_assets.coaching.planning.standings import targets
    from cs_assets.coaching.quotes import Transcripts
    from cs_assets.coaching.rep_week import chances_by_rep
    from cs_assets.coaching.scored_calls import dated
    from cs_assets.coaching.windows import Days
    from cs_assets.frames import records

    with open_warehouse().reading("rep plan") as db:
        first, until = day_span(db, "", last, days)
        person = find_rep(db, rep)
        rows = db.query("calls/list_calls", [first, until, person["user_id"], *[None] * 5])
        disputed = disputes_of(db.query("coaching/disputes", [first, until]))
        sentences = db.query("coaching/sentences_of_rep", [first, until, person["user_id"]])
        team = db.query("coaching/scores_of_calls", [first, until])
        focus = db.query("coaching/rep_week_focus", [first, until])
        digests = db.query("coaching/rep_digests", [first, until])
        told = told_before(focus, digests)
        has_digest = person["user_id"] in told.until
        others = None if has_digest else db.query("coaching/calls_of_window", [first, until])
    policy = policies.load(config_folder())
    rows = rows.rename(columns=lambda name: name.removesuffix("_score"))
    calls, broken = readable(
        rows.assign(
            call_date=pd.to_datetime(rows["call_date"]).dt.date,
            account_key=rows["customer_id"].fillna(rows["account_name"]),
        )
    )
    for call, why in broken.items():
        echo(f"Left out: call {call}, whose analysis cannot be read ({why})", error=True)
    # Before the first digest the team's calls say what can be reached, as they will then.
    team_chances = (
        {}
        if others is None
        else chances_by_rep(readable(dated(others))[0], policy, disputed.values())
    )
    made = planning.build(
        records(calls),
        Days(first, until),
        told.focus.get(person["user_id"], []) if has_digest else None,
        targets(team_chances.values(), policy),
        disputed.values(),
        Transcripts(sentences),
        policy,
        alike_of_team(team),
    )
    if as_json:
        document = {"rep": person["full_name"], **dataclasses.asdict(made)}
        echo_json(document)
        return
    from cs_assets.commands import calls_terminal

    calls_terminal.print_plan(person["full_name"], made)
