"""`cs-assets route`: route what waits, rehearse, explain, ask what if, rebalance, decide."""

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import pandas as pd

    from cs_assets.routing.policy import Policy
    from cs_assets.routing.rebalance import Point
    from resources.settings import Settings

app = typer.Typer(help="Owners for accounts.")

_Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


@app.command("route")
def route(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be recommended; store nothing.")
    ] = False,
    account: Annotated[
        str, typer.Option("--account", help="Score all CSMs for this account; store nothing.")
    ] = "",
    explain: Annotated[
        str, typer.Option("--explain", help="Why this account got its CSM, as stored.")
    ] = "",
    what_if: Annotated[
        Path | None, typer.Option("--what-if", help="YAML file with a scenario; store nothing.")
    ] = None,
    rebalance: Annotated[
        bool, typer.Option("--rebalance", help="Propose moves between CSMs; store nothing.")
    ] = False,
    max_moves: Annotated[
        int | None, typer.Option("--max-moves", min=0, help="Most moves of a proposal.")
    ] = None,
    max_revenue: Annotated[
        float | None, typer.Option("--max-revenue", min=0, help="Most revenue moved, in USD.")
    ] = None,
    chart: Annotated[
        Path | None, typer.Option("--chart", help="Write a PNG of the books before and after.")
    ] = None,
    as_json: _Json = False,
) -> None:
    """Give every account that needs a CSM the best one, or look at what that would be."""
    from resources.errors import UsageError

    if sum(map(bool, (dry_run, account, explain, what_if, rebalance))) > 1:
        raise UsageError("give one of --dry-run, --account, --explain, --what-if, --rebalance")
    show = _Shown(as_json)
    if explain:
        rows, words = _explanation(explain)
        show.rows(f"Why account {explain} got its CSM", rows)
        if not as_json:
            typer.echo(words)
    elif what_if is not None or rebalance:
        show.points(*_proposals(what_if, max_moves, max_revenue), chart)
    elif dry_run or account:
        show.rows("Would be recommended; nothing is stored", _rehearsed(account, chart))
    else:
        show.rows("Routed", _routed())


@app.command("route-decide")
def decide(
    account: Annotated[str, typer.Argument(help="The account.")],
    decision: Annotated[str, typer.Argument(help="approve, override or reject.")],
    by: Annotated[str, typer.Option("--by", help="Who decides.")],
    reason: Annotated[
        str, typer.Option("--reason", help="Reason code, e.g. knows_customer, workload, other.")
    ],
    csm: Annotated[str, typer.Option("--csm", help="The CSM instead, for an override.")] = "",
    note: Annotated[str, typer.Option("--note", help="In words.")] = "",
) -> None:
    """Approve, override or reject the CSM of an account; later runs respect it."""
    from cs_assets.routing.deciding import CannotDecide, Decision, consequence
    from cs_assets.routing.storing import store_decision
    from resources.errors import UsageError

    if decision not in ("approve", "override", "reject") or (decision == "override") != bool(csm):
        raise UsageError("decide approve, reject, or override with --csm")
    made = Decision(account, decision, reason, by, _now(), csm or None, note or None)  # type: ignore[arg-type]
    with _session() as db:
        given = db.query("routing/assignments")
        mine = given[given["account_id"] == account]
        current: Any = mine.iloc[0].to_dict() if len(mine) else None
        try:
            outcome = consequence(made, current, db.query("routing/workers"))
        except CannotDecide as error:
            raise UsageError(str(error)) from None
        store_decision(db, outcome)
    typer.echo(f"{account}: {decision} by {by}" + (f", now with {csm}" if csm else ""))


def _explanation(account: str) -> "tuple[pd.DataFrame, str]":
    """Candidates with the terms of their cost or score, and the same in words."""
    from cs_assets.routing.problem import COST_UNIT
    from resources.errors import UsageError

    with _session() as db:
        rows = db.query("routing/recommendation_of_account", [account])
    if rows.empty:
        raise UsageError(f"account {account} has no recommendation; is its id right?")
    terms = rows["terms"].map(json.loads)
    scale = [1.0 if method == "weighted_score" else COST_UNIT for method in rows["method"]]
    out = rows[["rank", "worker_id", "worker_name", "status"]].copy()
    for name in terms.iloc[0]:
        out[name] = [round(t[name] / s, 3) for t, s in zip(terms, scale, strict=True)]
    out["total"] = [round(sum(t.values()) / s, 3) for t, s in zip(terms, scale, strict=True)]
    return out, str(rows["explanation"].iloc[0])


def _rehearsed(account: str, chart: Path | None) -> "pd.DataFrame":
    import pandas as pd

    from cs_assets.routing import charts, metrics, situation
    from cs_assets.routing.recommend import recommend
    from resources.errors import UsageError

    policy, as_of = _policy(), _now()
    with _session() as db, situation.rehearsal(db):
        read = [situation.of_batch(db, b, as_of, policy) for b in situation.next_batches(db, as_of)]
    shown = []
    for accounts, books, decided in read:
        wanted = accounts[accounts["account_id"] == account] if account else accounts
        if wanted.empty:
            continue
        rows = recommend(wanted, books, policy, decided).recommendations
        shown.append(rows if account else rows[rows["rank"] == 1])
        if chart is not None:
            given = rows[(rows["rank"] == 1) & rows["worker_id"].notna()]
            chart.write_bytes(charts.balance(books, metrics.after(books, given, wanted)))
    if not shown:
        raise UsageError(f"account {account} is not waiting" if account else "no account waits")
    columns = ["account_id", "rank", "worker_id", "worker_name", "status", "score", "explanation"]
    return pd.concat(shown)[columns].dropna(axis=1, how="all")


