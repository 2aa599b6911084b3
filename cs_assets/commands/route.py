"""`cs-assets route`: route what waits, rehearse, explain, ask what if, rebalance, decide."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cs_assets.commands.terminal import echo, echo_json

if TYPE_CHECKING:
    import pandas as pd

    from cs_assets.routing.policy import Policy
    from cs_assets.routing.rehearsal.capacity_plan import Region
    from cs_assets.routing.rehearsal.proposed import Proposed
    from cs_assets.routing.rehearsal.replay import Month
    from cs_assets.routing.status import Counted
    from resources.settings import Settings

app = typer.Typer(help="Owners for accounts.")

#: What is shown of a recommendation.
_SHOWN = ["account_id", "account_name", "worker_id", "worker_name", "status", "explanation"]

_NO_ORPHANS = "Every account has an owner who is there."
_NOTHING_LACKS = "The CRM has every owner that we gave."
_NOTHING_LEFT = "No account waits for a person."

_Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


@app.command("route")
def route(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be recommended; store nothing.")
    ] = False,
    account: Annotated[
        str,
        typer.Option(
            "--account", help="Score all CSMs for an account, by id or name; store nothing."
        ),
    ] = "",
    explain: Annotated[
        str,
        typer.Option("--explain", help="Why an account, by id or name, got its CSM, as stored."),
    ] = "",
    what_if: Annotated[
        Path | None, typer.Option("--what-if", help="YAML file with a scenario; store nothing.")
    ] = None,
    rebalance: Annotated[
        bool, typer.Option("--rebalance", help="Propose moves between CSMs; store nothing.")
    ] = False,
    replay: Annotated[
        int | None,
        typer.Option(
            "--replay", min=1, help="Route the last N months again with what was known then."
        ),
    ] = None,
    to_decide: Annotated[
        bool, typer.Option("--to-decide", help="The accounts that wait for a person.")
    ] = False,
    orphans: Annotated[
        bool, typer.Option("--orphans", help="Accounts whose owner left, leaves or is on leave.")
    ] = False,
    hand_off: Annotated[
        bool,
        typer.Option("--hand-off", help="Who takes the accounts of those who leave or are away."),
    ] = False,
    plan: Annotated[
        int | None,
        typer.Option("--plan", min=1, max=12, help="CSMs needed in the next quarters, by region."),
    ] = None,
    status: Annotated[
        bool,
        typer.Option(
            "--status", help="Where routing stands; exit status 1 when an owner cannot stay."
        ),
    ] = False,
    write_back: Annotated[
        Path | None,
        typer.Option("--write-back", help="Write the owners that the CRM lacks to this CSV file."),
    ] = None,
    to_crm: Annotated[
        bool,
        typer.Option("--to-crm", help="Tell the CRM (CRM_PROVIDER) the owners that it lacks."),
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
    from cs_assets.commands.route_terminal import Shown
    from cs_assets.errors import UsageError

    asked = (dry_run, account, explain, what_if, rebalance, replay, to_decide, orphans)
    more = (hand_off, plan, status, write_back, to_crm)
    if sum(map(bool, (*asked, *more))) > 1:
        raise UsageError(
            "give one of --dry-run, --account, --explain, --what-if, --rebalance, --replay, "
            "--to-decide, --orphans, --hand-off, --plan, --status, --write-back, "
            "--to-crm"
        )
    show = Shown(as_json)
    if explain:
        show.explanation(_explained(explain))
    elif replay:
        show.months(_replayed(replay), chart)
    elif what_if is not None or rebalance:
        show.points(_proposals(what_if, max_moves, max_revenue), chart)
    elif status:
        found, owners_can_stay = _status()
        show.status(found)
        if not owners_can_stay:
            raise typer.Exit(1)
    elif write_back is not None:
        show.rows("Owners that the CRM lacks", _written_back(write_back), _NOTHING_LACKS)
    elif to_crm:
        from cs_assets.commands import route_crm

        if route_crm.told(_settings(), show):
            raise typer.Exit(1)
    elif plan:
        show.plan(_planned(plan), chart)
    elif hand_off:
        show.hand_off(_handed_off())
    elif orphans:
        show.rows("Accounts without an owner who is there", _orphans(), _NO_ORPHANS)
    elif to_decide:
        show.recommendations("Waiting for a person (route-decide)", _to_decide(), _NOTHING_LEFT)
    elif account:
        show.recommendations("Would be recommended; nothing is stored", _rehearsed(account, chart))
    else:
        if dry_run:
            title, rows = "Would be recommended; nothing is stored", _rehearsed("", chart)
        else:
            title, rows = "Routed", _routed()
        show.recommendations(title, rows)
        left = _to_decide()
        show.left_to_people(list(left.loc[left["status"] != "to_mend", "account_id"]))
        show.to_mend(int((left["status"] == "to_mend").sum()))


@app.command("route-decide")
def decide(
    account: Annotated[str, typer.Argument(help="The account: id or name.")],
    decision: Annotated[
        Literal["approve", "override", "reject"],
        typer.Argument(help="approve, override or reject."),
    ],
    by: Annotated[str, typer.Option("--by", help="Who decides.")],
    reason: Annotated[
        str, typer.Option("--reason", help="Reason code, e.g. knows_customer, workload, other.")
    ],
    csm: Annotated[
        str, typer.Option("--csm", help="The CSM instead, by id or name, for an override.")
    ] = "",
    note: Annotated[str, typer.Option("--note", help="In words.")] = "",
) -> None:
    """Approve, override or reject the CSM of an account; later runs respect it."""
    from cs_assets.commands.meant import meant
    from cs_assets.errors import UsageError
    from cs_assets.routing.decisions import people

    if (decision == "override") != bool(csm):
        raise UsageError("an override names the CSM instead (--csm); nothing else does")
    at = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    with _session() as db:
        account = meant(db, "account", account)
        worker = meant(db, "worker", csm) if csm else None
        made = people.Decision(account, decision, reason, by, at, worker, note or None)
        people.decide(db, made)
    echo(f"{account}: {decision} by {by}" + (f", now with {worker}" if worker else ""))


@app.command("route-policy")
def check_policy(
    chart: Annotated[
        Path | None, typer.Option("--chart", help="Write a PNG of what load costs.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Run the example cases of the routing policy in force; exit status 1 when one fails."""
    from cs_assets.routing import policy_cases

    rules, folder = _policy(), _settings().cs_assets_config_dir
    cases = policy_cases.load(folder)
    if chart is not None:
        from cs_assets.routing.rehearsal import charts

        chart.write_bytes(charts.price_of_load(rules))
    told = [
        {"case": case.name, "expected": case.expect, "chosen": policy_cases.chosen(case, rules)}
        for case in cases
    ]
    broken = [one for one in told if one["chosen"] != one["expected"]]
    if as_json:
        echo_json({"version": rules.version, "cases": told, "broken": len(broken)})
    else:
        for one in broken:
            expected, got = _names(one["expected"]), _names(one["chosen"])
            echo(f"✗ {one['case']}: {expected} expected, {got} chosen")
        echo(f"Policy {rules.version}: {len(cases) - len(broken)} of {len(cases)} cases hold.")
    if broken:
        raise typer.Exit(1)


