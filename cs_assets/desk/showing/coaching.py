"""A rep's weeks, focus and plan, and the page of a team: no ranks, no number without its n."""

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from cs_assets.calls.texts import clock
from cs_assets.coaching.planning.plan import Plan
from cs_assets.desk.reading.coaching import RepWeeks, Row, Team
from cs_assets.desk.showing import html, words
from cs_assets.desk.showing.charts import draw
from cs_assets.desk.showing.frame import heading, put
from cs_assets.desk.showing.judgements import called
from cs_assets.frames import number_or_none, text_or_none
from cs_assets.reviews.editions.charts.model import Lines

#: What a trend's verdict says to people.
VERDICTS = {
    "improving": "▲ clearly better", "declining": "▼ clearly lower",
    "no_clear_change": "no clear change", "too_few_calls": "too few calls to say",
}  # fmt: skip


def week(found: RepWeeks) -> None:
    """What the newest digest says, what is in focus, and the scores."""
    digest = next(iter(found.of_week(found.digests)), None)
    if digest is None or text_or_none(digest["headline"]) is None:
        st.info(
            "No call of the last four weeks could be scored, so there is no digest of this week. "
            "The first scored call brings scores, a focus with the moment to hear, and a digest "
            "on Monday."
        )
    else:
        put(html.tag("p", str(digest["headline"]), kind="cs-lead"))
        if win := text_or_none(digest["win"]):
            put(html.tag("p", html.joined([html.tag("strong", "A win:"), win])))
    if any(one["calls_window"] for one in found.of_week(found.scores)):
        put(_focus(found.of_week(found.focus)))
        put(_scores(found))
    _history(found)
    if found.disputes:
        rows = [
            (html.link(words.date(one.call_date), "calls", call=one.call_id),
             called(one.focus_id), one.reason,
             one.decision or "open", one.decision_reason or "")
            for one in found.disputes
        ]  # fmt: skip
        put(html.table("Disputed", ("Call of", "Judgement", "Because", "Decision", "Why"), rows))


def _focus(rows: Sequence[Row]) -> Markup:
    told = [
        (
            text_or_none(one["behaviour"]) or called(one["focus_id"]),
            words.plain(one["state"]), words.date(one["since_week"]),
            f"missing in {words.number(one['missing'])} of {one['calls']:.0f} calls"
            + ("" if one["is_clear"] is True else "; a hint, it may be chance"),
            _level(one), _moment(one),
        )
        for one in sorted(rows, key=lambda one: number_or_none(one["place"]) or 99)
    ]  # fmt: skip
    if not told:
        return html.muted("Nothing is in focus: no behaviour stands out to work on.")
    headings = ("In focus", "State", "Since", "Seen", "Level and target", "Moment to hear")
    return html.table("What to work on, the first thing first", headings, told)


def _level(row: Row) -> str:
    level = number_or_none(row["level"])
    now = "no chance seen" if level is None else f"{level:.0f}%"
    return f"{now}, to reach {row['target']:.0f}%"


