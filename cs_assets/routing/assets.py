"""Routing assets: accounts and books of a batch, the recommendation, its review, the assignment."""

import datetime as dt
from typing import Any

import dagster as dg
import pandas as pd

from cs_assets.kit.assets import by_batch, result, table_asset
from cs_assets.partitions import week_of, weeks
from cs_assets.routing import books as shelving
from cs_assets.routing import cover, metrics, policy, review, service_level, situation
from cs_assets.routing.decisions import assigning
from cs_assets.routing.decisions.earlier import decisions_of
from cs_assets.routing.placing import capacity
from cs_assets.routing.rehearsal import charts
from resources.models.claude import ClaudeResource
from resources.settings import Settings
from resources.warehouse import Session, Warehouse

_GROUP = "routing"
_SOLVED = ("analytics.csm_routing_recommendations", "analytics.routing_solutions")


#: Later than any assignment.
_ANY_TIME = dt.datetime.combine(dt.date.max, dt.time.min)


class UnknownBatch(LookupError):
    """No account is stored for the batch: it was never planned, or planned into another."""


def policy_in_force(settings: Settings) -> policy.Policy:
    """The routing policy that the settings name."""
    return policy.load(settings.cs_assets_config_dir)


def _as_of(members: pd.DataFrame, batch: str) -> Any:
    if members.empty:
        raise UnknownBatch(
            f"routing batch {batch} has no accounts; plan one with `cs-assets route` "
            "or let needs_csm_sensor do it"
        )
    return pd.Timestamp(members["batched_at"].iloc[0]).to_pydatetime()


def _write(db: Session, table: str, rows: pd.DataFrame, batch: str) -> int:
    return db.replace(table, rows.assign(batch_id=batch), {"batch_id": batch})


