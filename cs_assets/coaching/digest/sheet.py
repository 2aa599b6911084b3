"""The fact sheet of a digest: every figure, name, date and quote that it may show."""

import datetime as dt
from collections.abc import Iterator

import pandas as pd

from cs_assets.coaching import windows
from cs_assets.coaching.digest.bands import band_of
from cs_assets.coaching.digest.language import Language, language_of
from cs_assets.coaching.planning.focus import Focus, behaviour_of
from cs_assets.coaching.planning.moments import Moment, title_of
from cs_assets.coaching.planning.prediction import COVERAGE
from cs_assets.coaching.policy import DIMENSIONS, CoachingPolicy
from cs_assets.coaching.quotes import Words
from cs_assets.coaching.rep_week import RepWeek, Row
from cs_assets.facts.model import Direction, Fact, FactSheet, Quote, Status, Unit

#: What may be said of a trend.
VERDICTS = ("improving", "declining", "no_clear_change", "too_few_calls")

#: Kinds of call that have a name of their own in the catalogues.
_CALL_TYPES = (
    "discovery", "demo", "negotiation", "closing", "success", "support", "internal", "other",
)  # fmt: skip

#: Why a call was not scored, as far as the catalogues name it.
_SKIPPED = ("too_short", "internal", "private", "no_transcript", "unclear_speakers", "language")


def skipped_because(reason: str, t: Language) -> str:
    """Why a call was not scored, for readers."""
    return t.say(f"skipped.{reason if reason in _SKIPPED else 'other'}")


def digest_sheet(week: RepWeek, policy: CoachingPolicy) -> FactSheet:
    """All facts and quotes of one rep's week."""
    days = windows.week(week.monday)
    quotes: list[Quote] = []
    t = language_of(policy)
    facts = [
        *_frame(week, policy),
        *_dimensions(week, policy, t),
        *_prediction(week),
        *_objections(week, policy, quotes, t),
        *_focus(week, policy, quotes, t),
        *_win(week, policy, quotes, t),
        *_themes(week, policy, quotes, t),
        *_calls(week, policy, t),
        *_disputes(week, policy, t),
    ]
    return FactSheet(
        entity_type="rep",
        entity_id=week.rep.user_id,
        period_start=days.first,
        period_end=days.last,
        cutoff=cutoff(week.monday),
        facts=tuple(facts),
        quotes=tuple(quotes),
    )


def cutoff(monday: dt.date) -> dt.datetime:
    """The end of the week: calls that started before it are in (UTC)."""
    return dt.datetime.combine(monday + windows.WEEK, dt.time())


def titled(call: Row, t: Language) -> str:
    """How a call is named to readers."""
    return title_of(call) or t.say("untitled")


def _type(kind: str, t: Language) -> str:
    return t.say(f"type.{kind}") if kind in _CALL_TYPES else t.say("type.named", kind=kind)


def text(fact_id: str, value: str, label: str = "") -> Fact:
    """A name, title or wording from outside the text."""
    return Fact(fact_id, label or fact_id, value, "text")


def heading(label: str) -> str:
    """A label as it stands at the start of a line."""
    return label[:1].upper() + label[1:]


def count(fact_id: str, label: str, value: float, n: int | None = None) -> Fact:
    """A number of things."""
    return Fact(fact_id, label, float(value), "count", n=n)


def day(fact_id: str, label: str, value: dt.date) -> Fact:
    """A date."""
    return Fact(fact_id, label, value.isoformat(), "date")


def value(
    fact_id: str,
    label: str,
    number: float | None,
    unit: Unit,
    *,
    n: int,
    direction: Direction = "neutral",
    missing: Status = "no_data",
    reason: str | None = None,
    source: str | None = None,
) -> Fact:
    """A figure that may be missing."""
    if number is None or pd.isna(number):
        return Fact(fact_id, label, None, unit, n=n, status=missing, reason=reason, source=source)
    return Fact(fact_id, label, float(number), unit, n=n, direction=direction, source=source)


