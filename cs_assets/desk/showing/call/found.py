"""Calls as a table: each opens at the sentence that matched."""

from collections.abc import Sequence

from markupsafe import Markup

from cs_assets.calls.deals import stages
from cs_assets.calls.texts import clock
from cs_assets.config.deals import DealRules
from cs_assets.desk.reading.calls import Found
from cs_assets.desk.showing import html, words


def table(caption: str, found: Sequence[Found], rules: DealRules) -> Markup:
    """The calls in the order given."""
    has_scores = any(one.score is not None for one in found)
    headings = ["Call", "Day", "Account", "Led by", "Kind", "Deal then", "Since", "Priority",
                *(["Score"] if has_scores else [])]  # fmt: skip
    rows = [_row(one, has_scores, rules) for one in found]
    numbers = [len(headings) - 1] if has_scores else []
    return html.table(caption, headings, rows, numbers=numbers)


def _row(one: Found, has_scores: bool, rules: DealRules) -> list[html.Part]:
    return [
        _name(one),
        html.unbroken(words.date(one.day)),
        html.link(one.account, "customer", id=one.customer_id) if one.customer_id else one.account,
        one.rep,
        words.plain(one.kind),
        one.stage,
        stages.since_then(one.stage, one.stage_now, rules) if one.stage else "",
        one.priority,
        *([words.score(one.score)] if has_scores else []),
    ]


def _name(one: Found) -> Markup:
    if one.start_ms is None:
        return html.link(one.title, "calls", call=one.call_id)
    opened = html.link(one.title, "calls", call=one.call_id, at=one.start_ms // 1000)
    said = html.muted(f"at {clock(one.start_ms)}: “{' '.join(one.sentence.split())}”")
    return html.lines([opened, said])