@dg.asset(
    **by_batch(
        "analytics.accounts_needing_csm",
        group=_GROUP,
        deps=[
            "source_onboarding_detail",
            "source_accounts",
            "source_workday_workers",
            "source_svot_signals",
        ],
    )
)
def accounts_needing_csm(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    batch = context.partition_key
    with warehouse.session("accounts_needing_csm") as db:
        described = situation.described(db, batch, policy_in_force(settings))
    _as_of(described, batch)
    kept = described[[c for c in described.columns if c not in _ONLY_FOR_WEIGHING]]
    with warehouse.session("accounts_needing_csm") as db:
        count = _write(db, "analytics.accounts_needing_csm", kept, batch)
    shown = kept[["account_id", "segment", "health_segment", "neediness", "points", "waiting_days"]]
    return result(
        count,
        {
            "accounts": dg.MetadataValue.md(_markdown(shown)),
            "with_unknowns": int((kept["missing"] != "[]").sum()),
            "rows_with_problems": int((kept["problems"] != "[]").sum()),
        },
    )


_ONLY_FOR_WEIGHING = (
    "module_count",
    "integration_count",
    "open_tickets",
    "escalations_90d",
    "worst_signal",
)


@dg.asset(
    **by_batch(
        "analytics.csm_books",
        group=_GROUP,
        deps=[
            accounts_needing_csm,
            "source_workday_workers",
            "source_accounts",
            "source_svot_signals",
        ],
    )
)
def csm_books(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    batch = context.partition_key
    with warehouse.session("csm_books") as db:
        as_of = _as_of(db.query("routing/batch_members", [batch]), batch)
        rules = policy_in_force(settings)
        owned = situation.owned(db, as_of, batch, rules)
        workers = db.query("routing/workers")
    books = shelving.books(workers, owned, as_of, rules)
    with warehouse.session("csm_books") as db:
        count = _write(db, "analytics.csm_books", books, batch)
    if books.empty:
        return result(0, {"available": 0})
    shown = books[["worker_id", "tenure_category", "accounts", "points", "red", "unavailable_why"]]
    return result(
        count,
        {
            "available": int(books["is_available"].sum()),
            "with_problems": int((books["problems"] != "[]").sum()),
            "books": dg.MetadataValue.md(_markdown(shown)),
        },
    )


@dg.asset(
    **by_batch(
        "analytics.csm_routing_recommendations",
        group=_GROUP,
        deps=[accounts_needing_csm, csm_books, "source_csm_assignment_history"],
        kinds=("pulp", "highs"),
        name="routing_recommendations",
    )
)
def routing_recommendations(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    from cs_assets.routing.placing.recommend import recommend  # the solvers are heavy

    batch = context.partition_key
    with warehouse.session("routing_recommendations") as db:
        accounts = db.query("routing/accounts_of_batch", [batch])
        books = db.query("routing/books_of_batch", [batch])
        as_of = _as_of(accounts, batch)
        decisions = db.query("routing/decisions", [as_of])
        history = db.query("routing/history", [as_of])
    outcome = recommend(
        accounts,
        books,
        policy_in_force(settings),
        decisions_of(decisions),
        history=history,
    )
    rows = outcome.recommendations.assign(recommended_at=as_of)
    solution = pd.DataFrame([{**outcome.solution, "batched_at": as_of}])
    with warehouse.session("routing_recommendations") as db, db.transaction(*_SOLVED):
        count = _write(db, "analytics.csm_routing_recommendations", rows, batch)
        _write(db, "analytics.routing_solutions", solution, batch)
    first = rows[rows["rank"] == 1]
    told = (
        "assigned",
        "waiting",
        "needs_person",
        "method",
        "status",
        "gap",
        "solver",
        "match_term",
    )
    return result(
        count,
        {
            **{name: _plain(outcome.solution[name]) for name in told},
            "recommendations": dg.MetadataValue.md(
                _markdown(first[["account_id", "worker_name", "status", "explanation"]])
            ),
        },
    )


@dg.asset(
    **by_batch(
        "analytics.routing_reviews",
        group=_GROUP,
        deps=[routing_recommendations],
        name="routing_review",
    )
)
def routing_review(
    context: dg.AssetExecutionContext,
    warehouse: Warehouse,
    claude: ClaudeResource,
    settings: dg.ResourceParam[Settings],
) -> dg.MaterializeResult:
    batch = context.partition_key
    with warehouse.session("routing_review") as db:
        rows = db.query("routing/recommendations_of_batch", [batch])
        accounts = db.query("routing/accounts_of_batch", [batch])
        books = db.query("routing/books_of_batch", [batch])
        history = db.query("routing/history", [_as_of(accounts, batch)])
    prompt = review.instructions(settings.cs_assets_config_dir)
    on_flag = policy_in_force(settings).review.on_flag
    parts = []
    for some in review.parts(rows):
        seen = review.document(some, accounts, books, history)
        advice = claude.advise(
            asset="routing_review",
            run_id=context.run.run_id,
            account=batch,
            week=f"{pd.Timestamp(_as_of(accounts, batch)):%G-W%V}",
            prompt=prompt,
            document=seen,
            answer=review.ReviewAnswer,
        )
        verdicts: dict[str, review.RowVerdict] | review.Rejected
        verdicts = review.Rejected(advice.reason)
        if advice.answer is not None:
            verdicts = review.checked(advice.answer, seen)
        if isinstance(verdicts, review.Rejected):
            parts.append(review.unreviewed(some, verdicts.reason, prompt.version))
        else:
            parts.append(
                review.reviewed(
                    some,
                    verdicts,
                    model=advice.model,
                    prompt_version=prompt.version,
                    on_flag=on_flag,
                )
            )
    reviewed = pd.concat(parts) if parts else review.unreviewed(rows, "", prompt.version)
    with warehouse.session("routing_review") as db:
        count = _write(db, "analytics.routing_reviews", reviewed, batch)
    found = reviewed["verdict"].value_counts()
    why = "; ".join(sorted(set(reviewed["why_unreviewed"].dropna())))
    if not parts:
        why = "nothing was recommended"
    return result(count, {**{str(k): int(n) for k, n in found.items()}, "why_unreviewed": why})


@dg.asset(
    **by_batch(
        "analytics.account_csm_assignments",
        group=_GROUP,
        deps=[routing_recommendations, routing_review],
        name="routing_assignments",
    )
)
def routing_assignments(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> dg.MaterializeResult:
    batch = context.partition_key
    table = "analytics.account_csm_assignments"
    with warehouse.session("routing_assignments") as db, db.transaction(table):
        planned = assigning.assignments(
            db.query("routing/recommendations_of_batch", [batch]),
            db.query("routing/accounts_of_batch", [batch]),
            db.query("routing/reviews_of_batch", [batch]),
        )
        members = set(db.query("routing/batch_members", [batch])["account_id"])
        existing = db.query("routing/assignments")
        ours = assigning.still_ours(planned, existing, members, batch)
        kept = assigning.within_caps(
            ours,
            db.query("routing/books_of_batch", [batch]),
            db.query("routing/owned_accounts", [_ANY_TIME, batch]),
            set(existing.loc[existing["batch_id"] == batch, "account_id"]),
        )
        merged = db.merge(table, kept)
    with warehouse.session("routing_assignments") as db:
        db.make_view("routing/create_vw_csm_write_back")
    return result(
        len(kept),
        {
            "inserted": merged.inserted,
            "updated": merged.updated,
            "held": int((kept["status"] == "held").sum()) if len(kept) else 0,
            "left_to_other_batches": len(planned) - len(ours),
            "room_gone_meanwhile": len(ours) - len(kept),
        },
    )


@dg.asset(
    **by_batch(
        "analytics.routing_metrics",
        group=_GROUP,
        deps=[routing_assignments],
        kinds=("python",),
    )
)
def routing_metrics(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    batch = context.partition_key
    with warehouse.session("routing_metrics") as db:
        rows = db.query("routing/recommendations_of_batch", [batch])
        accounts = db.query("routing/accounts_of_batch", [batch])
        books = db.query("routing/books_of_batch", [batch])
        reviews = db.query("routing/reviews_of_batch", [batch])
        given = db.query("routing/assignments_of_batch", [batch])
    later = metrics.after(books, given, accounts)
    measured = metrics.measure(rows, later, reviews).assign(batched_at=_as_of(accounts, batch))
    with warehouse.session("routing_metrics") as db:
        count = _write(db, "analytics.routing_metrics", measured, batch)
        over_time = db.query("routing/metrics")
    told = measured[measured["scope"] == "all"].set_index("metric")
    values = {
        str(name): "no data" if pd.isna(row["value"]) else f"{row['value']:.3f} (n={row['n']})"
        for name, row in told.iterrows()
    }
    pictures = {}
    if len(books):
        full = capacity.full_points(later, policy_in_force(settings))
        shown = charts.balance(books, later.assign(full_points=full))
        pictures["books"] = dg.MetadataValue.md(charts.as_markdown(shown, "books before and after"))
    drawn = charts.as_markdown(charts.fairness(over_time), "fairness over time")
    pictures["fairness"] = dg.MetadataValue.md(drawn)
    drawn = charts.as_markdown(charts.over_time(over_time), "measures over time")
    pictures["over_time"] = dg.MetadataValue.md(drawn)
    return result(count, {**values, **pictures})


@dg.asset(
    **table_asset(
        "analytics.rebalancing_proposals",
        # A group of its own: a job has one partitions definition, and batches have another.
        group="rebalancing",
        deps=["source_accounts", "source_workday_workers", "source_svot_signals"],
        partitions_def=weeks,
        kinds=("pulp", "highs"),
    )
)
def rebalancing_proposals(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    from cs_assets.routing.rehearsal import rebalance  # the solvers are heavy

    as_of, rules = _end_of(context.partition_key), policy_in_force(settings)
    with warehouse.session("rebalancing_proposals") as db:
        owned = situation.owned(db, as_of, "", rules)
        workers = db.query("routing/workers")
    books = shelving.books(workers, owned, as_of, rules)
    points = rebalance.pareto(owned, books, rules, as_of) if len(books) else []
    count = _write_week(warehouse, context, rebalance.as_rows(points))
    listed = pd.DataFrame(
        [(len(p.moves), p.forced, p.revenue, p.before, p.balance) for p in points],
        columns=["moves", "forced", "revenue moved", "imbalance before", "after"],
    )
    return result(count, {"proposals": dg.MetadataValue.md(_markdown(listed))})


@dg.asset(
    **table_asset(
        "analytics.orphaned_accounts",
        group="rebalancing",
        deps=["source_accounts", "source_workday_workers"],
        partitions_def=weeks,
    )
)
def orphaned_accounts(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    as_of, rules = _end_of(context.partition_key), policy_in_force(settings)
    with warehouse.session("orphaned_accounts") as db:
        owned = situation.owned(db, as_of, "", rules)
        workers = db.query("routing/workers")
    rows = cover.orphans(owned, workers, as_of, rules)
    count = _write_week(warehouse, context, rows)
    by_reason = {str(why): int(n) for why, n in rows["why"].value_counts().items()}
    shown = rows[["account_id", "worker_id", "why", "until", "revenue"]]
    return result(count, {**by_reason, "accounts": dg.MetadataValue.md(_markdown(shown))})


@dg.asset(
    **table_asset(
        "analytics.routing_service_level",
        group="rebalancing",
        deps=[routing_assignments, "source_onboarding_detail", "stg_gong_calls"],
        partitions_def=weeks,
    )
)
def routing_service_level(
    context: dg.AssetExecutionContext, warehouse: Warehouse, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:
    as_of, rules = _end_of(context.partition_key), policy_in_force(settings)
    with warehouse.session("routing_service_level") as db:
        moments = db.query("routing/service_level")
    rows = service_level.by_account(moments, as_of, rules)
    count = _write_week(warehouse, context, rows)
    told = service_level.measures(moments, as_of, rules)
    values = {
        name: "no data" if value is None else f"{value:g} (n={n})"
        for name, (value, n) in told.items()
    }
    late = rows[rows["late"].notna()]
    return result(count, {**values, "late": dg.MetadataValue.md(_markdown(late))})


def _end_of(week: str) -> dt.datetime:
    """The last second of a week."""
    return dt.datetime.combine(week_of(week)[1], dt.time.max).replace(microsecond=0)


def _write_week(warehouse: Warehouse, context: dg.AssetExecutionContext, rows: pd.DataFrame) -> int:
    """Replace the rows of the asset's table and week; how many there are."""
    name, scope = context.asset_key.path[-1], {"week_start": week_of(context.partition_key)[0]}
    with warehouse.session(name) as db:
        return db.replace(f"analytics.{name}", rows.assign(**scope), scope)


def _plain(value: Any) -> Any:
    return "not applicable" if value is None else value


def _markdown(frame: pd.DataFrame, most: int = 50) -> str:
    """A markdown table of the first rows; empty cells for what is not there."""
    lines = ["| " + " | ".join(frame.columns) + " |", "|---" * len(frame.columns) + "|"]
    for row in frame.head(most).itertuples(index=False):
        cells = ["" if pd.isna(cell) else str(cell).replace("|", "\\|") for cell in row]
        lines.append("| " + " | ".join(cells) + " |")
    if len(frame) > most:
        lines.append(f"\n{len(frame) - most} more")
    return "\n".join(lines)


#: What a routing run makes, batch by batch.
batch_assets = [
    accounts_needing_csm,
    csm_books,
    routing_recommendations,
    routing_review,
    routing_assignments,
    routing_metrics,
]
assets = [*batch_assets, rebalancing_proposals, orphaned_accounts, routing_service_level]