def _frame(week: RepWeek, policy: CoachingPolicy) -> Iterator[Fact]:
    window = windows.recent(week.monday, policy.window_weeks)
    yield text("rep.name", week.rep.name, "rep")
    yield text("rep.first_name", week.rep.name.split()[0], "first name")
    yield day("week.start", "week from", week.monday)
    yield day("week.end", "week to", windows.week(week.monday).last)
    yield day("window.start", "window from", window.first)
    yield count("window.weeks", "weeks of the window", policy.window_weeks)
    yield count("before.weeks", "weeks of the window before", policy.before_weeks)
    yield count("scale.top", "highest score", 100)
    yield count("interval.percent", "confidence of ranges, percent", 95)
    yield count("calls.week", "scored calls in the week", week.calls_week)
    yield count("calls.window", "scored calls in the window", len(week.calls))
    yield count("calls.skipped", "calls not scored", sum(week.skipped.values()))
    yield count("calls.least", "calls needed in each window", policy.least_calls)
    if week.unread_week:
        yield text("data.calls", week.unread_week, "calls of the week that were not read")
    if week.unread:
        yield text("data.calls_window", week.unread, "calls of the window that were not read")
    for reason, calls in week.skipped.items():
        yield count(f"skipped.{reason}", f"calls not scored: {reason}", calls)
    yield text("rubric.version", str(week.scores["overall"]["rubric_version"]), "rubric")
    model = str(week.scores["overall"]["model"])
    by = language_of(policy).say("scored_by.rules") if model == "rules" else model
    yield text("rubric.model", by, "scored by")
    yield text("dispute.contact", policy.dispute_contact, "who reviews a disputed score")


def _dimensions(week: RepWeek, policy: CoachingPolicy, t: Language) -> Iterator[Fact]:
    for name in DIMENSIONS:
        scores, trend = week.scores[name], week.trends[name]
        own = policy.dimensions[name]
        n = int(scores["calls_window"])
        yield text(f"{name}.label", own.label)
        yield value(f"{name}.target", f"{own.label} target", own.target, "count", n=n)
        yield count(f"{name}.calls_window", f"{own.label}: calls of the window", n)
        yield count(f"{name}.calls_week", f"{own.label}: calls of the week", scores["calls_week"])
        for part in ("mean", "min", "max", "low", "high"):
            yield _score(name, f"{part}_window", own.label, scores, n)
        for part in ("mean", "min", "max"):
            yield _score(name, f"{part}_week", own.label, scores, int(scores["calls_week"]))
        band = band_of(scores, own.target, policy)
        told = f"{band.shape} {t.say(band.key)}"
        yield text(f"{name}.band", told, f"{own.label} against its target")
        yield from _lowest_and_highest(name, own.label, week, t)
        yield count(f"{name}.weeks_before", "weeks before with calls", trend["weeks_before"])
        yield text(f"{name}.verdict", t.say(f"verdict.{trend['verdict']}"), f"{own.label} trend")
        yield count(f"{name}.calls_before", f"{own.label}: calls before", trend["calls_before"])
        for part in ("change", "change_low", "change_high", "change_shrunk"):
            yield value(
                f"{name}.{part}",
                f"{own.label}: {part.replace('_', ' ')}",
                trend[part],
                "count",
                n=int(trend["calls_recent"] + trend["calls_before"]),
                direction="higher_is_better",
                reason="too few calls",
                source="analytics.rep_week_trends",
            )


def _score(name: str, part: str, label: str, scores: Row, n: int) -> Fact:
    return value(
        f"{name}.{part}",
        f"{label}: {part.replace('_', ' ')}",
        scores[part],
        "count",
        n=n,
        direction="higher_is_better",
        missing="not_applicable" if n == 0 else "no_data",
        reason="no call gave a chance to show it" if n == 0 else "one call has no interval",
        source="analytics.rep_week_scores",
    )


def _prediction(week: RepWeek) -> Iterator[Fact]:
    """What is foretold of the next window; withheld, with the reason, when nothing may be."""
    found = week.prediction
    yield count("prediction.percent", "share of intervals that hold", round(100 * COVERAGE))
    for part in ("low", "mean", "high"):
        yield value(
            f"prediction.{part}",
            f"overall score of the next window: {part}",
            None if found is None else round(getattr(found, part)),
            "count",
            n=0 if found is None else found.past,
            missing="withheld",
            reason=week.unforetold if found is None else None,
        )


def _lowest_and_highest(name: str, label: str, week: RepWeek, t: Language) -> Iterator[Fact]:
    """The calls behind the ends of the range, the newest where several stand there."""
    scored = [call for call in week.calls if not pd.isna(call[name])]
    if len(scored) < 2:
        return
    for part, best in (("lowest", min), ("highest", max)):
        call = best(scored, key=lambda one: one[name])
        yield text(f"{name}.{part}.call", titled(call, t), f"{label}: {part} call")
        yield day(f"{name}.{part}.date", "date of the call", call["call_date"])
        yield count(f"{name}.{part}", f"{label}: {part}", call[name], len(scored))
        if not pd.isna(call["url"]):
            yield text(f"{name}.{part}.url", str(call["url"]), "page of the call")


