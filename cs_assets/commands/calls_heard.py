"""``cs-assets calls signals|analyze|coaching|live``: what calls say, now and while they go on."""

import datetime as dt
import sys
from typing import Annotated, Any

import typer

from cs_assets.commands.calls import (
    CustomerOption,
    Days,
    From,
    Json,
    MaxLength,
    Most,
    RepOption,
    To,
    TypeOption,
    app,
    config_folder,
    customer_of,
    day_span,
    json_rows,
    no_call,
    open_warehouse,
    rep_of,
    with_deal,
)
from cs_assets.commands.terminal import echo, echo_json
from cs_assets.commands.week_given import day_of


@app.command()
def signals(
    kind: Annotated[
        str, typer.Option("--kind", help="One kind, e.g. churn, expansion, competitor, outage.")
    ] = "",
    rep: RepOption = "",
    first: From = "",
    last: To = "",
    days: Days = 91,
    customer: CustomerOption = "",
    most: Most = 40,
    as_json: Json = False,
) -> None:
    """List what customers said that more people than the coach must hear of."""
    from cs_assets.calls.signals import KINDS
    from cs_assets.errors import UsageError

    if kind and kind not in KINDS:
        raise UsageError(f"no signal is called '{kind}': {', '.join(KINDS)}")
    with open_warehouse().reading("calls signals") as db:
        span = day_span(db, first, last, days)
        user = rep_of(db, rep)
        rows = db.query("calls/signals", [*span, kind or None, customer_of(db, customer), user])
    if as_json:
        return echo_json(json_rows(rows.head(most)))
    from cs_assets.commands import calls_heard_terminal

    calls_heard_terminal.print_signals(rows, most, span)


@app.command()
def judgements(
    call: Annotated[str, typer.Option("--call", help="Of one call, by its id in Gong.")] = "",
    differ: Annotated[
        bool, typer.Option("--differ", help="Only where the model and the rules differ.")
    ] = False,
    rep: RepOption = "",
    first: From = "",
    last: To = "",
    days: Days = 91,
    most: Most = 40,
    as_json: Json = False,
) -> None:
    """List what a model judged of calls, beside the rules; --differ: where somebody must look."""
    with open_warehouse().reading("calls judgements") as db:
        span = day_span(db, first, last, days)
        if call and db.query("calls/one_call", [call]).empty:
            no_call(call)
        user = rep_of(db, rep)
        asked = ["differs" if differ else None, call or None, user]
        rows = db.query("calls/judgements", [*span, *asked])
    if as_json:
        return echo_json(json_rows(rows.head(most)))
    from cs_assets.commands import calls_heard_terminal

    calls_heard_terminal.print_judgements(rows, most, span, only_differing=differ)


@app.command()
def patterns(
    rep: RepOption = "",
    first: From = "",
    last: To = "",
    days: Days = 365,
    kind: TypeOption = "",
    as_json: Json = False,
) -> None:
    """Show which behaviours go with deals that were won; nothing where there are too few."""
    from cs_assets import config
    from cs_assets.calls import patterns as patterns_of
    from cs_assets.calls.scoring.rubric import Rubric

    rubric = config.load("coaching_rubric.yaml", Rubric, config_folder())
    with open_warehouse().reading("calls patterns") as db:
        span = day_span(db, first, last, days)
        user = rep_of(db, rep)
        rows = db.query("calls/list_calls", [*span, user, None, kind or None, None, "scored", None])
        deals = db.query("calls/deals_now", list(span))
    outcomes = patterns_of.outcomes(deals)
    found = patterns_of.patterns(rows, outcomes, rubric)
    if as_json:
        return echo_json([one.as_dict() for one in found])
    from cs_assets.commands import calls_heard_terminal

    calls_heard_terminal.print_patterns(found, span)


