"""What stands where in a team summary, for mail, plain text and Slack alike."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cs_assets import desk_addresses
from cs_assets.coaching.digest.proof import told
from cs_assets.coaching.digest.rendering import (
    Say,
    as_html,
    filled_once,
    filler,
    moment_text,
    wrapped,
)
from cs_assets.coaching.digest.sheet import SKIPPED
from cs_assets.coaching.digest.slack_blocks import Part, message
from cs_assets.coaching.digest.team import TeamWeek, team_sheet
from cs_assets.coaching.digest.view import MomentView, moment_texts, moment_view
from cs_assets.coaching.policy import DIMENSIONS, CoachingPolicy
from cs_assets.facts.model import FactSheet

_VERDICTS = {
    "improving": "improving",
    "declining": "declining",
    "no_clear_change": "without clear change",
    "too_few_calls": "with too few calls to say",
}


@dataclass(frozen=True)
class Line:
    """One line with its label, and a moment where there is one.

    ``bar``: start and width of the middle half, whole percent; ``tick``: the target.
    """

    label: str
    text: str
    moment: MomentView | None = None
    bar: tuple[int, int] | None = None
    note: str = ""
    """What the moment shows."""


@dataclass(frozen=True)
class TeamView:
    """The summary in reading order."""

    subject: str
    headline: str
    """The one message of the week."""
    action: str
    together: Line | None
    """A call worth hearing together."""
    coverage: tuple[str, ...]
    dimensions: tuple[Line, ...]
    dimensions_note: str
    objections: tuple[Line, ...]
    people: tuple[Line, ...]
    disputes: tuple[Line, ...]
    rep_lines: tuple[Line, ...]
    """In the channel, and only where the setting is on and every rep was told."""
    cutoff: str

    def texts(self) -> Iterator[tuple[str, str]]:
        """Every passage with a key, in reading order."""
        yield "subject", self.subject
        yield "headline", self.headline
        if self.action:
            yield "action", self.action
        if self.together is not None:
            yield "together", self.together.text
            yield from moment_texts("together", self.together.moment)
        for number, line in enumerate(self.coverage, start=1):
            yield f"coverage.{number}", line
        yield "dimensions.note", self.dimensions_note
        for part in ("dimensions", "objections", "people", "disputes", "rep_lines"):
            for number, row in enumerate(getattr(self, part), start=1):
                yield f"{part}.{number}.label", row.label
                yield f"{part}.{number}.text", row.text
                if row.note:
                    yield f"{part}.{number}.note", row.note
                yield from moment_texts(f"{part}.{number}", row.moment)
        yield "cutoff", self.cutoff


@dataclass(frozen=True)
class Summary:
    """A team summary ready to be kept and sent: mail for a manager, payload for the channel."""

    team: TeamWeek
    sheet: FactSheet
    passages: list[dict[str, Any]]
    subject: str
    text: str
    html: str | None
    payload: str | None

    @property
    def content_sha256(self) -> str:
        parts = "\0".join((self.subject, self.text, self.html or "", self.payload or ""))
        return hashlib.sha256(parts.encode()).hexdigest()

    @property
    def files(self) -> dict[str, tuple[str, str]]:
        """By part: the ending of its file and its content."""
        found = {"text": (".md", self.text)}
        if self.html is not None:
            found["html"] = (".html", self.html)
        if self.payload is not None:
            found["payload"] = (".slack.json", self.payload)
        return found


def write_summary(team: TeamWeek, policy: CoachingPolicy) -> Summary:
    """The summary of one audience; raises what is wrong with it."""
    sheet = team_sheet(team, policy)
    view = team_view(team, sheet)
    fills = filled_once(sheet)
    say = filler(fills)
    for_channel = team.manager is None
    html = as_html("team.html.j2", view, fills, policy.html_limit_bytes, sheet.entity_id)
    return Summary(
        team=team,
        sheet=sheet,
        passages=told(view.texts(), fills),
        subject=say(view.subject),
        text=as_text(view, say),
        html=html,
        payload=_payload(view, say, policy.desk_url) if for_channel else None,
    )


def team_view(team: TeamWeek, sheet: FactSheet) -> TeamView:
    """The summary's passages, text with slots."""
    return TeamView(
        subject="Team coaching summary, week of {week.start}",
        headline=_headline(team, sheet),
        action="Practise it this week: {need.action}" if team.need else "",
        together=_together(team, sheet),
        coverage=tuple(_coverage(team, sheet)),
        dimensions=tuple(_dimensions(team, sheet)),
        dimensions_note=(
            "Means of the reps over the last {window.weeks} weeks, out of {scale.top}; the bar is "
            "the middle half of the reps. A trend "
            "counts when it is more than luck over all comparisons of the week. With fewer than "
            "{team.least} reps the distribution is suppressed."
        ),
        objections=tuple(_objections(team, sheet)),
        people=tuple(_people(team, sheet)),
        disputes=tuple(_disputes(team)),
        rep_lines=tuple(_rep_lines(team, sheet)),
        cutoff="Calls up to the end of {week.end} (UTC). Nobody is ranked here.",
    )