def _themes(
    week: RepWeek, policy: CoachingPolicy, quotes: list[Quote], t: Language
) -> Iterator[Fact]:
    for number, missed in enumerate(week.missed[: policy.shown_themes], start=1):
        prefix = f"missed.{number}"
        behaviour = policy.behaviour(missed.focus_id)
        assert behaviour is not None, missed.focus_id
        yield text(f"{prefix}.label", heading(behaviour.label))
        for part in ("missing", "chances", "accounts"):
            yield count(f"{prefix}.{part}", f"calls {part}", getattr(missed, part), missed.chances)
        if missed.moment is not None and missed.is_told:
            yield from place_facts(prefix, missed.moment, t)
        elif missed.moment is not None:
            yield text(f"{prefix}.missed", behaviour.missed, "what was missing")
            yield from moment_facts(prefix, missed.moment, quotes, t)
    for number, topic in enumerate(week.topics[: policy.shown_themes], start=1):
        yield text(f"topic.{number}.name", topic.name, "topic as Gong names it")
        yield count(f"topic.{number}.calls", "calls with it", topic.calls, week.calls_week)
        yield count(f"topic.{number}.accounts", "accounts with it", topic.accounts)


def _objections(
    week: RepWeek, policy: CoachingPolicy, quotes: list[Quote], t: Language
) -> Iterator[Fact]:
    for row in week.objections:
        kind = str(row["objection_type"])
        prefix, n = f"objection.{kind}", int(row["scored_calls"])
        yield text(f"{prefix}.label", heading(policy.objection(kind).label))
        for part in ("calls", "accounts", "calls_no_account", "resolved", "open_calls"):
            yield count(f"{prefix}.{part}", f"{kind}: {part.replace('_', ' ')}", row[part], n)
        yield count(f"{prefix}.scored_calls", "scored calls of the window", n)
        for part in ("share_low", "share_high"):
            few = n < policy.cases_below
            yield value(
                f"{prefix}.{part}",
                f"{kind}: {part.replace('_', ' ')}",
                None if few else round(100 * row[part]),
                "count",
                n=n,
                missing="suppressed",
                reason="too few calls for a share" if few else None,
                source="analytics.rep_week_objections",
            )
        if kind in week.objection_moments:
            yield from moment_facts(prefix, week.objection_moments[kind], quotes, t)


def _focus(
    week: RepWeek, policy: CoachingPolicy, quotes: list[Quote], t: Language
) -> Iterator[Fact]:
    for area in week.focus:
        if area.place is None:
            continue
        prefix = f"focus.{area.place}"
        behaviour = behaviour_of(area, policy)
        yield text(f"{prefix}.title", behaviour.title)
        yield text(f"{prefix}.action", behaviour.action)
        yield from _level(prefix, area)
        if area.focus_id in week.focus_moments:
            yield text(f"{prefix}.missed", behaviour.missed, "what was missing")
            yield from moment_facts(prefix, week.focus_moments[area.focus_id], quotes, t)
    for number, area in enumerate(week.also_improved, start=1):
        yield text(f"improved.{number}.title", behaviour_of(area, policy).title)
    for number, area in enumerate(week.dropped_focus, start=1):
        yield text(f"dropped.{number}.title", behaviour_of(area, policy).title)
    yield count("done.target", "usual target, percent of calls", policy.done_target)
    yield count("dropped.weeks", "weeks without a chance", policy.weeks_to_drop)


def _level(prefix: str, area: Focus) -> Iterator[Fact]:
    yield day(f"{prefix}.since", "focus since the week of", area.since_week)
    yield count(f"{prefix}.calls", "calls that gave a chance", area.calls)
    yield count(f"{prefix}.missing", "calls that lacked it", area.missing, area.calls)
    yield count(f"{prefix}.done", "calls in which it was done", area.calls - area.missing)
    target = round(area.target)
    yield value(f"{prefix}.target", "target, percent of calls", target, "count", n=area.calls)


