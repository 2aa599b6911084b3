"""The asset ``weekly_reports``: the texts of reviews, and what they advise."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import dagster as dg
import pandas as pd

from cs_assets.ai.prompting import prompts
from cs_assets.kit.assets import partition_dates, result, table_asset
from cs_assets.kit.spool import Spool
from cs_assets.partitions import weeks
from cs_assets.reviews import hands
from cs_assets.reviews.configuration import Edition
from cs_assets.reviews.facts.assets import (
    AT_ONCE,
    GROUP,
    ReviewScope,
    chosen,
    load_settings,
    rows_of,
)
from cs_assets.reviews.facts.readings import Customers, ranges
from cs_assets.reviews.facts.sheets import windows_of
from cs_assets.reviews.writing.batch import Desk, Kept, advised, report_rows, write_to_keep
from cs_assets.reviews.writing.case_matching import CaseMatcher
from cs_assets.reviews.writing.earlier import earlier_reports
from cs_assets.reviews.writing.follow_up import effect_facts, first_week, pasts
from cs_assets.reviews.writing.revisions import with_revisions
from resources.models.cortex_search import case_study_search
from resources.models.writer import WriterResource
from resources.settings import Settings
from resources.warehouse import Between, Scalar, Scope, Session, Warehouse

#: Portions whose reports are put in place in one transaction; of more, so many at a time.
_TOGETHER, _AT_A_TIME = 5, 2
#: What is told of customers, what was told before, and what was advised.
_TOLD = (
    "analytics.weekly_reports", "analytics.weekly_report_revisions", "analytics.review_advice",
)  # fmt: skip


@dg.asset(
    **table_asset(
        "analytics.weekly_reports",
        group=GROUP,
        deps=["review_facts", "source_case_studies", "action_effects"],
        partitions_def=weeks,
        single_run=True,
        kinds=("python",),
    )
)
def weekly_reports(
    context: dg.AssetExecutionContext,
    config: ReviewScope,
    warehouse: Warehouse,
    writer: WriterResource,
    settings: dg.ResourceParam[Settings],
) -> dg.MaterializeResult:
    policy = load_settings(settings)
    folder = settings.cs_assets_config_dir
    told = _Told()
    for week in partition_dates(context):
        with warehouse.session("weekly_reports") as db:
            scope = chosen(db, config)
            studies = db.query("reviews/case_studies")
            assigned = db.query("reviews/assigned_customers")
            effects = effect_facts(db.query("reviews/effects", [week]))
        desk = Desk(
            matcher=CaseMatcher(studies, case_study_search(settings, studies), policy.case_studies),
            writer=writer.for_run("weekly_reports", context.run.run_id, len(assigned)),
            prompts={name: prompts.load(f"reviews/{name}", folder) for name in policy.sections},
            settings=policy,
            effects=effects,
        )
        csm_of = dict(zip(assigned["customer_id"], assigned["csm_id"], strict=True))
        cutoff = pd.Timestamp(windows_of(week, config.edition, policy).cutoff)
        now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
        with Spool() as made_now, Spool() as made_before, Spool() as advice:
            portions = list(scope.portions(assigned["customer_id"], AT_ONCE))
            for portion in portions:
                facts, at_desk = _material(warehouse, portion, week, config.edition, desk)
                made = write_to_keep(facts, at_desk)
                rows = report_rows(made, csm_of, pd.Timestamp(week), config.edition, cutoff)
                asked: list[Scalar] = [*portion.bounds, week, config.edition]
                with warehouse.session("weekly_reports") as db:
                    before = portion.only(db.query("reviews/stored_revisions", asked))
                rows, replaced = with_revisions(rows, before, context.run.run_id, now)
                made_now.add(rows)
                made_before.add(replaced)
                advice.add(advised(made, week, config.edition))
                told.count(made)
            with warehouse.session("weekly_reports") as db:
                for part, of_part in _parts(portions, rows_of(week, scope, config.edition)):
                    with db.transaction(*_TOLD):
                        _put_in_place(db, part, (made_now, made_before, advice), of_part)
    used = writer.used("weekly_reports", context.run.run_id)
    return result(sum(told.statuses.values()), {**told.metadata(), **used})


def _parts(portions: Sequence[Customers], of_run: Scope) -> Iterator[tuple[Customers, Scope]]:
    """Customers whose reports are put in place at once, and what these replace.

    All of them, unless they are very many: memory holds three times what one transaction writes.
    """
    if len(portions) <= _TOGETHER:
        yield Customers(), of_run
        return
    groups = [portions[k : k + _AT_A_TIME] for k in range(0, len(portions), _AT_A_TIME)]
    whole = [Customers(tuple(id_ for one in group for id_ in one.ids or ())) for group in groups]
    for part, span in zip(whole, ranges(whole), strict=True):
        named = "customer_id" in of_run
        yield part, {**of_run, "customer_id": list(part.ids or ()) if named else Between(*span)}


def _put_in_place(
    db: Session, part: Customers, spools: tuple[Spool, Spool, Spool], scope: Scope
) -> None:
    """Some customers' reports of a run, what they replace, and what they advise."""
    made, before, advice = spools
    for table, spool in (("analytics.weekly_reports", made), ("analytics.review_advice", advice)):
        db.replace(table, pd.DataFrame(), scope)
        for rows in spool:
            db.append(table, part.only(rows))
    for rows in before:
        db.merge("analytics.weekly_report_revisions", part.only(rows))


def _material(
    warehouse: Warehouse, portion: Customers, week: dt.date, edition: Edition, desk: Desk
) -> tuple[pd.DataFrame, Desk]:
    """Facts of some customers, and the desk with what was said and done of them before."""
    bounds, since = portion.bounds, first_week(week)
    with warehouse.session("weekly_reports") as db:

        def of(statement: str, *more: Scalar) -> pd.DataFrame:
            return portion.only(db.query(f"reviews/{statement}", [*bounds, *more]))

        last_week, stored = (
            earlier_reports(of("reports", monday, edition))
            for monday in (week - dt.timedelta(weeks=1), week)
        )
        past = pasts(of("advice_before", since, week, edition), of("done_before", since, week))
        done = hands.hands_of(of("hands", hands.first_week(week), week))
        facts = of("facts", week, edition)
    return facts, replace(desk, last_week=last_week, stored=stored, past=past, hands=done)


class _Told:
    """What a person wants to see of a run that wrote reports, without the reports."""

    def __init__(self) -> None:
        self.statuses: Counter[str] = Counter()
        self._writers: Counter[str] = Counter()
        self._failed: dict[str, str] = {}
        self._degraded: dict[str, list[str]] = {}
        self._first: str | None = None

    def count(self, made: Sequence[Kept]) -> None:
        for one in made:
            self.statuses[one.status] += 1
            if one.failure:
                self._failed[one.customer_id] = one.failure
            if one.columns:
                self._writers[str(one.columns["writer"])] += 1
                self._first = self._first or one.columns["full_report"]
                if one.degraded:
                    self._degraded[one.customer_id] = list(one.degraded)

    def metadata(self) -> dict[str, Any]:
        metadata: dict[str, Any] = {
            "reports_by_status": dg.MetadataValue.json(dict(self.statuses)),
            "failed": dg.MetadataValue.json(self._failed),
        }
        if self._first is not None:
            metadata["writers"] = dg.MetadataValue.json(dict(self._writers))
            metadata["degraded"] = dg.MetadataValue.json(self._degraded)
            metadata["first_report"] = dg.MetadataValue.md(self._first)
        return metadata