@app.command()
def recurring(
    week: Annotated[
        str, typer.Option("--week", help="A day of the week, YYYY-MM-DD; the newest without.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Show topics, questions and objections that recur over calls, with accounts and trend."""
    day = day_of(week, "--week") if week else None
    monday = day and day - dt.timedelta(days=day.weekday())
    with open_warehouse().reading("calls recurring") as db:
        rows = db.query("calls/call_patterns", [monday])
    rows = rows[rows["kind"] != "behaviour"]
    if as_json:
        return echo_json(json_rows(rows))
    from cs_assets.commands import calls_heard_terminal

    calls_heard_terminal.print_recurring(rows)


@app.command()
def analyze(
    call_id: Annotated[str, typer.Argument(help="The call's id in Gong.")],
    max_length: MaxLength = 0,
    as_json: Json = False,
) -> None:
    """Analyse one call now by the rules in force; nothing is written."""
    row, sentences = analysed(call_id)
    if as_json:
        return echo_json(_bounded(row, max_length))
    from cs_assets.commands import calls_terminal

    calls_terminal.print_call(_bounded(row, max_length), sentences, with_transcript=False)


def analysed(call_id: str) -> tuple[dict[str, Any], Any]:
    """The row that ``calls show`` prints with scores made now, and the call's sentences.

    Raises ``UsageError`` for a call that is not here.
    """
    from cs_assets import config
    from cs_assets.calls import rows as rows_of
    from cs_assets.calls.scoring.rubric import Rubric, Taxonomy
    from cs_assets.frames import records

    folder = config_folder()
    with open_warehouse().reading("calls analyze") as db:
        known = db.query("calls/one_call", [call_id])
        if known.empty:
            no_call(call_id)
        day = known["call_date"].iloc[0]
        calls = db.query("calls/calls", [day, day])
        sentences = db.query("calls/sentences_of_call", [call_id])
    made, report = rows_of.analysis_rows(
        calls[calls["call_id"] == call_id],
        sentences,
        known.head(0).assign(rubric_version=None, model=None),
        config.load("coaching_rubric.yaml", Rubric, folder),
        config.load("objections.yaml", Taxonomy, folder),
    )
    if report["failed"]:
        from cs_assets.errors import CsAssetsError

        raise CsAssetsError(f"call {call_id} could not be analysed: {report['failed'][call_id]}")
    return records(with_deal(known))[0] | records(made)[0], sentences


def _bounded(row: dict[str, Any], most: int) -> dict[str, Any]:
    from cs_assets.calls.texts import bounded

    return row | {"summary": bounded(row["summary"], most)} if most and row["summary"] else row


@app.command()
def coaching(
    rep: RepOption = "",
    first: From = "",
    last: To = "",
    days: Days = 30,
    most: Most = 20,
    as_json: Json = False,
) -> None:
    """List the calls that are worth a coach's hour, the most pressing first, with what to do."""
    from cs_assets.calls.impact import worth_an_hour
    from cs_assets.frames import records

    with open_warehouse().reading("calls coaching") as db:
        span = day_span(db, first, last, days)
        user = rep_of(db, rep)
        rows = db.query("calls/list_calls", [*span, user, None, None, None, "scored", None])
    chosen = worth_an_hour(records(rows))
    if as_json:
        return echo_json(chosen[:most])
    from cs_assets.commands import calls_heard_terminal

    calls_heard_terminal.print_coaching(chosen, most, span, len(rows))


@app.command()
def live(
    as_json: Json = False,
) -> None:
    """Read a growing transcript (JSON lines on stdin); print at most one useful prompt a minute.

    A line: {"speaker": "rep" or "customer", "text": "...", "start_ms": 0, "end_ms": 900}; the
    times count from the call's start and may be missing. A bad line is told and passed over.
    """
    import dataclasses

    from cs_assets import config
    from cs_assets.calls.live import Listener, NotATurn
    from cs_assets.calls.scoring.rubric import Rubric, Taxonomy
    from cs_assets.calls.signals import SignalRules
    from cs_assets.calls.texts import clock

    folder = config_folder()
    listener = Listener(
        config.load("coaching_rubric.yaml", Rubric, folder),
        config.load("objections.yaml", Taxonomy, folder),
        config.load("signals.yaml", SignalRules, folder),
    )
    for number, line in enumerate(iter(sys.stdin.readline, ""), start=1):
        if not line.strip():
            continue
        try:
            prompt = listener.hear(line)
        except NotATurn as error:
            echo(f"line {number}: {error}", error=True)
            continue
        if prompt is None:
            continue
        if as_json:
            echo_json(dataclasses.asdict(prompt), indent=None)
        else:
            echo(f"{clock(prompt.at_ms)}  {prompt.text}")
        sys.stdout.flush()