def _moment(row: Row) -> html.Part:
    call, quote = text_or_none(row["moment_call_id"]), text_or_none(row["moment_quote"])
    if call is None or quote is None:
        return ""
    start = int(row["moment_start_ms"])
    where = html.link(f"at {clock(start)}", "calls", call=call, at=start // 1000)
    return html.joined([where, f"“{quote}”"])


def _scores(found: RepWeeks) -> Markup:
    trends = {one["dimension"]: one for one in found.of_week(found.trends)}
    rows = []
    overall_first = sorted(
        found.of_week(found.scores),
        key=lambda one: (one["dimension"] != "overall", one["dimension"]),
    )
    for one in overall_first:
        trend = trends.get(one["dimension"])
        mean = number_or_none(one["mean_window"])
        rows.append(
            (
                words.plain(one["dimension"]),
                words.score(mean, words.NO_DATA),
                "" if mean is None else _between(one["low_window"], one["high_window"]),
                f"{one['calls_window']:.0f}",
                VERDICTS.get(str(trend["verdict"]), "") if trend else "",
                words.plain(trend["reason"]) if trend else "",
            )
        )
    headings = ("Dimension", "Mean of 4 weeks", "Likely range (95%)", "Calls", "Trend", "Why")
    return html.table("Scores", headings, rows, numbers=[1, 3])


def _between(low: object, high: object) -> str:
    return f"{words.score(low, '?')} to {words.score(high, '?')}"


def _history(found: RepWeeks) -> None:
    every = [one for one in found.scores if one["dimension"] == "overall"]
    values = tuple(number_or_none(one["mean_window"]) for one in every)
    known = [one for one in values if one is not None]
    if len(known) < 2:
        return
    data = Lines(
        moments=tuple(words.short_date(one["week_start"]) for one in every), names=("Overall",),
        values=(values,), labels=(f"Overall {known[-1]:.0f}",), unit="",
    )  # fmt: skip
    heading("Overall, mean of four weeks")
    draw(data, f"Overall by week, {known[0]:.0f} at first, {known[-1]:.0f} last", "overall")


def plan(made: Plan) -> None:
    """Thirty days of calls: levels, what to practise with moments, what goes well."""
    first, last = words.long_date(made.first_day), words.long_date(made.last_day)
    told = f"{first} to {last}: {words.counted(made.scored, 'scored call')}."
    left = ", ".join(f"{n} {status.replace('_', ' ')}" for status, n in made.not_scored.items())
    put(html.tag("p", told + (f" Left out: {left}." if left else ""), kind="cs-lead"))
    if not made.scored:
        st.info("No call could be scored, so there is nothing to plan on.")
        return
    rows = [
        (
            one.title,
            f"missing in {one.missing_in} of {one.chances} calls"
            + ("" if one.is_clear else "; a hint, it may be chance"),
            one.action,
            html.lines(
                [
                    html.link(
                        f"{words.short_date(m.call_date)}, at {clock(m.start_ms)}",
                        "calls", call=m.call_id, at=m.start_ms // 1000,
                    )
                    for m in one.moments
                ]
            ),
        )
        for one in made.focus
    ]  # fmt: skip
    if rows:
        put(html.table("Four weeks, one thing at a time",
                       ("Work on", "Seen", "Try", "Hear together"), rows))  # fmt: skip
    else:
        st.caption("Nothing was missing often enough.")
    if made.strengths:
        told = "; ".join(f"{one} (in {done} of {n} calls)" for one, done, n in made.strengths)
        put(html.tag("p", html.joined([html.tag("strong", "Keep:"), told])))
    if made.objections:
        heard = [
            (kind.replace("_", " "), f"{accounts}", f"{calls}", f"{resolved}")
            for kind, calls, accounts, resolved in made.objections
        ]
        headings = ("Objection", "Accounts", "Calls", "Resolved in")
        put(html.table("Objections", headings, heard, numbers=[1, 2, 3]))


def team(found: Team) -> None:
    """The reps by name."""
    rows = [
        (
            html.link(one.person.name, "coaching", rep=one.person.id),
            f"{one.calls}",
            words.score(one.mean, words.NO_DATA),
            ""
            if one.mean is None
            else f"{words.score(one.low, '?')} to {words.score(one.high, '?')}",
            VERDICTS.get(one.verdict, ""),
            one.focus or "nothing in focus",
            f"{one.open_disputes}" if one.open_disputes else "",
        )
        for one in found.lines
    ]
    headings = ("Rep", "Calls", "Overall", "Likely range (95%)", "Trend", "Works on", "Disputes")
    note = "By name: scores are for coaching, not for ranks. n are the scored calls of four weeks."
    put(html.table("Reps", headings, rows, numbers=[1, 2, 6], note=note))
    put(_recurring([one for one in found.patterns if one["kind"] != "behaviour"]))
    put(_behaviours([one for one in found.patterns if one["kind"] == "behaviour"]))


def _recurring(patterns: Sequence[Row]) -> Markup:
    """What several accounts speak of, with the sentences."""
    if not patterns:
        return Markup("")
    quotes: dict[tuple[str, str], list[Row]] = {}
    for one in patterns:
        quotes.setdefault((str(one["kind"]), str(one["name"])), []).append(one)
    rows = [
        (kind, name, f"{int(said[0]['accounts'])}", f"{int(said[0]['calls'])}", _trend(said[0]),
         html.lines([_said(one) for one in said]))
        for (kind, name), said in quotes.items()
    ]  # fmt: skip
    headings = ("What", "Words", "Accounts", "Calls", "Trend", "In the calls")
    note = "Of eight weeks, from three accounts on; trends compare the later four with the earlier."
    return html.table("What recurs", headings, rows, numbers=[2, 3], note=note)


def _trend(row: Row) -> str:
    return (
        f"{row['verdict']} ({int(row['accounts_recent'])} of {int(row['spoken_recent'])} accounts, "
        f"before {int(row['accounts_before'])} of {int(row['spoken_before'])})"
    )


def _said(row: Row) -> Markup:
    start = int(row["start_ms"])
    where = html.link(clock(start), "calls", call=str(row["call_id"]), at=start // 1000)
    return html.joined([where, f"“{row['sentence']}”"])


def _behaviours(patterns: Sequence[Row]) -> Markup:
    """Which behaviours go with deals that were won; that nothing was found is said."""
    if not patterns:
        return Markup("")
    rows = [
        (str(one["name"]), f"{one['mean_won']:.2f} (n={int(one['won'])})",
         f"{one['mean_lost']:.2f} (n={int(one['lost'])})",
         f"{one['difference']:+.2f} ({one['low']:+.2f} to {one['high']:+.2f})", str(one["verdict"]))
        for one in patterns
        if str(one["verdict"]).startswith("more")
    ]  # fmt: skip
    others = {
        verdict: [str(one["name"]) for one in patterns if one["verdict"] == verdict]
        for verdict in ("no difference found", "too few deals", "no spread to judge by")
    }
    note = " ".join(
        f"{verdict.capitalize()}: {', '.join(names)}." for verdict, names in others.items() if names
    )
    note += " What goes with winning need not be its cause."
    headings = ("Behaviour", "Won deals", "Lost deals", "Difference (95%)", "Verdict")
    return html.table("Won and lost deals", headings, rows, note=note)
