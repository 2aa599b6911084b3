"""Insights of one week: assignments for the writer, kept texts, next actions.

A text holds slots, not figures. So it depends on names and states, on the size and
direction of the figures, on the rule-based text (whose words turn where a limit is
crossed) and on the prompt. While these stay, the slotted text is kept and filled
with the week's own figures: noise in a figure bills no new text.
"""

import datetime as dt
import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cs_assets.ai.writing import Assignment, Draft, Prompt, Writer
from cs_assets.customers import health, insight_facts, insight_text
from cs_assets.customers.policy import CustomerPolicy, Playbook
from cs_assets.facts import slots
from cs_assets.facts.model import Fact, FactSheet
from cs_assets.feeds.coverage import CALLS, CONVERSIONS, USAGE
from cs_assets.feeds.gaps import Gaps
from cs_assets.frames import records
from sql import catalog

#: Percentages within one step are worth the same words.
_PERCENT_STEP = 25
_MAX_CHARACTERS = 900
#: What prepares an event is due this long before it, where there is so much time.
_AHEAD = dt.timedelta(days=7)


@dataclass(frozen=True)
class Case:
    """One customer's week: its sheet, the playbook that fits, and what the text depends on."""

    sheet: FactSheet
    playbook: Playbook
    facts_hash: str
    prompt: Prompt

    @property
    def assignment(self) -> Assignment:
        return Assignment(
            key=f"{self.sheet.entity_id}/{self.sheet.period_start}",
            sheet=self.sheet,
            prompt=self.prompt,
            rules=lambda: insight_text.summary(self.sheet),
            max_characters=_MAX_CHARACTERS,
        )


def case(
    sheet: FactSheet, metrics: Mapping[str, Any], playbooks: list[Playbook], prompt: Prompt
) -> Case:
    """The case of one customer; ``metrics`` are its derived metrics."""
    playbook = next(p for p in playbooks if p.fitting(metrics) is not None)
    return Case(sheet, playbook, _facts_hash(sheet, prompt), prompt)


def _facts_hash(sheet: FactSheet, prompt: Prompt) -> str:
    values = {
        fact.fact_id: [fact.status, _size(fact)]
        for fact in sheet
        if fact.fact_id != "segment.since"
    }
    document = [values, insight_text.summary(sheet), prompt.name, prompt.version]
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def _size(fact: Fact) -> float | str | None:
    """The value as words depend on it: percentages by step, other figures by power of two."""
    if not fact.is_number:
        return fact.value
    number = fact.number
    if fact.unit == "percent":
        return math.floor(number / _PERCENT_STEP)
    return 0 if number == 0 else math.copysign(round(math.log2(1 + abs(number))), number)


def kept_draft(case: Case, earlier: Mapping[str, Any] | None) -> Draft | None:
    """The text of an earlier row when it still holds for this case's facts."""
    if earlier is None or earlier["facts_hash"] != case.facts_hash:
        return None
    text = earlier["summary_slotted"]
    if not isinstance(text, str) or slots.problems(text, case.sheet):
        return None
    return Draft(
        key=case.assignment.key,
        text=text,
        writer=str(earlier["writer"]),
        model=str(earlier["model"]),
        prompt_version=str(earlier["prompt_version"]),
    )


def row(case: Case, draft: Draft, is_reused: bool) -> dict[str, Any]:
    """The row of ``analytics.customer_insights``."""
    return {
        "customer_id": case.sheet.entity_id,
        "week_start": case.sheet.period_start,
        "summary": slots.fill(draft.text, case.sheet).text,
        "summary_slotted": draft.text,
        "next_action": slots.fill(case.playbook.action, case.sheet).text,
        "next_action_code": case.playbook.code,
        "expected_effect": slots.fill(case.playbook.effect, case.sheet).text,
        "due_on": due_on(case),
        "facts": case.sheet.as_json(),
        "facts_hash": case.facts_hash,
        "is_reused": is_reused,
        "writer": draft.writer,
        "model": draft.model,
        "prompt_version": draft.prompt_version,
    }


def due_on(case: Case) -> dt.date:
    """The day by which the action is due: soon, and before what it serves where that is ahead."""
    tomorrow = case.sheet.period_end + dt.timedelta(days=1)
    due = case.sheet.period_end + dt.timedelta(days=max(1, case.playbook.due_days))
    renewal = case.sheet.get("renewal.date") if case.playbook.serves == "renewal" else None
    if renewal is None or renewal.value is None:
        return due
    event = dt.date.fromisoformat(str(renewal.value))
    return min(due, max(tomorrow, event - _AHEAD), max(event, tomorrow))


def rows_of_week(
    customers: pd.DataFrame,
    modules: pd.DataFrame,
    earlier: dict[str, dict[str, Any]],
    week: dt.date,
    policy: CustomerPolicy,
    prompt: Prompt,
    author: Writer,
    gaps: Gaps | None = None,
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Rows of ``analytics.customer_insights`` of one week, and who broke with what."""
    why = _not_there(customers, gaps or Gaps())
    by_customer = {str(key): records(group) for key, group in modules.groupby("customer_id")}
    rows: list[dict[str, Any]] = []
    failed: dict[str, str] = {}
    for metrics in records(health.of_policy(customers, policy)):
        customer = str(metrics["customer_id"])
        try:
            sheet = insight_facts.sheet(
                metrics, by_customer.get(customer, []), week, policy.modules, why.get(customer)
            )
            one = case(sheet, metrics, policy.playbooks, prompt)
            before = earlier.get(customer)
            draft = kept_draft(one, before)
            reused = draft is not None and _is_reused(before, week)
            if draft is None:
                draft = author.write([one.assignment])[0]
            rows.append(row(one, draft, reused))
        except Exception as error:
            failed[customer] = f"{type(error).__name__}: {error}"
    return pd.DataFrame(
        rows, columns=catalog.table("analytics.customer_insights").column_names
    ), failed


def _not_there(customers: pd.DataFrame, gaps: Gaps) -> dict[str, dict[str, str]]:
    """By customer and feed what is not there of the present four weeks, in words."""
    ids = customers["customer_id"]
    by_feed = {feed: gaps.why(ids, feed, "current") for feed in (USAGE, CONVERSIONS, CALLS)}
    owned = customers["active_modules"].notna()
    # One module of several that is late leaves the sum of all unknown.
    part = by_feed[USAGE].isna() & customers["key_actions_4w"].isna() & owned
    by_feed[USAGE] = by_feed[USAGE].mask(part, "usage figures are not all there")
    nothing = pd.Series(None, index=ids.index, dtype=object)
    by_feed["contracts"] = nothing.mask(~owned, "no contract is on record")
    found: dict[str, dict[str, str]] = {}
    for feed, reasons in by_feed.items():
        for customer, why in zip(ids, reasons, strict=True):
            if isinstance(why, str):
                found.setdefault(str(customer), {})[feed] = why
    return found


def _is_reused(before: dict[str, Any] | None, week: dt.date) -> bool:
    """Kept from an earlier week; the same week made again says what it said."""
    if before is None:
        return False
    if pd.Timestamp(before["week_start"]).date() == week:
        return bool(before["is_reused"])
    return True