def _win(week: RepWeek, policy: CoachingPolicy, quotes: list[Quote], t: Language) -> Iterator[Fact]:
    win = week.win
    if win.kind == "none":
        return
    if win.kind == "objection_resolved":
        yield text("win.area", policy.objection(win.subject).label)
    elif win.kind == "improving":
        own = policy.dimension(win.subject)
        yield text("win.area", t.within(own.label))
        yield text("win.praise", own.praise)
    else:
        behaviour = policy.behaviour(win.subject)
        assert behaviour is not None, win.subject
        yield text("win.area", behaviour.title)
        yield text("win.praise", behaviour.praise)
        area = next((area for area in week.focus if area.focus_id == win.subject), None)
        if area is not None:
            yield from _level("win", area)
    if win.moment is not None:
        yield from moment_facts("win", win.moment, quotes, t)


def _disputes(week: RepWeek, policy: CoachingPolicy, t: Language) -> Iterator[Fact]:
    if policy.dispute_url:
        yield text("dispute.url", policy.dispute_url, "where a score is disputed")
    for number, one in enumerate(week.disputes, start=1):
        prefix = f"disputed.{number}"
        behaviour = policy.behaviour(one.focus_id)
        yield text(f"{prefix}.label", behaviour.label if behaviour else one.focus_id)
        yield text(f"{prefix}.call", one.title or t.say("untitled"), "call")
        yield day(f"{prefix}.date", "date of the call", one.call_date)
        was, claimed = ("missing", "done") if one.was_missing else ("done", "missing")
        yield text(f"{prefix}.was", t.say(f"judged.{was}"), "as scored")
        yield text(f"{prefix}.claimed", t.say(f"judged.{claimed}"), "as you say")
        if one.decided_by:
            yield text(f"{prefix}.decider", one.decided_by, "who decided")


def _calls(week: RepWeek, policy: CoachingPolicy, t: Language) -> Iterator[Fact]:
    days = windows.week(week.monday)
    shown = [call for call in week.calls if call["call_date"] in days][: policy.shown_calls]
    for number, call in enumerate(shown, start=1):
        prefix = f"call.{number}"
        yield text(f"{prefix}.title", titled(call, t))
        yield text(f"{prefix}.type", _type(str(call["call_type"]), t), "type of the call")
        yield day(f"{prefix}.date", "date of the call", call["call_date"])
        yield value(
            f"{prefix}.overall",
            "overall score of the call",
            call["overall"],
            "count",
            n=1,
            source="analytics.call_analysis",
        )
        if not pd.isna(call["url"]):
            yield text(f"{prefix}.url", str(call["url"]))
    left = sum(1 for call in week.calls if call["call_date"] in days) - len(shown)
    yield count("calls.not_listed", "scored calls of the week not listed", left)


#: Marks on the speaker of a quote: it came later than the one before; it goes on after a gap.
LATER, GOES_ON = " later", " goes on"
#: Sentences between two lines of a moment from which the second came later.
_AT_ONCE = 6


def moment_facts(prefix: str, shown: Moment, quotes: list[Quote], t: Language) -> Iterator[Fact]:
    """The facts of a moment; adds its quotes under the id of ``prefix`` with underscores."""
    before = shown.lines[0][1]
    for role, words in shown.lines:
        gap, before = _gap(before, words), words
        quotes.append(
            Quote(
                quote_id="_".join([prefix.replace(".", "_"), *([role] if role else [])]),
                text=words.text,
                source_id=shown.call_id,
                speaker=_speaker(words, shown.rep_user_id) + gap,
                start_seconds=words.start_ms / 1000,
            )
        )
    yield from place_facts(prefix, shown, t)


def place_facts(prefix: str, shown: Moment, t: Language) -> Iterator[Fact]:
    """Where a moment is to be heard."""
    yield text(f"{prefix}.call", shown.title or t.say("untitled"), "call")
    yield day(f"{prefix}.date", "date of the call", shown.date)
    yield text(f"{prefix}.time", clock(shown.words.start_ms), "time in the call")
    if shown.url is not None:
        yield text(f"{prefix}.url", shown.url, "page of the call, from that second")


def _gap(before: Words, words: Words) -> str:
    """The mark on what does not follow at once."""
    gap = words.sentence_index - before.sentence_index
    if gap > 1 and (before.is_ours, before.user_id) == (words.is_ours, words.user_id):
        return GOES_ON
    return LATER if gap > _AT_ONCE else ""


def _speaker(words: Words, rep_user_id: str | None) -> str:
    if not words.is_ours:
        return "customer"
    if words.user_id is None:
        return "our side"
    return "rep" if words.user_id == rep_user_id else "colleague"


def clock(milliseconds: int) -> str:
    """Time in a call: 7:05 or 1:02:09."""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