def _proposals(
    scenario: Path | None, max_moves: int | None, max_revenue: float | None
) -> "tuple[list[Point], pd.DataFrame, pd.DataFrame]":
    """The proposals, the books of today and the owned accounts."""
    from cs_assets.routing import books as shelving
    from cs_assets.routing import situation, what_if

    policy, as_of = _policy(), _now()
    wanted = what_if.Scenario() if scenario is None else what_if.read(scenario)
    limits = {"max_moves": max_moves, "max_revenue": max_revenue}
    wanted = wanted.model_copy(update={k: v for k, v in limits.items() if v is not None})
    with _session() as db:
        owned = situation.owned(db, as_of, "", policy)
        workers = db.query("routing/workers")
    books = shelving.books(workers, owned, as_of, policy)
    return what_if.play(wanted, workers, owned, policy, as_of), books, owned


def _routed() -> "pd.DataFrame":
    """Plan what waits, run the assets for every open batch, and show the assignments."""
    import dagster as dg
    import pandas as pd

    from cs_assets.partitions import ROUTING_BATCHES
    from cs_assets.routing.assets import batch_assets
    from cs_assets.routing.situation import next_batches
    from cs_assets.running import instance_of
    from resources.claude import ClaudeResource
    from resources.errors import CsAssetsError, UsageError
    from resources.warehouse_choice import warehouse

    settings = _settings()
    with _session() as db:
        waiting = next_batches(db, _now())
    if not waiting:
        raise UsageError("no account waits for a CSM")
    root = str(settings.home.root)
    resources = {"warehouse": warehouse(settings), "claude": ClaudeResource(root=root)}
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with instance_of(settings.home) as instance:
        instance.add_dynamic_partitions(ROUTING_BATCHES, waiting)
        for batch in waiting:
            done = dg.materialize(
                batch_assets,
                partition_key=batch,
                instance=instance,
                resources=resources,
                run_config=quiet,
                raise_on_error=False,
            )
            if not done.success:
                raise CsAssetsError(f"routing batch {batch} failed; the run's log says why")
    with _session() as db:
        rows = pd.concat([db.query("routing/recommendations_of_batch", [b]) for b in waiting])
    shown = ["batch_id", "account_id", "worker_id", "worker_name", "status", "explanation"]
    return rows[rows["rank"] == 1][shown]


#: Columns up to which a table is laid out with a line for each row.
_WIDEST = 7


class _Shown:
    """Prints rows as a table for people or as JSON for programs."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json

    def rows(self, title: str, rows: "pd.DataFrame") -> None:
        from rich.console import Console
        from rich.table import Table

        if self.as_json:
            typer.echo(rows.to_json(orient="records", date_format="iso"))
            return
        console = Console()
        console.print(title, style="bold", highlight=False)
        table = Table(box=None, pad_edge=False)
        if len(rows.columns) > _WIDEST:  # a few rows of many figures read better downwards
            table.add_column("")
            for _ in range(len(rows)):
                table.add_column("", justify="right", overflow="fold")
            for name in rows.columns:
                cells = ("" if _missing(cell) else str(cell) for cell in rows[name])
                table.add_row(str(name).replace("_", " "), *cells)
        else:
            for name in rows.columns:
                table.add_column(str(name).replace("_", " "), overflow="fold")
            for row in rows.itertuples(index=False):
                table.add_row(*("" if _missing(cell) else str(cell) for cell in row))
        console.print(table)

    def points(
        self,
        points: "list[Point]",
        books: "pd.DataFrame",
        owned: "pd.DataFrame",
        chart: Path | None,
    ) -> None:
        import dataclasses

        import pandas as pd

        if self.as_json:
            typer.echo(json.dumps([dataclasses.asdict(point) for point in points]))
        else:
            listed = [
                {
                    "moves": len(point.moves),
                    "of them forced": point.forced,
                    "revenue moved": f"{point.revenue:,.0f}",
                    "imbalance before": point.before,
                    "after": point.balance,
                    "proven within": f"{100 * point.gap:.2f} %",
                }
                for point in points
            ]
            self.rows("Proposals; nothing is applied", pd.DataFrame(listed))
            if points and points[-1].moves:
                moves = pd.DataFrame(points[-1].moves, columns=["account", "from", "to"])
                self.rows("Moves of the last proposal", moves)
        if chart is not None and points:
            from cs_assets.routing import charts

            chart.write_bytes(charts.balance(books, _moved(books, owned, points[-1])))


def _moved(books: "pd.DataFrame", owned: "pd.DataFrame", point: "Point") -> "pd.DataFrame":
    """The books after the moves of a proposal, in points."""
    weight = owned.set_index("account_id")["points"]
    out = books.copy()
    for account, source, target in point.moves:
        out.loc[out["worker_id"] == source, "points"] -= weight[account]
        out.loc[out["worker_id"] == target, "points"] += weight[account]
    return out


def _missing(cell: object) -> bool:
    return cell is None or cell != cell


def _settings() -> "Settings":
    from resources.settings import Settings

    return Settings.load()


def _policy() -> "Policy":
    from cs_assets.routing import policy

    return policy.load(_settings().cs_assets_config_dir)


def _session() -> "Any":
    from resources.warehouse_choice import warehouse

    return warehouse(_settings()).session("cs-assets route")


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)