def as_text(view: TeamView, say: Say) -> str:
    """Plain text that also reads as markdown."""
    lines = [wrapped(say(view.headline)), ""]
    lines += [wrapped(say(view.action)), ""] if view.action else []
    if view.together is not None:
        lines += [wrapped(say(view.together.text)), *moment_text(view.together.moment, say)]
    for heading, rows in _groups(view):
        lines += ["", f"## {heading}", ""]
        for row in rows:
            lines.append(wrapped(f"- {say(row.label)}: {say(row.text)}", "  "))
            lines += [wrapped(f"  {say(row.note)}", "  ")] if row.note else []
            lines += moment_text(row.moment, say)
    lines += ["", "## Coverage", ""]
    lines += [wrapped(f"- {say(line)}", "  ") for line in view.coverage]
    lines += ["", wrapped(say(view.dimensions_note)), "", wrapped(say(view.cutoff))]
    return "\n".join(lines).strip() + "\n"


def _payload(view: TeamView, say: Say, desk_url: str) -> str:
    message_lines = [view.headline, *([view.action] if view.action else [])]
    if view.together is not None:
        message_lines.append(view.together.text)
    parts = [Part("", tuple(map(say, message_lines)))]
    for heading, rows in _groups(view):
        lines = tuple(f"• {say(row.label)}: {say(row.text)}{_drawn(row.bar)}" for row in rows)
        parts.append(Part(heading, lines))
    parts.append(Part("Coverage", tuple(map(say, view.coverage))))
    parts.append(Part("", (say(view.dimensions_note), say(view.cutoff))))
    link = desk_addresses.coaching(desk_url) if desk_url else ""
    payload = message(say(view.subject), parts, f"{say(view.subject)}: {say(view.headline)}", link)
    return json.dumps(payload, ensure_ascii=False, indent=1, sort_keys=True)


#: Characters of a bar from 0 to 100.
_BAR = 20


def _drawn(bar: tuple[int, int] | None) -> str:
    """The bar in characters, for where no picture can be."""
    if bar is None:
        return ""
    start = bar[0] * _BAR // 100
    width = max(1, round(bar[1] * _BAR / 100))
    return "  " + "░" * start + "█" * width + "░" * (_BAR - start - width)


def _groups(view: TeamView) -> Iterator[tuple[str, tuple[Line, ...]]]:
    if view.people:
        yield "Who needs what", view.people
    if view.disputes:
        yield "For you to decide", view.disputes
    if view.objections:
        yield "Shared objections, and what settled them", view.objections
    yield "Where the team stands", view.dimensions
    if view.rep_lines:
        yield "Each rep, by name", view.rep_lines


def _headline(team: TeamWeek, sheet: FactSheet) -> str:
    reps = _many(sheet, "reps.told", "rep")
    calls = _many(sheet, "calls.week", "scored call")
    if team.unread:
        return f"Not all calls of this week are here: {calls} so far from {reps}."
    if team.need is not None:
        return (
            "One thing for the team: {need.title}. It was missing in {need.missing} of "
            f"{_many(sheet, 'need.chances', 'call')} that gave a chance for it, with "
            f"{{need.lacking}} of {_many(sheet, 'need.reps', 'rep')}, in {{window.weeks}} weeks."
        )
    if len(team.weeks) < sheet["team.least"].number and team.manager is None:
        return f"{calls} this week from {reps}; too few reps to speak of a team."
    return f"{calls} this week from {reps}, and nothing was missing often enough to practise."


def _together(team: TeamWeek, sheet: FactSheet) -> Line | None:
    """The call in which what the team lacks was done: no example of a failure, and no name."""
    shown = moment_view(sheet, "need", to_rep=False, brief=team.manager is None)
    if shown is None:
        return None
    text = "Worth hearing together: in “{need.call}” on {need.date} it was done."
    return Line("", text, shown)