def _names(chosen: object) -> str:
    """CSMs of a case in words: one name, or one for each account."""
    if isinstance(chosen, dict):
        return ", ".join(f"{account} to {csm or 'nobody'}" for account, csm in chosen.items())
    return str(chosen or "nobody")


def _explained(account: str) -> "dict[str, Any]":
    """The stored audit of an account, as the row of `sql/routing/audit_of_account.sql`."""
    from cs_assets.commands.meant import meant
    from cs_assets.errors import UsageError
    from cs_assets.routing.rows import rows_of

    with _reading() as db:
        rows = db.query("routing/audit_of_account", [account])
        if rows.empty:
            account = meant(db, "account", account)
            rows = db.query("routing/audit_of_account", [account])
    if rows.empty:
        raise UsageError(
            f"account {account} was never routed; where it waits, --account scores CSMs"
        )
    return rows_of(rows)[0]


def _rehearsed(account: str, chart: Path | None) -> "pd.DataFrame":
    import pandas as pd

    from cs_assets.commands.meant import meant
    from cs_assets.errors import UsageError
    from cs_assets.routing import metrics, situation
    from cs_assets.routing.placing import capacity
    from cs_assets.routing.placing.recommend import recommend
    from cs_assets.routing.rehearsal import charts

    policy, as_of = _policy(), _now()
    with _session() as db, situation.rehearsal(db):
        account = meant(db, "account", account) if account else ""
        read = [situation.of_batch(db, b, as_of, policy) for b in situation.next_batches(db, as_of)]
        history = db.query("routing/history", [as_of])
    shown = []
    for accounts, books, decided in read:
        wanted = accounts[accounts["account_id"] == account] if account else accounts
        if wanted.empty:
            continue
        rows = recommend(wanted, books, policy, decided, history=history).recommendations
        rows = rows.merge(wanted[["account_id", "account_name"]], on="account_id")
        shown.append(rows if account else rows[rows["rank"] == 1])
        if chart is not None:
            given = rows[(rows["rank"] == 1) & rows["worker_id"].notna()]
            later = metrics.after(books, given, wanted)
            full = capacity.full_points(later, policy)
            chart.write_bytes(charts.balance(books, later.assign(full_points=full)))
    if account and not shown:
        raise UsageError(
            f"account {account} is not waiting for a CSM; where it was routed, --explain tells why"
        )
    if not shown:
        return pd.DataFrame()
    return pd.concat(shown)[["rank", "score"] * bool(account) + _SHOWN]


def _to_decide() -> "pd.DataFrame":
    from cs_assets.errors import NotCopied
    from cs_assets.routing import asking

    with _reading() as db:
        try:
            return asking.to_decide(db)
        except NotCopied as away:
            _tell(f"what has to be mended in rows of the sources is not told: {away}")
            return db.query("routing/to_decide")


