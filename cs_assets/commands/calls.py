"""``cs-assets calls``: list, show and find calls on the terminal."""

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cs_assets.commands.terminal import echo_json
from cs_assets.commands.week_given import day_of

if TYPE_CHECKING:
    import pandas as pd

    from resources.warehouse import Session, Warehouse

app = typer.Typer(help="Analysed calls: list, show, find.", no_args_is_help=True)

#: Passages that a question by words is ranked over; within filters there are rarely more.
_MOST_PASSAGES = 200_000

From = Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD.")]
To = Annotated[
    str, typer.Option("--to", help="Last day, YYYY-MM-DD; default: the last with calls.")
]
Days = Annotated[int, typer.Option("--days", min=1, help="Days up to the last, without --from.")]
RepOption = Annotated[str, typer.Option("--rep", help="Gong id, e-mail or name of the rep.")]
CustomerOption = Annotated[str, typer.Option("--customer", help="Customer id or name.")]
TypeOption = Annotated[str, typer.Option("--type", help="Kind of call, e.g. discovery.")]
OutcomeOption = Annotated[
    str, typer.Option("--outcome", help="What became of the call's deal: won, lost or open.")
]
StageOption = Annotated[str, typer.Option("--stage", help="Stage of the deal.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
MaxLength = Annotated[
    int, typer.Option("--max-length", min=0, help="Letters of a summary at most; 0: all of it.")
]
Most = Annotated[int, typer.Option("--most", min=1, max=200, help="Rows at most.")]


def open_warehouse() -> "Warehouse":
    """The warehouse of the settings; the embedded one without loading the whole platform.

    Loading every room takes longer than the answer to a question on one call.
    """
    from resources.settings import Settings

    settings = Settings.load()
    if settings.cs_assets_warehouse == "duckdb":
        from resources.duckdb.warehouse import DuckDBWarehouse

        return DuckDBWarehouse(path=str(settings.home.warehouse))
    from resources.warehouse_choice import warehouse

    return warehouse(settings)


def config_folder() -> Path | None:
    """The user's own folder of configuration files."""
    from resources.settings import Settings

    return Settings.load().cs_assets_config_dir


@app.command("list")
def list_calls(
    rep: RepOption = "",
    first: From = "",
    last: To = "",
    days: Days = 30,
    customer: CustomerOption = "",
    kind: TypeOption = "",
    stage: StageOption = "",
    sentiment_below: Annotated[
        float | None,
        typer.Option("--sentiment-below", min=-1, max=1, help="Customer's sentiment, -1 to 1."),
    ] = None,
    priority: Annotated[
        str, typer.Option("--priority", help="At least: Critical, High, Medium or Low.")
    ] = "Low",
    most: Most = 40,
    as_json: Json = False,
) -> None:
    """List analysed calls; with --rep, --days and --sentiment-below: the calls to coach."""
    wanted = _priorities(priority)
    with open_warehouse().reading("calls list") as db:
        span = day_span(db, first, last, days)
        who = [rep_of(db, rep), customer_of(db, customer)]
        asked = [*span, *who, kind or None, stage or None, None, sentiment_below]
        rows = db.query("calls/list_calls", asked)
    rows = rows[rows["priority"].isin(wanted)]
    if as_json:
        return echo_json(json_rows(rows.head(most)))
    from cs_assets.commands import calls_terminal

    calls_terminal.print_calls(rows, most, span)


@app.command()
def show(
    call_id: Annotated[str, typer.Argument(help="The call's id in Gong.")],
    transcript: Annotated[bool, typer.Option("--transcript", help="Print the transcript.")] = False,
    max_length: MaxLength = 0,
    as_json: Json = False,
) -> None:
    """Show one call: scores with evidence, a model's view, objections, next step, coaching."""
    with open_warehouse().reading("calls show") as db:
        rows = db.query("calls/one_call", [call_id])
        if rows.empty:
            no_call(call_id)
        sentences = db.query("calls/sentences_of_call", [call_id])
        day = rows["call_date"].iloc[0]
        judged = db.query("calls/judgements", [day, day, None, call_id, None])
    rows = with_deal(rows)
    if max_length:
        from cs_assets.calls.texts import bounded

        rows["summary"] = [bounded(text, max_length) for text in rows["summary"]]
    if as_json:
        return echo_json(json_rows(rows)[0] | {"judgements": json_rows(judged)})
    from cs_assets.commands import calls_terminal
    from cs_assets.frames import records

    calls_terminal.print_call(
        records(rows)[0], sentences, with_transcript=transcript, judged=judged
    )


def with_deal(rows: "pd.DataFrame") -> "pd.DataFrame":
    """Calls with what became of their deals since, in words; empty without a deal."""
    from cs_assets import config
    from cs_assets.calls.deals import stages
    from cs_assets.config.deals import DealRules
    from cs_assets.frames import text_or_none

    rules = config.load("deals.yaml", DealRules, config_folder())
    both = rows[["deal_stage_at_call", "deal_stage_now"]].itertuples(index=False)
    since: Any = [
        stages.since_then(text_or_none(then), text_or_none(now), rules) or None
        for then, now in both
    ]
    return rows.assign(deal_since=since)


@app.command()
def similar(
    text: Annotated[str, typer.Argument(help="What the talk was about, in words.")] = "",
    call: Annotated[str, typer.Option("--call", help="Or: the id of a call to compare.")] = "",
    like_best: Annotated[
        str, typer.Option("--like-best", help="Or: a rep, whose best-scored calls are compared.")
    ] = "",
    rep: RepOption = "",
    first: From = "",
    last: To = "",
    days: Days = 3650,
    customer: CustomerOption = "",
    kind: TypeOption = "",
    stage: StageOption = "",
    outcome: OutcomeOption = "",
    threshold: Annotated[
        float | None, typer.Option("--threshold", min=-1, max=1, help="Lowest similarity shown.")
    ] = None,
    most: Most = 5,
    as_json: Json = False,
) -> None:
    """Find calls near in meaning to a text or to a call: filter first, then rank."""
    from cs_assets.ai.configuration import load as load_ai
    from cs_assets.calls import search
    from cs_assets.calls.models import models
    from cs_assets.errors import CsAssetsError, UsageError
    from cs_assets.facts.wording import counted
    from resources.duckdb.warehouse import DuckDBWarehouse
    from resources.models.cortex_search import call_passages
    from resources.settings import Settings

    if [bool(text.strip()), bool(call), bool(like_best)].count(True) != 1:
        raise UsageError("give either a text or --call with the id of a call, or --like-best")
    ended = _outcome(outcome)
    warehouse = open_warehouse()
    settings = Settings.load()
    configured = load_ai(settings.cs_assets_config_dir).statement_models
    model = models(configured, is_local=isinstance(warehouse, DuckDBWarehouse))["embedding"]
    lowest = search.threshold(model) if threshold is None else threshold
    with warehouse.reading("calls similar") as db:
        span = day_span(db, first, last, days)
        try:
            search.refuse_other_models(db.query("calls/embedding_models", list(span)), model)
        except search.DifferentModels as error:
            raise CsAssetsError(str(error)) from error
        filters = [rep_of(db, rep), customer_of(db, customer), kind or None, stage or None, ended]
        if call and db.query("calls/one_call", [call]).empty:
            no_call(call)
        if not text.strip():
            likes = [call] if call else _best_calls(db, find_rep(db, like_best)["user_id"], span)
            rows = _near_calls(db, likes, model, [*span, *filters, lowest])
            above = rows["call_id"].nunique()
        elif (by_service := call_passages(settings, text, span, filters, 20 * most)) is not None:
            rows, model, lowest, above = by_service, "cortex-search", 0.0, len(by_service)
        else:
            asked = [model, text, model, *span, *filters, -1.0, _MOST_PASSAGES]
            every = db.query("calls/similar_to_text", asked)
            rows = search.joined(every, text, lowest, 20 * most)
            above = int((every["similarity"] >= lowest).sum())
        found = search.matches(rows, most)
        known = {match.call_id: db.query("calls/one_call", [match.call_id]) for match in found}
        said = {
            match.call_id: db.query("calls/sentences_of_call", [match.call_id]) for match in found
        }
    from cs_assets.commands import calls_terminal

    answer = calls_terminal.similar_calls(found, known, said, text)
    if as_json:
        return echo_json({"model": model, "threshold": lowest, "above": above, "calls": answer})
    counts = counted(above, "passage" if text.strip() else "call")
    calls_terminal.print_similar(answer, model, lowest, counts)


def _near_calls(db: "Session", likes: list[str], model: str, bounds: list[Any]) -> "pd.DataFrame":
    """Calls near to any of ``likes``; ``bounds``: span, filters and the lowest similarity."""
    from cs_assets.calls import search

    asked = [[model, one, *bounds, _MOST_PASSAGES] for one in likes]
    return search.nearest_of([db.query("calls/similar_to_call", one) for one in asked], likes)


#: Calls of a rep that "like my best" means.
_BEST = 3


def _best_calls(db: "Session", user: str, span: tuple[dt.date, dt.date]) -> list[str]:
    """The rep's calls with the highest overall score; raises ``UsageError`` without any."""
    from cs_assets.errors import UsageError

    rows = db.query("calls/list_calls", [*span, user, None, None, None, "scored", None])
    scored = rows.dropna(subset=["overall_score"])
    if scored.empty:
        raise UsageError(
            f"no call of this rep was scored between {span[0]} and {span[1]}; ask of more --days"
        )
    order = scored.sort_values(["overall_score", "call_id"], ascending=[False, True])
    return [str(one) for one in order["call_id"].head(_BEST)]


@app.command("search")
def search_words(
    text: Annotated[str, typer.Argument(help="Words that must all stand in one sentence.")],
    rep: RepOption = "",
    first: From = "",
    last: To = "",
    days: Days = 3650,
    customer: CustomerOption = "",
    side: Annotated[str, typer.Option("--side", help="Who said it: customer or us.")] = "",
    outcome: OutcomeOption = "",
    most: Most = 20,
    as_json: Json = False,
) -> None:
    """Search the transcripts for words, newest call first."""
    from cs_assets.calls import search
    from cs_assets.errors import UsageError

    sides = {"": None, "customer": "External", "us": "Internal"}
    if side not in sides:
        raise UsageError(f"side '{side}' is not known: customer or us")
    ended = _outcome(outcome)
    try:
        words = search.words(text)
    except ValueError as error:
        raise UsageError(str(error)) from None
    with open_warehouse().reading("calls search") as db:
        span = day_span(db, first, last, days)
        user = rep_of(db, rep)
        parameters = [*span, user, customer_of(db, customer), sides[side], ended, *words, most]
        rows = db.query("calls/search_sentences", parameters)
    if as_json:
        return echo_json(json_rows(rows))
    from cs_assets.commands import calls_terminal

    calls_terminal.print_sentences(rows, [word for word in words if word])


@app.command()
def impact(
    first: From = "",
    last: To = "",
    days: Days = 42,
    rep: RepOption = "",
    deals: Annotated[
        bool, typer.Option("--deals", help="The deals: stages, what came since, chance to close.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show week by week what the calls put at stake: deals, amounts, risk and sentiment."""
    from cs_assets.calls import impact_trend

    with open_warehouse().reading("calls impact") as db:
        span = day_span(db, first, last, days)
        user = rep_of(db, rep)
        rows = db.query("calls/list_calls", [*span, user, None, None, None, None, None])
        if deals:
            history = db.query("calls/deal_calls", [span[1]])
            named = db.query("calls/deals_now", list(span))
            return _deals(rows, history, named, span[1], as_json=as_json)
    weeks = impact_trend.by_week(rows, span[1])
    if as_json:
        return echo_json([week.as_dict() for week in weeks])
    from cs_assets.commands import calls_terminal

    calls_terminal.print_impact(weeks)


def _deals(
    rows: "pd.DataFrame", history: "pd.DataFrame", named: "pd.DataFrame", today: dt.date,
    *, as_json: bool,
) -> None:  # fmt: skip
    """Deals of the calls in ``rows``, seen from ``today``; learned is from all in ``history``."""
    from cs_assets import config
    from cs_assets.calls.deals import outlook, stages
    from cs_assets.commands import calls_deals_terminal
    from cs_assets.config.deals import DealRules

    rules = config.load("deals.yaml", DealRules, config_folder())
    wanted = set(rows["hubspot_deal_id"].dropna().astype(str))
    every = stages.paths(history, today, rules).values()
    found = sorted(
        (path for path in every if path.deal_id in wanted),
        key=lambda path: (path.ended is not None, -(path.amount or 0.0), path.deal_id),
    )
    told, tried = outlook.outlooks(history, today, rules)
    names = {
        str(deal): {"name": name}
        for deal, name in named[["deal_id", "deal_name"]].itertuples(index=False)
    }
    if as_json:
        return echo_json(calls_deals_terminal.document(found, names, told, tried))
    calls_deals_terminal.print_deals(found, names, told, tried, rules)


def day_span(db: "Session", first: str, last: str, days: int) -> tuple[dt.date, dt.date]:
    """The days asked for; without ``--to`` up to the last day that has analysed calls."""
    from cs_assets.errors import UsageError

    span = db.query("calls/span_of_calls").iloc[0]
    if not int(span["calls"]):
        raise UsageError("no call has been analysed yet: run cs-assets demo, or the calls job")
    until = day_of(last, "--to") if last else span["last_day"].date()
    since = day_of(first, "--from") if first else until - dt.timedelta(days=days - 1)
    if since > until:
        raise UsageError(f"the first day {since} lies after the last day {until}")
    return since, until


def find_rep(db: "Session", wanted: str) -> dict[str, Any]:
    """The one rep who was scored in a call that a name means; raises ``UsageError``."""
    from cs_assets.commands.meant import meant
    from cs_assets.frames import records

    user_id = meant(db, "scored rep", wanted)
    return next(rep for rep in records(db.query("calls/reps")) if rep["user_id"] == user_id)


def rep_of(db: "Session", wanted: str) -> str | None:
    """The Gong user of the scored rep that a name means; None where none is named."""
    from cs_assets.commands.meant import meant

    return meant(db, "scored rep", wanted) if wanted else None


def customer_of(db: "Session", wanted: str) -> str | None:
    """The id of the customer that a name means; None where none is named."""
    from cs_assets.commands.meant import meant

    return meant(db, "customer", wanted) if wanted else None


def no_call(call_id: str) -> None:
    from cs_assets.errors import UsageError

    raise UsageError(f"no call '{call_id}' is here: cs-assets calls list shows those that are")


def _outcome(wanted: str) -> str | None:
    from cs_assets.errors import UsageError

    if wanted and wanted not in ("won", "lost", "open"):
        raise UsageError(f"outcome '{wanted}' is not known: won, lost or open")
    return wanted or None


def _priorities(least: str) -> list[str]:
    from cs_assets.errors import UsageError

    order = ["Critical", "High", "Medium", "Low"]
    if least.capitalize() not in order:
        raise UsageError(f"priority '{least}' is not known: {', '.join(order)}")
    return order[: order.index(least.capitalize()) + 1]


_JSON_COLUMNS = (
    "evidence",
    "objections",
    "business_impact",
    "coaching_insights",
    "positive_segments",
    "negative_segments",
)


def json_rows(rows: "pd.DataFrame") -> list[dict[str, Any]]:
    """Rows with missing values as null and JSON columns as JSON."""
    import pandas as pd

    from cs_assets.frames import records
    from sql.snapshot import WITHHELD

    found = []
    for row in records(rows):
        clean = {name: None if pd.isna(value) else value for name, value in row.items()}
        for name in _JSON_COLUMNS:
            text = clean.get(name)
            if isinstance(text, str) and text != WITHHELD:
                clean[name] = json.loads(text)
        found.append(clean)
    return found