def _coverage(team: TeamWeek, sheet: FactSheet) -> Iterator[str]:
    if team.unread:
        yield "Not here: {data.calls}."
    yield f"Digests made: {_many(sheet, 'reps.told', 'rep')}."
    if team.without_digest:
        names = [f"{{without.{i}.name}}" for i in range(1, len(team.without_digest) + 1)]
        named = f" ({', '.join(names)})" if team.manager else ""
        reps = _many(sheet, "reps.without", "rep")
        yield f"No scored call in the window, so no digest: {reps}{named}."
    if team.failed:
        names = [f"{{failed.{i}.name}}" for i in range(1, len(team.failed) + 1)]
        named = f" ({', '.join(names)})" if team.manager else ""
        yield f"Digest could not be made: {_many(sheet, 'reps.failed', 'rep')}{named}."
    reasons = [
        f"{{{fact.fact_id}}} {SKIPPED.get(fact.fact_id.removeprefix('skipped.'), 'other')}"
        for fact in sheet.under("skipped")
    ]
    if reasons:
        calls = _many(sheet, "calls.skipped", "call")
        yield f"Not scored in {{window.weeks}} weeks: {calls} ({', '.join(reasons)})."


def _dimensions(team: TeamWeek, sheet: FactSheet) -> Iterator[Line]:
    for name in DIMENSIONS:
        label = f"{{{name}.label}}"
        if not sheet.has(f"{name}.median"):
            yield Line(label, f"{{{name}.median}} ({_many(sheet, f'{name}.reps', 'rep')} scored)")
            continue
        found = [
            f"{{{name}.{verdict}}} {words}"
            for verdict, words in _VERDICTS.items()
            if sheet[f"{name}.{verdict}"].number
        ]
        text = (
            f"median {{{name}.median}}, middle half {{{name}.lower}} to {{{name}.upper}}; "
            f"{{{name}.at_target}} of {_many(sheet, f'{name}.reps', 'rep')} at {{{name}.target}} "
            f"or above; {', '.join(found)}"
        )
        start = round(sheet[f"{name}.lower"].number)
        width = max(2, round(sheet[f"{name}.upper"].number) - start)
        yield Line(label, text, bar=(min(start, 98), min(width, 100 - min(start, 98))))


def _objections(team: TeamWeek, sheet: FactSheet) -> Iterator[Line]:
    for objection in team.objections:
        prefix = f"objection.{objection.kind}"
        text = f"{_many(sheet, f'{prefix}.calls', 'call')} of {{calls.window}}"
        if sheet.has(f"{prefix}.share_low"):
            text += f" (likely {{{prefix}.share_low}} to {{{prefix}.share_high}} %)"
        text += (
            f", {_many(sheet, f'{prefix}.accounts', 'known account')}, heard by "
            f"{_many(sheet, f'{prefix}.reps', 'rep')}; settled in {{{prefix}.resolved}}"
        )
        shown = moment_view(sheet, prefix, to_rep=False, brief=team.manager is None)
        note = "" if shown is None else "How one was settled:"
        if shown is not None and not objection.is_settled:
            note = "What one sounded like:"
        yield Line(f"{{{prefix}.label}}", text, shown, note=note)


def _people(team: TeamWeek, sheet: FactSheet) -> Iterator[Line]:
    if team.manager is None:
        return
    for number in range(1, len(team.weeks) + 1):
        prefix = f"rep.{number}"
        week = team.weeks[number - 1]
        text = "Nothing was missing often enough to work on"
        if f"{prefix}.focus" in sheet:
            area = week.open_focus[0]
            sure = "more than chance" if area.is_clear else "a hint only"
            sure = "at the target now" if area.weeks_at_target else sure
            text = (
                f"{{{prefix}.focus}} (missing in {{{prefix}.missing}} of "
                f"{_many(sheet, f'{prefix}.chances', 'call')}, {sure})"
            )
        if f"{prefix}.improved" in sheet:
            text += f"; improved: {{{prefix}.improved}}"
        text += f"; {_many(sheet, f'{prefix}.calls_week', 'scored call')} this week"
        yield Line(f"{{{prefix}.name}}", text)


def _disputes(team: TeamWeek) -> Iterator[Line]:
    if team.manager is None:
        return
    for number in range(1, len(team.open_disputes) + 1):
        prefix = f"dispute.{number}"
        text = (
            f"{{{prefix}.label}}, in “{{{prefix}.call}}”: {{{prefix}.reason}} Decide with: "
            f"cs-assets rep decide {{{prefix}.id}} --uphold or --overturn"
        )
        yield Line(f"{{{prefix}.rep}}", text)


def _rep_lines(team: TeamWeek, sheet: FactSheet) -> Iterator[Line]:
    for number in range(1, len(team.weeks) + 1):
        prefix = f"line.{number}"
        if f"{prefix}.name" in sheet:
            calls = _many(sheet, f"{prefix}.calls", "call")
            yield Line(f"{{{prefix}.name}}", f"{{{prefix}.mean}}, {{{prefix}.verdict}}, {calls}")


def _many(sheet: FactSheet, fact_id: str, word: str) -> str:
    return f"{{{fact_id}}} {word}{'' if sheet[fact_id].number == 1 else 's'}"
