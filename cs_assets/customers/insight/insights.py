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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cs_assets.ai.writing import Assignment, Draft, Prompt, Writer
from cs_assets.customers.follow_up import actions
from cs_assets.customers.follow_up.actions import Action, Past
from cs_assets.customers.insight import insight_facts, insight_text
from cs_assets.customers.judging import health
from cs_assets.customers.policy import CustomerPolicy, Playbook
from cs_assets.facts import slots
from cs_assets.facts.model import Fact, FactSheet
from cs_assets.feeds.coverage import CALLS, CONVERSIONS, USAGE
from cs_assets.feeds.gaps import Gaps
from cs_assets.frames import records, records_by
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
    action: Action
    trigger: str
    """The conditions that made the playbook fit, in words."""
    facts_hash: str
    prompt: Prompt
    industry: str = ""

    @property
    def playbook(self) -> Playbook:
        return self.action.playbook

    @property
    def assignment(self) -> Assignment:
        return Assignment(
            key=f"{self.sheet.entity_id}/{self.sheet.period_start}",
            sheet=self.sheet,
            prompt=self.prompt,
            rules=lambda: insight_text.summary(self.sheet),
            max_characters=_MAX_CHARACTERS,
            industry=self.industry,
        )


def case(
    sheet: FactSheet,
    metrics: Mapping[str, Any],
    playbooks: list[Playbook],
    prompt: Prompt,
    past: Past | None = None,
) -> Case:
    """The case of one customer; ``metrics`` are its derived metrics."""
    metrics = {"churn_signals_13w": metrics.get("churn_calls_13w"), **metrics}
    action = actions.chosen(playbooks, metrics, sheet.entity_id, sheet.period_start, past or Past())
    fitting = action.playbook.fitting(metrics) or []
    trigger = "; ".join(dict.fromkeys(c.in_words(metrics) for c in fitting))
    industry = str(metrics.get("industry") or "")
    return Case(sheet, action, trigger, _facts_hash(sheet, prompt), prompt, industry)


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
        "action_title": case.playbook.title,
        "action_id": case.action.action_id,
        "action_state": case.action.state,
        "action_trigger": case.trigger or "no other playbook fits",
        "proposed_on": case.action.proposed_on,
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
    """The day by which the action is due.

    What it was when the action was taken; else soon, never after a renewal that is ahead,
    and a week before the last day of notice where it serves that and there is so much time.
    """
    if case.action.due_on is not None:
        return case.action.due_on
    end = case.sheet.period_end
    tomorrow = end + dt.timedelta(days=1)
    due = end + dt.timedelta(days=max(1, case.playbook.due_days))
    renewal, notice = (_ahead(case.sheet, name, tomorrow) for name in _EVENTS)
    if renewal is None:
        is_over = case.playbook.serves and case.sheet.has("renewal.date")
        return tomorrow if is_over else due
    if case.playbook.serves is None:
        return min(due, renewal)
    event = renewal if notice is None else min(notice, renewal)
    return min(due, max(tomorrow, event - _AHEAD), event)


#: Facts with the days that actions have to come before.
_EVENTS = ("renewal.date", "renewal.notice")


def _ahead(sheet: FactSheet, name: str, tomorrow: dt.date) -> dt.date | None:
    fact = sheet.get(name)
    if fact is None or fact.value is None:
        return None
    day = dt.date.fromisoformat(str(fact.value))
    return day if day >= tomorrow else None


@dataclass(frozen=True)
class Known:
    """What insights read beside metrics and modules; empty where nothing is known."""

    events: pd.DataFrame | None = None
    """Rows of ``customers/actions_before``."""
    owners: pd.DataFrame | None = None
    """Rows of ``customers/owners``."""
    churn_words: pd.DataFrame | None = None
    """Rows of ``customers/churn_words``."""
    without_effect: frozenset[str] = frozenset()
    """Playbooks that are known to do nothing, or harm."""

    def by_customer(self, name: str) -> dict[str, list[dict[str, Any]]]:
        rows: pd.DataFrame | None = getattr(self, name)
        return {} if rows is None else records_by(rows, "customer_id")


def rows_of_week(
    customers: pd.DataFrame,
    modules: pd.DataFrame,
    earlier: dict[str, dict[str, Any]],
    week: dt.date,
    policy: CustomerPolicy,
    prompt: Prompt,
    author: Writer,
    gaps: Gaps | None = None,
    known: Known | None = None,
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Rows of ``analytics.customer_insights`` of one week, and who broke with what."""
    known = known or Known()
    cases, failed = _cases(customers, modules, earlier, week, policy, prompt, gaps, known)
    drafts = {
        one.assignment.key: draft
        for one in cases
        if (draft := kept_draft(one, earlier.get(one.sheet.entity_id))) is not None
    }
    kept = set(drafts)
    missing = [one for one in cases if one.assignment.key not in drafts]
    # What a budget leaves room for is written of those who are worth most.
    missing.sort(key=lambda one: (-_worth(one.sheet), one.sheet.entity_id))
    drafts |= _written([one.assignment for one in missing], author, failed)
    owners = known.by_customer("owners")
    rows = []
    for one in cases:
        customer, key = one.sheet.entity_id, one.assignment.key
        if key in drafts:
            reused = key in kept and _is_reused(earlier.get(customer), week)
            owner = next(iter(owners.get(customer, [])), {}).get("csm_id")
            rows.append({**row(one, drafts[key], reused), "action_owner": owner})
    columns = catalog.table("analytics.customer_insights").column_names
    return pd.DataFrame(rows, columns=columns), failed


def _cases(
    customers: pd.DataFrame,
    modules: pd.DataFrame,
    earlier: Mapping[str, Mapping[str, Any]],
    week: dt.date,
    policy: CustomerPolicy,
    prompt: Prompt,
    gaps: Gaps | None,
    known: Known,
) -> tuple[list[Case], dict[str, str]]:
    """The cases of all customers, and who broke with what."""
    events, said = known.by_customer("events"), known.by_customer("churn_words")
    why = _not_there(customers, gaps or Gaps())
    by_customer = records_by(modules, "customer_id")
    cases: list[Case] = []
    failed: dict[str, str] = {}
    for metrics in records(health.of_policy(customers, policy)):
        customer = str(metrics["customer_id"])
        mine = events.get(customer, [])
        try:
            sheet = insight_facts.with_history(
                insight_facts.sheet(
                    metrics, by_customer.get(customer, []), week, policy.modules, why.get(customer)
                ),
                actions.in_words(mine[-1], policy.playbooks) if mine else None,
                next(iter(said.get(customer, [])), None),
            )
            past = Past(mine, earlier.get(customer), known.without_effect)
            cases.append(case(sheet, metrics, policy.playbooks, prompt, past))
        except Exception as error:
            failed[customer] = f"{type(error).__name__}: {error}"
    return cases, failed


def _worth(sheet: FactSheet) -> float:
    fact = sheet["value.arr"]
    return fact.number if fact.is_number else 0.0


def _written(
    assignments: Sequence[Assignment], author: Writer, failed: dict[str, str]
) -> dict[str, Draft]:
    """Drafts by key, all at once; where one breaks, each by itself, and it is told which."""
    try:
        reports = author.write_reports([[one] for one in assignments])
        return {draft.key: draft for (draft,) in reports}
    except Exception:
        drafts = {}
        for one in assignments:
            try:
                drafts[one.key] = author.write([one])[0]
            except Exception as error:
                failed[one.sheet.entity_id] = f"{type(error).__name__}: {error}"
        return drafts


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
