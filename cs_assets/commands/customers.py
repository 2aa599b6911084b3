"""``cs-assets customers``: whom to call, why, and what was done about it."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cs_assets.acting import acting_user
from cs_assets.commands.calls import open_warehouse
from cs_assets.commands.terminal import echo, echo_json
from cs_assets.commands.week_given import monday_of

if TYPE_CHECKING:
    import pandas as pd

    from cs_assets.customers.policy import CustomerPolicy
    from resources.warehouse import Session

app = typer.Typer(help="Customers: whom to call, why, and what was done.", no_args_is_help=True)

Week = Annotated[str, typer.Option("--week", help="Monday, YYYY-MM-DD; default: the newest.")]
CsmOption = Annotated[str, typer.Option("--csm", help="Customers of one CSM: id, mail or name.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Most = Annotated[int, typer.Option("--most", min=1, max=10_000, help="Rows at most.")]
CustomerArgument = Annotated[str, typer.Argument(help="Customer id, or its name or a part of it.")]

#: Columns that hold JSON.
_JSON = ("health_factors", "rule_values", "facts")


@dataclass(frozen=True)
class Read:
    """The customers of a week in the order of what is at stake."""

    week: dt.date
    places: list[dict[str, Any]]
    policy: "CustomerPolicy"


@app.command("list")
def list_customers(
    csm: CsmOption = "",
    segment: Annotated[str, typer.Option("--segment", help="One segment, e.g. 'At risk'.")] = "",
    health: Annotated[str, typer.Option("--health", help="Red, Yellow, Green or Unknown.")] = "",
    week: Week = "",
    most: Most = 20,
    as_json: Json = False,
) -> None:
    """List customers, those to call first on top: why, what to do, by when."""
    read = _read("customers list", week, csm)
    rows = _only(read.places, "behaviour_segment", segment)
    rows = _only(rows, "health_segment", health)
    if as_json:
        return echo_json([_brief(row, read.week) for row in rows[:most]])
    from cs_assets.commands import customers_terminal

    customers_terminal.print_list(rows, most, read.week)


@app.command()
def show(customer: CustomerArgument, week: Week = "", as_json: Json = False) -> None:
    """Show one customer: what is observed, said, inferred and not known, and its actions."""
    with open_warehouse().reading("customers show") as db:
        read = _read_in(db, week, "")
        row = _found(read.places, customer)
        one = str(row["customer_id"])
        long_ago = dt.date(2000, 1, 3)
        parts = {
            "modules": db.query("customers/modules_of_week", [read.week, one, one]),
            "channels": db.query("customers/channels_of", [read.week, one]),
            "people": db.query("customers/people_of", [one]),
            "inputs": db.query("customers/inputs_of", [read.week, one]),
            "actions": db.query("customers/actions_of", [one, one]),
            "transitions": db.query("customers/transitions_of", [one, one, long_ago, read.week]),
            "weights": db.query("customers/weights_of_week", [read.week]),
        }
    if as_json:
        return echo_json(_plain(row) | {name: _rows(rows) for name, rows in parts.items()})
    from cs_assets.commands import customers_terminal

    customers_terminal.print_customer(row, parts, read.week)


@app.command()
def act(
    customer: CustomerArgument,
    taken: Annotated[bool, typer.Option("--taken", help="You are on it.")] = False,
    done: Annotated[bool, typer.Option("--done", help="It is done.")] = False,
    dropped: Annotated[str, typer.Option("--dropped", help="It will not be done: why.")] = "",
    note: Annotated[str, typer.Option("--note", help="What came of it.")] = "",
    action: Annotated[
        str, typer.Option("--action", help="An action of earlier weeks, by id.")
    ] = "",
    by: Annotated[str, typer.Option("--by", help="Who; default: you.")] = "",
    week: Week = "",
    as_json: Json = False,
) -> None:
    """Note what became of a customer's action; next week's advice knows it."""
    from cs_assets.commands.report_acts import state_of
    from cs_assets.customers.follow_up import noting

    state = state_of(taken=taken, done=done, dropped=dropped, note=note)
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    with open_warehouse().session("customers act") as db:
        read = _read_in(db, week, "")
        row = _found(read.places, customer)
        event = noting.note(
            db, row, read.week, state, words=dropped or note, by=by or acting_user(),
            at=now, action=action,
        )  # fmt: skip
    if as_json:
        return echo_json(_plain(event))
    echo(f"{row['customer_name']}: {event['code'].replace('_', ' ')} is {state}")
    echo("The next week's advice will know it.")


@app.command()
def renewals(
    csm: CsmOption = "",
    days: Annotated[int, typer.Option("--days", min=1, max=730, help="Days ahead.")] = 120,
    week: Week = "",
    most: Most = 50,
    as_json: Json = False,
) -> None:
    """List renewals by date: worth, risk, last day of notice, what was promised."""
    from cs_assets.customers.reading import lists

    read = _read("customers renewals", week, csm)
    _listed("print_renewals", lists.renewals(read.places, days), read, most, as_json)


@app.command("at-risk")
def at_risk(
    csm: CsmOption = "", week: Week = "", most: Most = 50, as_json: Json = False
) -> None:  # fmt: skip
    """List who may leave, most revenue at risk first: why, and what would take them off."""
    from cs_assets.customers.reading import lists

    read = _read("customers at-risk", week, csm)
    _listed("print_at_risk", lists.at_risk(read.places), read, most, as_json)


@app.command()
def onboarding(
    csm: CsmOption = "", week: Week = "", most: Most = 50, as_json: Json = False
) -> None:  # fmt: skip
    """List customers in onboarding who are behind its plan."""
    from cs_assets.customers.reading import lists

    read = _read("customers onboarding", week, csm)
    _listed("print_onboarding", lists.behind_plan(read.places), read, most, as_json)


@app.command()
def expansion(
    csm: CsmOption = "", week: Week = "", most: Most = 50, as_json: Json = False
) -> None:  # fmt: skip
    """List who could have more: white space x readiness; nobody in trouble is among them."""
    from cs_assets.customers.reading import lists

    with open_warehouse().reading("customers expansion") as db:
        read = _read_in(db, week, csm)
        modules = db.query("customers/modules_of_week", [read.week, None, None])
    _listed("print_expansion", lists.expansion(read.places, modules), read, most, as_json)


@app.command()
def transitions(
    weeks: Annotated[int, typer.Option("--weeks", min=1, max=104, help="Weeks looked back.")] = 1,
    week: Week = "",
    most: Most = 100,
    as_json: Json = False,
) -> None:
    """List whose segment or health changed, and why."""
    with open_warehouse().reading("customers transitions") as db:
        read = _read_in(db, week, "")
        first = read.week - dt.timedelta(weeks=weeks - 1)
        rows = db.query("customers/transitions_of", [None, None, first, read.week])
    names = {str(row["customer_id"]): row["customer_name"] for row in read.places}
    rows = rows.assign(customer_name=rows["customer_id"].map(names))
    if as_json:
        return echo_json(_rows(rows.head(most)))
    from cs_assets.commands import customers_terminal

    customers_terminal.print_transitions(rows, most, first, read.week)


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(help="What you look for, in words.")],
    days: Annotated[int, typer.Option("--days", min=1, max=3660, help="Days looked back.")] = 182,
    csm: CsmOption = "",
    week: Week = "",
    most: Most = 10,
    as_json: Json = False,
) -> None:
    """Find customers by what is said: summaries, notes, tickets, surveys, calls."""
    import dataclasses

    from cs_assets.customers.reading.searching import search as find
    from cs_assets.errors import UsageError

    wanted = " ".join(words).strip()
    if not wanted:
        raise UsageError("say what you look for, in words")
    with open_warehouse().reading("customers search") as db:
        read = _read_in(db, week, csm)
        first = read.week + dt.timedelta(days=6 - days)
        passages = db.query("customers/passages", [read.week, first])
    names = {str(row["customer_id"]): str(row["customer_name"]) for row in read.places}
    hits = find(passages[passages["customer_id"].isin(names)], wanted, most)
    if as_json:
        found = [
            dataclasses.asdict(hit) | {"customer_name": names[hit.customer_id]} for hit in hits
        ]
        return echo_json([_plain(one) for one in found])
    from cs_assets.commands import customers_terminal

    customers_terminal.print_hits(hits, names, wanted)


@app.command()
def export(
    to: Annotated[Path, typer.Argument(help="File to write.")],
    what: Annotated[
        str, typer.Option("--what", help="customers, modules, transitions, actions or calls.")
    ] = "customers",
    kind: Annotated[
        str, typer.Option("--format", help="csv or parquet; else as the file's name ends.")
    ] = "",
    week: Week = "",
) -> None:
    """Write a documented view to CSV or Parquet; CSV is safe for spreadsheets."""
    from cs_assets.customers.reading import views
    from cs_assets.customers.reading.export import kind_of, write
    from cs_assets.errors import UsageError
    from cs_assets.facts.wording import counted

    if what not in views.EXPORTED:
        raise UsageError(f"no view is called '{what}': {', '.join(views.EXPORTED)}")
    kind = kind or kind_of(to)
    with open_warehouse().reading("customers export") as db:
        monday = _monday(db, week)
        rows = db.query(f"customers/export_{what}", views.parameters(what, monday))
    write(rows, to, kind)
    of_week = f", week of {monday}" if views.EXPORTED[what] else ""
    echo(f"{counted(len(rows), 'row')} of {what}{of_week}: {to}")


# --- reading ----------------------------------------------------------------------------


def _read(label: str, week: str, csm: str) -> Read:
    with open_warehouse().reading(label) as db:
        return _read_in(db, week, csm)


def _read_in(db: "Session", week: str, csm: str) -> Read:
    from cs_assets.customers import policy as policies
    from cs_assets.customers.reading import lists
    from resources.settings import Settings

    policy = policies.load(Settings.load().cs_assets_config_dir)
    monday = _monday(db, week)
    places = lists.overview(db.query("customers/overview", [monday, None]), policy)
    return Read(monday, _of_csm(places, csm), policy)


def _monday(db: "Session", week: str) -> dt.date:
    import pandas as pd

    from cs_assets.errors import UsageError

    newest = db.query("customers/newest_week")["week_start"].iloc[0]
    if pd.isna(newest):
        raise UsageError("no metrics of customers are made yet; make them: cs-assets run weekly")
    if not week:
        return pd.Timestamp(newest).date()
    monday = monday_of(week)
    if db.query("customers/metrics_of_week", [monday]).empty:
        raise UsageError(
            f"week {week} has no metrics of customers; the newest is {newest:%Y-%m-%d}"
        )
    return monday


def _of_csm(places: list[dict[str, Any]], csm: str) -> list[dict[str, Any]]:
    from cs_assets.called import the_one

    if not csm:
        return places
    owned = {str(row["csm_id"]): row for row in places if isinstance(row["csm_id"], str)}
    names = {one: str(row["csm_name"] or one) for one, row in owned.items()}
    wanted = the_one(names, csm, "CSM", {one: row["csm_email"] for one, row in owned.items()})
    return [row for row in places if row["csm_id"] == wanted]


def _found(places: Iterable[dict[str, Any]], customer: str) -> dict[str, Any]:
    from cs_assets.called import the_one

    rows = {str(row["customer_id"]): row for row in places}
    names = {identity: str(row["customer_name"]) for identity, row in rows.items()}
    return rows[the_one(names, customer, "customer")]


def _only(rows: list[dict[str, Any]], column: str, wanted: str) -> list[dict[str, Any]]:
    from cs_assets.errors import UsageError

    if not wanted:
        return rows
    known = {
        "behaviour_segment": ("Champion", "Growing", "Steady", "At risk", "Onboarding", "Dormant"),
        "health_segment": ("Red", "Yellow", "Green", "Unknown"),
    }[column]
    match = [name for name in known if name.lower() == wanted.strip().lower()]
    if not match:
        raise UsageError(f"there is no '{wanted}': {', '.join(known)}")
    return [row for row in rows if row[column] == match[0]]


# --- printing ---------------------------------------------------------------------------


def _listed(
    printer: str, rows: list[dict[str, Any]], read: Read, most: int, as_json: bool
) -> None:  # fmt: skip
    if as_json:
        return echo_json([_brief(row, read.week) for row in rows[:most]])
    from cs_assets.commands import customers_terminal

    getattr(customers_terminal, printer)(rows, most, read.week)


#: What lists say of a customer in JSON.
_BRIEF = (
    "customer_id", "customer_name", "csm_id", "csm_name", "arr", "arr_own",
    "arr_currency", "health_segment", "health_score",
    "behaviour_segment", "risk", "risk_low", "risk_high", "risk_basis", "risk_is_assumed",
    "arr_at_risk", "stake", "nearness", "renewal_date", "days_to_renewal", "notice_date",
    "days_to_notice", "reasons", "off", "next_action", "next_action_code", "action_id",
    "action_state", "action_trigger", "action_owner", "due_on", "expected_effect", "next_step",
    "next_step_due", "next_step_owner", "promised_on", "goal", "plan_overdue_days", "white_space",
    "white_space_value", "readiness", "expected_value", "because",
)  # fmt: skip


def _brief(row: Mapping[str, Any], week: dt.date) -> dict[str, Any]:
    from cs_assets.customers.reading.lists import is_overdue

    kept = {name: row[name] for name in _BRIEF if name in row}
    return {"week_start": week, **_plain(kept), "is_overdue": is_overdue(row, week)}


def _rows(rows: "pd.DataFrame") -> list[dict[str, Any]]:
    from cs_assets.frames import records

    return [_plain(row) for row in records(rows)]


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Values as JSON has them: missing ones null, days as days, JSON columns taken apart."""
    from decimal import Decimal

    import pandas as pd

    found: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, list | tuple | dict):
            found[str(name)] = value
        elif value is None or pd.isna(value):
            found[str(name)] = None
        elif name in _JSON and isinstance(value, str):
            found[str(name)] = json.loads(value)
        elif isinstance(value, pd.Timestamp) and value == value.normalize():
            found[str(name)] = value.date()
        else:
            found[str(name)] = float(value) if isinstance(value, Decimal) else _bare(value)
    return found


def _bare(value: Any) -> Any:
    """Numbers of NumPy as Python's; a whole float as a whole number."""
    item = value.item() if hasattr(value, "item") else value
    return int(item) if isinstance(item, float) and item.is_integer() else item