def _orphans() -> "pd.DataFrame":
    from cs_assets.routing import asking

    with _reading() as db:
        return asking.orphans(db, _now(), _policy())


def _handed_off() -> "pd.DataFrame":
    from cs_assets.routing import asking

    with _reading() as db:
        return asking.handed_off(db, _now(), _policy())


def _written_back(path: Path) -> "pd.DataFrame":
    """The owners that the CRM lacks, written to ``path`` too."""
    from cs_assets.errors import UsageError
    from cs_assets.routing.decisions import crm_file
    from resources.files import write_atomically
    from resources.warehouse_choice import existing_warehouse

    if not path.parent.is_dir():
        raise UsageError(f"{path.parent} is no folder; give a file in one that there is")
    where = existing_warehouse(_settings())
    where.reach()
    with where.session("cs-assets route") as db:
        db.make_view("routing/create_vw_csm_write_back")
        rows = crm_file.rows(db.query("routing/write_back"))
    write_atomically(path, crm_file.as_csv(rows))
    return rows[["account_id", "owner_before", "owner_after", "owner_name_after"]]


def _planned(quarters: int) -> "list[Region]":
    from cs_assets.routing import asking

    with _reading() as db:
        return asking.planned(db, _now(), quarters, _policy())


def _status() -> "tuple[Counted, bool]":
    """Where routing stands, and whether every owner can stay; False also where nobody can tell."""
    from cs_assets.errors import NotCopied
    from cs_assets.routing import asking

    with _reading() as db:
        try:
            found = asking.status(db, _now(), _policy())
        except NotCopied as away:
            _tell(f"accounts per CSM, and owners that cannot stay, are not told: {away}")
            return asking.counted(db, _now(), _policy()), False
    return found, found.wrong.empty


def _proposals(
    scenario: Path | None, max_moves: int | None, max_revenue: float | None
) -> "Proposed":
    """What could move as things are, or as the scenario has them."""
    from cs_assets.routing import asking
    from cs_assets.routing.rehearsal import what_if

    policy, as_of = _policy(), _now()
    wanted = what_if.Scenario() if scenario is None else what_if.read(scenario)
    limits = {"max_moves": max_moves, "max_revenue": max_revenue}
    wanted = wanted.model_copy(update={k: v for k, v in limits.items() if v is not None})
    with _reading() as db:
        workers, owned = asking.people_and_accounts(db, as_of, policy)
    return asking.played(workers, owned, wanted, as_of, policy)


def _replayed(count: int) -> "list[Month]":
    """The last whole months, each routed again."""
    from cs_assets.routing.rehearsal.replay import last_months, replay

    policy, as_of = _policy(), _now()
    with _reading() as db:
        return [replay(db, month, policy) for month in last_months(as_of, count)]


def _routed() -> "pd.DataFrame":
    """Plan what waits, run the assets for every open batch, and show the assignments."""
    import dagster as dg
    import pandas as pd

    from cs_assets.commands.running import instance_of, report_of
    from cs_assets.errors import CsAssetsError
    from cs_assets.partitions import ROUTING_BATCHES
    from cs_assets.routing.assets import batch_assets
    from cs_assets.routing.situation import next_batches
    from resources.instance import run_owners
    from resources.models.claude import ClaudeResource
    from resources.warehouse_choice import warehouse

    settings = _settings()
    with _session() as db:
        waiting = next_batches(db, _now())
    if not waiting:
        return pd.DataFrame()
    resources = {
        "settings": settings,
        "warehouse": warehouse(settings),
        "claude": ClaudeResource(settings=settings),
    }
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    failed = []
    with instance_of(settings.home, _tell) as instance:
        instance.add_dynamic_partitions(ROUTING_BATCHES, waiting)
        for batch in waiting:
            done = dg.materialize(
                batch_assets,
                partition_key=batch,
                instance=instance,
                resources=resources,
                run_config=quiet,
                tags=run_owners.tags(),
                raise_on_error=False,
            )
            why = report_of(done, "routing", batch).failed
            failed += [f"{batch}: {step}: {reason}" for step, reason in why.items()]
    if failed:
        raise CsAssetsError(f"not every routing batch is routed: {'; '.join(failed)}")
    found = []
    with _session() as db:
        for batch in waiting:
            rows = db.query("routing/recommendations_of_batch", [batch])
            names = db.query("routing/accounts_of_batch", [batch])[["account_id", "account_name"]]
            found.append(rows[rows["rank"] == 1].merge(names, on="account_id"))
    return pd.concat(found)[_SHOWN]


def _tell(said: str) -> None:
    echo(f"! {said}", error=True)


def _settings() -> "Settings":
    from resources.settings import Settings

    return Settings.load()


def _policy() -> "Policy":
    from cs_assets.routing import policy

    return policy.load(_settings().cs_assets_config_dir)


def _session() -> "Any":
    """A session that may write, in an installation that is there."""
    from resources.warehouse_choice import existing_warehouse

    return existing_warehouse(_settings()).session("cs-assets route")


def _reading() -> "Any":
    from resources.warehouse_choice import warehouse

    return warehouse(_settings()).reading("cs-assets route")


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)
