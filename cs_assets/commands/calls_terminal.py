"""How calls, matches and plans look on a terminal. Only wording and layout live here."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from rich import box
from rich.cells import cell_len
from rich.markup import escape, render
from rich.table import Table

from cs_assets.calls import search, told, transcript
from cs_assets.calls.impact_trend import WeekImpact
from cs_assets.calls.scoring.rubric import DIMENSIONS
from cs_assets.calls.texts import clock
from cs_assets.commands.console import Console
from cs_assets.facts.wording import counted
from cs_assets.frames import number_or_none, records, text_or_none

_COLOURS = {"Critical": "bold red", "High": "red", "Medium": "yellow", "Low": "green"}
_LEGEND = "; P product knowledge, D discovery, O objection handling, E engagement"
#: Columns of a terminal from which the list shows every dimension.
_WIDE = 120
#: Blank columns that a table puts to each of its columns.
_BETWEEN = 2


def print_calls(rows: pd.DataFrame, most: int, span: tuple[dt.date, dt.date]) -> None:
    """A table of calls with its n; what was cut off is said."""
    console = Console(markup=True)
    if rows.empty:
        console.print(f"No call fits between {span[0]} and {span[1]}.")
        return
    wide = console.width >= _WIDE
    console.print(f"{counted(len(rows), 'call')}, {span[0]} to {span[1]}{_LEGEND if wide else ''}")
    headings = ["call", "day", "account", "rep", "score"]
    headings += [*"PDOE", "customer", "priority"] if wide else ["priority"]
    cells = [_call_cells(row, wide) for row in records(rows.head(most))]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for heading, width in zip(headings, _widths(headings, cells, console.width), strict=True):
        numeric = heading in ("score", *"PDOE")
        table.add_column(heading, justify="right" if numeric else "left", no_wrap=True, width=width)
    for line in cells:
        table.add_row(*line)
    console.print(table)
    console.tell_more(rows, most)


def _widths(headings: list[str], cells: list[list[str]], room: int) -> list[int]:
    """Widths of the list's columns: names give way, ids and numbers are never cut."""
    widths = [
        max(len(heading), *(cell_len(render(line[place]).plain) for line in cells))
        for place, heading in enumerate(headings)
    ]
    account, rep = headings.index("account"), headings.index("rep")
    left = room - _BETWEEN * len(headings) - sum(widths) + widths[account] + widths[rep]
    widths[rep] = min(widths[rep], max(6, left * 2 // 5))
    widths[account] = min(widths[account], max(8, left - widths[rep]))
    return widths


def _call_cells(row: Mapping[str, Any], wide: bool) -> list[str]:
    """A call's line in the list; the dimensions and the customer's mood where there is room."""
    status, priority = str(row["status"]), str(row["priority"])
    cells = [
        escape(str(row["call_id"])),
        f"{row['call_date']:%m-%d}",
        escape(text_or_none(row["account_name"]) or "not known"),
        escape(text_or_none(row["rep_name"]) or "not known"),
    ]
    if status != "scored":
        cells.append(status.replace("_", " ") if wide else "–")
        return [*cells, *([""] * 5 if wide else []), "" if wide else status.replace("_", " ")]
    cells.append(_score(row["overall_score"]))
    if wide:
        cells += [_score(row[f"{dimension}_score"]) for dimension in DIMENSIONS]
        cells.append(text_or_none(row["sentiment_category"]) or "not judged")
    return [*cells, f"[{_COLOURS[priority]}]{priority}[/]"]


def _score(value: Any) -> str:
    score = number_or_none(value)
    return "n/a" if score is None else f"{score:.0f}"


def print_call(
    row: Mapping[str, Any],
    sentences: pd.DataFrame,
    *,
    with_transcript: bool = False,
    judged: pd.DataFrame | None = None,
) -> None:
    """One call from its head to its coaching; a part that is missing is named as missing.

    ``judged``: what a model judged of it, rows of ``calls/judgements``.
    """
    console = Console(markup=True)
    _head(console, row)
    status = text_or_none(row["status"])
    if status is None:
        console.print("\nNot analysed yet: run the day of this call.")
    elif status != "scored":
        console.print(
            f"\nNot scored ({status.replace('_', ' ')}): {escape(str(row['status_reason']))}"
        )
    else:
        _scores(console, row)
        if judged is not None and len(judged):
            _judgements(console, records(judged))
        _objections(console, row)
        _coaching(console, row)
    if with_transcript:
        _transcript(console, sentences)


def _judgements(console: Console, judged: list[dict[str, Any]]) -> None:
    """Where a model and the rules agree, and each criterion on which they do not."""
    agree = sum(one["compared"] == "agrees" for one in judged)
    models = ", ".join(sorted({str(one["model"]) for one in judged}))
    console.print(
        f"\n[bold]Judged by {escape(models)}, too[/bold]: as the rules in {agree} of {len(judged)} "
        "criteria; no score rests on it"
    )
    for one in judged:
        if one["compared"] != "differs":
            continue
        name = escape(str(one["criterion"]).replace("_", " "))
        said = text_or_none(one["quote"])
        console.hang(
            f"  {name}: rules {float(one['rules_share']):.2f}, model {float(one['share']):.2f}, "
            f"{escape(text_or_none(one['reason']) or 'no reason')}"
            f"{f' “{escape(said)}”' if said else ''}"
        )


def _head(console: Console, row: Mapping[str, Any]) -> None:
    minutes = number_or_none(row["duration_seconds"])
    length = f"{minutes / 60:.0f} min" if minutes is not None else "length not known"
    title = escape(text_or_none(row["title"]) or "untitled")
    console.print(f"[bold]{title}[/bold]  {row['started']:%Y-%m-%d %H:%M} UTC, {length}")
    amount = number_or_none(row["deal_amount"])
    deal = text_or_none(row["deal_stage"])
    if deal is not None and (since := text_or_none(row["deal_since"])):
        deal = f"{deal} ({since})"
    console.print(
        f"account {escape(text_or_none(row['account_name']) or 'not known')}"
        f" · deal {escape(deal or 'none linked')}"
        f"{f', ${amount:,.0f}' if amount is not None else ''}"
        f" · rep {escape(text_or_none(row['rep_name']) or 'not known')}"
    )
    summary = text_or_none(row["summary"])
    if summary:
        console.print(f"\n{escape(summary)}")
    category = text_or_none(row["sentiment_category"])
    if category:
        score = number_or_none(row["sentiment_score"])
        shown = f" ({score:+.2f})" if score is not None else ""
        counts = counted(int(row["sentences_scored"]), "sentence")
        console.print(f"\nCustomer's words: {category}{shown}, n = {counts}")
        for side in ("positive", "negative"):
            for segment in json.loads(row[f"{side}_segments"])[:2]:
                console.hang(f"  {side}: {clock(segment['start_ms'])} “{escape(segment['text'])}”")


def _scores(console: Console, row: Mapping[str, Any]) -> None:
    priority = str(row["priority"])
    console.print(
        f"\n[bold]Overall {row['overall_score']:.0f}[/bold] of 100 · priority "
        f"[{_COLOURS[priority]}]{priority}[/] ({escape(str(row['priority_reason']))})"
        f" · rubric {row['rubric_version']}"
    )
    evidence = json.loads(row["evidence"])
    table = Table(show_lines=True, box=box.HORIZONTALS, pad_edge=False)
    for column in ("dimension", "score", "why", "in the call"):
        table.add_column(column, overflow="fold")
    for dimension in DIMENSIONS:
        part = evidence[dimension]
        quotes = [
            f"{label}{clock(q['start_ms'])} {q['speaker']}: “{q['text']}”"
            for label, q in told.lines(part["quotes"])
        ]
        table.add_row(
            dimension.replace("_", " "),
            "n/a" if part["score"] is None else f"{part['score']:.0f}",
            escape(part["reason"].replace("; ", "\n")),
            escape("\n".join(quotes)),
        )
    console.print(table)
    impact = json.loads(row["business_impact"])
    reasons = "; ".join(impact["reasons"]) or "nothing speaks for a risk"
    console.print(f"Risk {impact['risk']}: {escape(reasons)}")
    step = text_or_none(row["next_step"])
    console.print(f"Next step: {f'“{escape(step)}” ({_plan(row)})' if step else 'none was agreed'}")
    if aside := told.aside(evidence.values()):
        console.print(f"{told.ASIDE}: {escape(', '.join(aside))}")


def _plan(row: Mapping[str, Any]) -> str:
    """Who does the next step by when; rows from before these were stored tell less."""
    owner = text_or_none(row.get("next_step_owner"))
    who = {"us": "ours", "customer": "the customer's", "both": "both sides'"}.get(owner or "")
    due = row.get("next_step_due")
    if due is not None and not pd.isna(due):
        when = f"by {pd.Timestamp(due).date()}"
    else:
        when = "" if row["next_step_is_dated"] is True else "no day named"
    return ", ".join(part for part in (who, when) if part) or "dated"


def _objections(console: Console, row: Mapping[str, Any]) -> None:
    objections = json.loads(row["objections"])
    if not objections:
        console.print("Objections: none heard")
        return
    console.print("[bold]Objections[/bold]")
    for one in objections:
        console.hang(
            f"  {clock(one['start_ms'])} {one['type'].replace('_', ' ')}, {told.outcome(one)}: "
            f"“{escape(one['text'])}”"
        )


def _coaching(console: Console, row: Mapping[str, Any]) -> None:
    insights = json.loads(row["coaching_insights"])
    console.print("[bold]Coaching[/bold]" if insights else "Coaching: nothing below target")
    for one in insights:
        seen = f"{one['observation']}; {one['points']:.0f} points of the overall score"
        console.hang(
            f"  {clock(one['start_ms'])} {one['dimension'].replace('_', ' ')}: "
            f"{escape(one['action'])} [dim]({escape(seen)})[/dim]"
        )


def _transcript(console: Console, sentences: pd.DataFrame) -> None:
    found = transcript.by_call(sentences)
    if not found:
        console.print("\nThere is no transcript to show.")
        return
    (one,) = found.values()
    console.print("\n[bold]Transcript[/bold]")
    for turn in one.turns:
        words = " ".join(s.text for s in one.sentences[turn.first : turn.last + 1])
        console.print(f"{clock(turn.start_ms):>7} [bold]{turn.side}[/bold]  {escape(words)}")


def similar_calls(
    found: Sequence[search.Match],
    known: Mapping[str, pd.DataFrame],
    said: Mapping[str, pd.DataFrame],
    query: str = "",
) -> list[dict[str, Any]]:
    """The matches with what is known of their calls, and the turns that matched."""
    answer = []
    for match in found:
        row = records(known[match.call_id])[0]
        answer.append(
            {
                "call_id": match.call_id,
                "similarity": round(match.similarity, 3),
                "call_date": row["call_date"].date(),
                "title": text_or_none(row["title"]),
                "account": text_or_none(row["account_name"]),
                "deal_stage": text_or_none(row["deal_stage"]),
                "rep": text_or_none(row["rep_name"]),
                "overall_score": number_or_none(row["overall_score"]),
                "chunks": match.chunks,
                "turns": _turns(said[match.call_id], match),
                "matched": search.matched(said[match.call_id], match, query) if query else None,
            }
        )
    return answer


def _turns(sentences: pd.DataFrame, match: search.Match) -> list[dict[str, str]]:
    found = transcript.by_call(sentences)
    if match.call_id not in found:
        return []
    one = found[match.call_id]
    turns = []
    for turn in one.turns:
        spoken = [
            s
            for s in one.sentences[turn.first : turn.last + 1]
            if match.first_sentence <= s.index <= match.last_sentence
        ]
        if spoken:
            text = " ".join(s.text for s in spoken)
            turns.append({"at": clock(spoken[0].start_ms), "speaker": turn.side, "text": text})
    return turns


def print_similar(answer: list[dict[str, Any]], model: str, lowest: float, above: str) -> None:
    """Matches, best first, with the turns that matched; ``above``: how many there are."""
    console = Console(markup=True)
    if not answer:
        console.print(f"No call is near enough (similarity below {lowest:.2f}, model {model}).")
        return
    by = ", by words and vector together" if answer[0]["matched"] else ""
    console.print(f"{above} at {lowest:.2f} or above (model {model}); best calls first{by}.")
    for one in answer:
        score = "not scored" if one["overall_score"] is None else f"{one['overall_score']:.0f}"
        console.print(
            f"\n[bold]{one['similarity']:.2f}[/bold]  {escape(one['call_id'])}  "
            f"{one['call_date']}  {escape(one['account'] or 'account not known')}"
        )
        console.hang(
            f"      {escape(one['deal_stage'] or 'no deal')} · "
            f"{escape(one['rep'] or 'rep not known')} · overall {score}"
        )
        if one["matched"]:
            hit = one["matched"]
            for words in (hit["before"], f"{hit['at']} » {hit['sentence']}", hit["after"]):
                if words:
                    console.hang(f"      {escape(search.excerpt(words))}")
            continue
        for turn in one["turns"][:4]:
            console.hang(
                f"      {turn['at']:>7} {turn['speaker']}: {escape(search.excerpt(turn['text']))}"
            )


def print_sentences(rows: pd.DataFrame, words: Sequence[str]) -> None:
    """Sentences found, grouped by call, with how many there are in all."""
    console = Console(markup=True)
    if rows.empty:
        console.print(f"No sentence holds {escape(' and '.join(words))}.")
        return
    total, calls = int(rows["sentences_found"].iloc[0]), int(rows["calls_found"].iloc[0])
    console.print(
        f"{counted(total, 'sentence')} in {counted(calls, 'call')}; the newest {len(rows)}:"
    )
    shown = None
    for row in records(rows):
        if row["call_id"] != shown:
            shown = row["call_id"]
            account = escape(text_or_none(row["account_name"]) or "account not known")
            console.print(f"\n[bold]{escape(shown)}[/bold]  {row['call_date']:%Y-%m-%d}  {account}")
        who = {"Internal": "us", "External": "customer"}.get(str(row["affiliation"]), "unknown")
        console.hang(f"  {clock(int(row['start_ms'])):>7} {who}: {escape(str(row['sentence']))}")


def print_impact(weeks: Sequence[WeekImpact]) -> None:
    """Weeks with what was at stake; a week that is not over is marked and not compared."""
    console = Console(markup=True)
    table = Table(
        title="Deals spoken about, by week",
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    columns = (
        "week from",
        "calls",
        "scored",
        "deals",
        "amount",
        "at high risk",
        "negative",
        "mean",
    )
    for column in columns:
        table.add_column(column, justify="left" if column == "week from" else "right")
    for week in weeks:
        mean = "no data" if week.mean_score is None else f"{week.mean_score:.0f}"
        table.add_row(
            f"{week.week_start}{'' if week.is_complete else ' to date'}",
            str(week.calls),
            str(week.scored),
            str(week.deals),
            f"${week.amount / 1000:,.0f}K",
            f"${week.amount_at_high_risk / 1000:,.0f}K ({week.deals_at_high_risk})",
            f"{week.negative_calls} of {week.judged_calls}",
            mean,
        )
    console.print(table)
    without = sum(week.deals_without_amount for week in weeks)
    if without:
        console.print(f"{counted(without, 'deal')} without an amount: not in the sums.")
