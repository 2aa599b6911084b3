"""What stands where in a team summary, for mail, plain text and Slack alike."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cs_assets import desk_addresses
from cs_assets.coaching.digest.language import Language, language_of, told_in
from cs_assets.coaching.digest.proof import told
from cs_assets.coaching.digest.rendering import (
    Say,
    as_html,
    filled_once,
    filler,
    moment_text,
    wrapped,
)
from cs_assets.coaching.digest.sheet import VERDICTS, skipped_because
from cs_assets.coaching.digest.slack_blocks import Foot, Part, message
from cs_assets.coaching.digest.team import TeamWeek
from cs_assets.coaching.digest.team_picture import Picture, picture
from cs_assets.coaching.digest.team_sheet import team_sheet
from cs_assets.coaching.digest.view import MomentView, moment_texts, moment_view
from cs_assets.coaching.digest.words import some
from cs_assets.coaching.policy import DIMENSIONS, CoachingPolicy
from cs_assets.facts.model import FactSheet


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


#: What stands below the message of the week, in reading order.
_PARTS = (
    "people", "teams", "disputes", "objections", "dimensions", "rep_lines", "board", "effects",
)  # fmt: skip


@dataclass(frozen=True)
class TeamView:
    """The summary in reading order."""

    t: Language
    """Of headings; passages are in it already."""
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
    board: tuple[Line, ...]
    """Who brought a focus to its target; a setting, and only where every rep was told."""
    teams: tuple[Line, ...]
    """Teams below, for who leads those that lead them."""
    effects: tuple[Line, ...]
    """What coaching changed; once a quarter."""
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
        for part in _PARTS:
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
    picture: bytes | None = None
    """PNG of where the team stands, for the channel."""

    @property
    def content_sha256(self) -> str:
        parts = "\0".join((self.subject, self.text, self.html or "", self.payload or ""))
        return hashlib.sha256(parts.encode()).hexdigest()

    @property
    def files(self) -> dict[str, tuple[str, str | bytes]]:
        """By part: the ending of its file and its content."""
        found: dict[str, tuple[str, str | bytes]] = {"text": (".md", self.text)}
        if self.html is not None:
            found["html"] = (".html", self.html)
        if self.payload is not None:
            found["payload"] = (".slack.json", self.payload)
        if self.picture is not None:
            found["picture"] = (".png", self.picture)
        return found


def write_summary(team: TeamWeek, policy: CoachingPolicy) -> Summary:
    """The summary of one audience; raises what is wrong with it."""
    reader = team.manager
    policy = told_in(
        policy, policy.language_for(reader.user_id, reader.email) if reader else policy.language
    )
    t = language_of(policy)
    sheet = team_sheet(team, policy)
    view = team_view(team, sheet, t)
    fills = filled_once(sheet, t.write)
    say = filler(fills)
    for_channel = team.manager is None
    html = as_html("team.html.j2", view, fills, policy.html_limit_bytes, sheet.entity_id)
    shown = picture(sheet, say, t) if for_channel and policy.slack_picture else None
    return Summary(
        team=team,
        sheet=sheet,
        passages=told(view.texts(), fills),
        subject=say(view.subject),
        text=as_text(view, say),
        html=html,
        payload=_payload(view, say, policy.desk_url, shown) if for_channel else None,
        picture=shown.png if shown else None,
    )


def team_view(team: TeamWeek, sheet: FactSheet, t: Language) -> TeamView:
    """The summary's passages, text with slots."""
    return TeamView(
        t=t,
        subject=t.say("team.subject"),
        headline=_headline(team, sheet, t),
        action=t.say("team.action") if team.need else "",
        together=_together(team, sheet, t),
        coverage=tuple(_coverage(team, sheet, t)),
        dimensions=tuple(_dimensions(sheet, t)),
        dimensions_note=t.say("team.note"),
        objections=tuple(_objections(team, sheet, t)),
        people=tuple(_people(team, sheet, t)),
        disputes=tuple(_disputes(team, t)),
        rep_lines=tuple(_rep_lines(team, sheet, t)),
        board=tuple(_board(sheet, t)),
        teams=tuple(_teams(team, sheet, t)),
        effects=tuple(_effects(team, sheet, t)),
        cutoff=t.say("team.cutoff"),
    )


def as_text(view: TeamView, say: Say) -> str:
    """Plain text that also reads as markdown."""
    lines = [wrapped(say(view.headline)), ""]
    lines += [wrapped(say(view.action)), ""] if view.action else []
    if view.together is not None:
        lines += [wrapped(say(view.together.text)), *moment_text(view.together.moment, say, view.t)]
    for heading, rows in _groups(view):
        lines += ["", f"## {heading}", ""]
        for row in rows:
            lines.append(wrapped(f"- {say(row.label)}: {say(row.text)}", "  "))
            lines += [wrapped(f"  {say(row.note)}", "  ")] if row.note else []
            lines += [*moment_text(row.moment, say, view.t), *([""] if row.moment else [])]
    lines += ["", f"## {view.t.say('team.heading.coverage')}", ""]
    lines += [wrapped(f"- {say(line)}", "  ") for line in view.coverage]
    lines += ["", wrapped(say(view.dimensions_note)), "", wrapped(say(view.cutoff))]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def _payload(view: TeamView, say: Say, desk_url: str, shown: Picture | None) -> str:
    message_lines = [view.headline, *([view.action] if view.action else [])]
    if view.together is not None:
        message_lines.append(view.together.text)
    heard = view.together.moment if view.together else None
    listen = say(heard.url) if heard and heard.url else ""
    parts = [Part("", tuple(map(say, message_lines)), listen, view.t.say("link.listen"))]
    for heading, rows in _groups(view):
        lines = tuple(f"• {say(row.label)}: {say(row.text)}{_drawn(row.bar)}" for row in rows)
        parts.append(Part(heading, lines))
    parts.append(Part(view.t.say("team.heading.coverage"), tuple(map(say, view.coverage))))
    parts.append(Part("", (say(view.dimensions_note), say(view.cutoff))))
    link = desk_addresses.coaching(desk_url) if desk_url else ""
    foot = Foot(view.t.say("slack.left_out"), link, view.t.say("slack.desk"))
    payload = message(say(view.subject), parts, f"{say(view.subject)}: {say(view.headline)}", foot)
    payload |= {"picture_alt": shown.alt} if shown else {}
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
    for part in _PARTS:
        rows = getattr(view, part)
        if rows or part == "dimensions":
            yield view.t.say(f"team.heading.{part}"), rows


def _headline(team: TeamWeek, sheet: FactSheet, t: Language) -> str:
    of_reps = some(t, sheet, "reps.of", "reps.told")
    calls = some(t, sheet, "scored_calls", "calls.week")
    if team.unread:
        return t.say("team.not_all", calls=calls, reps=of_reps)
    if team.need is not None:
        chances = some(t, sheet, "calls.of", "need.chances")
        return t.say("team.need", calls=chances, reps=some(t, sheet, "reps.of", "need.reps"))
    if len(team.weeks) < sheet["team.least"].number and team.manager is None:
        return t.say("team.few", calls=calls, reps=of_reps)
    return t.say("team.nothing", calls=calls, reps=of_reps)


def _together(team: TeamWeek, sheet: FactSheet, t: Language) -> Line | None:
    """The call in which what the team lacks was done, else one in which an objection was settled.

    No example of a failure, and no name.
    """
    brief = team.manager is None
    shown = moment_view(sheet, "need", t, to_rep=False, brief=brief)
    if shown is not None:
        return Line("", t.say("team.together"), shown)
    prefix = f"objection.{_heard_together(team)}"
    shown = moment_view(sheet, prefix, t, to_rep=False, brief=brief)
    parts = {part: f"{{{prefix}.{part}}}" for part in ("call", "date", "label")}
    return Line("", t.say("team.together.settled", **parts), shown) if shown else None


def _heard_together(team: TeamWeek) -> str:
    """The objection whose settling stands above, where nobody did what the team lacks."""
    if team.need is None or team.need.example is not None:
        return ""
    return next((one.kind for one in team.objections if one.is_settled), "")


def _coverage(team: TeamWeek, sheet: FactSheet, t: Language) -> Iterator[str]:
    if team.unread:
        yield t.say("team.not_here")
    yield t.say("team.made", reps=some(t, sheet, "reps", "reps.told"))
    for part, reps in (("without", team.without_digest), ("failed", team.failed)):
        if reps:
            names = [f"{{{part}.{i}.name}}" for i in range(1, len(reps) + 1)]
            named = t.say("team.names", names=", ".join(names)) if team.names_people else ""
            count = some(t, sheet, "reps", f"reps.{part}")
            yield t.say(f"team.{part}", reps=count, names=named)
    reasons = [
        f"{{{fact.fact_id}}} {skipped_because(fact.fact_id.removeprefix('skipped.'), t)}"
        for fact in sheet.under("skipped")
    ]
    if reasons:
        calls = some(t, sheet, "calls", "calls.skipped")
        yield t.say("team.skipped", calls=calls, reasons=", ".join(reasons))


def _dimensions(sheet: FactSheet, t: Language) -> Iterator[Line]:
    for name in DIMENSIONS:
        label = f"{{{name}.label}}"
        if not sheet.has(f"{name}.median"):
            reps = some(t, sheet, "reps", f"{name}.reps")
            yield Line(label, t.say("team.scored", value=f"{{{name}.median}}", reps=reps))
            continue
        found = [
            some(t, sheet, f"team.verdict.{verdict}", f"{name}.{verdict}")
            for verdict in VERDICTS
            if sheet[f"{name}.{verdict}"].number
        ]
        parts = ("median", "lower", "upper", "at_target", "target")
        text = t.say(
            "team.stands",
            reps=some(t, sheet, "reps.of", f"{name}.reps"),
            verdicts=", ".join(found),
            **{part: f"{{{name}.{part}}}" for part in parts},
        )
        start = round(sheet[f"{name}.lower"].number)
        width = max(2, round(sheet[f"{name}.upper"].number) - start)
        yield Line(label, text, bar=(min(start, 98), min(width, 100 - min(start, 98))))


def _objections(team: TeamWeek, sheet: FactSheet, t: Language) -> Iterator[Line]:
    for objection in team.objections:
        prefix = f"objection.{objection.kind}"
        likely = ""
        if sheet.has(f"{prefix}.share_low"):
            ends = {end: f"{{{prefix}.share_{end}}}" for end in ("low", "high")}
            likely = t.say("team.heard.range", **ends)
        text = t.say(
            "team.heard",
            calls=some(t, sheet, "calls", f"{prefix}.calls"),
            range=likely,
            accounts=some(t, sheet, "known_accounts", f"{prefix}.accounts"),
            reps=some(t, sheet, "reps.of", f"{prefix}.reps"),
            settled=f"{{{prefix}.resolved}}" if objection.resolved else t.say("team.heard.none"),
        )
        shown = None
        if objection.kind != _heard_together(team):
            shown = moment_view(sheet, prefix, t, to_rep=False, brief=team.manager is None)
        how = "team.how_settled" if objection.is_settled else "team.how_heard"
        note = t.say(how) if shown is not None else ""
        yield Line(f"{{{prefix}.label}}", text, shown, note=note)


def _people(team: TeamWeek, sheet: FactSheet, t: Language) -> Iterator[Line]:
    if not team.names_people:
        return
    for number, week in enumerate(team.weeks, start=1):
        prefix = f"rep.{number}"
        text = t.say("team.person.none")
        if f"{prefix}.focus" in sheet:
            area = week.open_focus[0]
            sure = "at_target" if area.weeks_at_target else "clear" if area.is_clear else "hint"
            text = t.say(
                "team.person.focus",
                title=f"{{{prefix}.focus}}",
                missing=f"{{{prefix}.missing}}",
                calls=some(t, sheet, "calls.of", f"{prefix}.chances"),
                sure=t.say(f"team.sure.{sure}"),
            )
        if f"{prefix}.improved" in sheet:
            text = t.say("team.person.improved", text=text, titles=f"{{{prefix}.improved}}")
        calls = some(t, sheet, "scored_calls", f"{prefix}.calls_week")
        yield Line(f"{{{prefix}.name}}", t.say("team.person.calls", text=text, calls=calls))


def _disputes(team: TeamWeek, t: Language) -> Iterator[Line]:
    if not team.names_people:
        return
    for number in range(1, len(team.open_disputes) + 1):
        parts = ("label", "call", "reason", "id")
        slots = {part: f"{{dispute.{number}.{part}}}" for part in parts}
        yield Line(f"{{dispute.{number}.rep}}", t.say("team.dispute", **slots))


def _rep_lines(team: TeamWeek, sheet: FactSheet, t: Language) -> Iterator[Line]:
    for number in range(1, len(team.weeks) + 1):
        prefix = f"line.{number}"
        if f"{prefix}.name" in sheet:
            calls = some(t, sheet, "calls", f"{prefix}.calls")
            slots = {part: f"{{{prefix}.{part}}}" for part in ("mean", "verdict")}
            yield Line(f"{{{prefix}.name}}", t.say("team.line", calls=calls, **slots))


def _effects(team: TeamWeek, sheet: FactSheet, t: Language) -> Iterator[Line]:
    for row in team.effects:
        prefix = f"effect.{row['measure']}"
        n = t.say(
            "effect.n",
            areas=some(t, sheet, "areas", f"{prefix}.treated"),
            reps=some(t, sheet, "reps.of", f"{prefix}.reps"),
            untreated=f"{{{prefix}.untreated}}",
        )
        parts = ("before", "after", "effect_low", "effect_high")
        slots = {part: f"{{{prefix}.{part}}}" for part in parts}
        key = f"effect.{str(row['verdict']).replace(' ', '_')}"
        told = t.say(key, n=n, effect=f"{{{prefix}.effect:signed}}", **slots)
        yield Line(t.say(f"effect.{row['measure']}"), told)


def _teams(team: TeamWeek, sheet: FactSheet, t: Language) -> Iterator[Line]:
    for number in range(1, len(team.teams) + 1):
        prefix = f"below.{number}"
        text = t.say("team.person.none")
        if f"{prefix}.need" in sheet:
            text = t.say(
                "team.below.need",
                title=f"{{{prefix}.need}}",
                missing=f"{{{prefix}.missing}}",
                calls=some(t, sheet, "calls.of", f"{prefix}.chances"),
            )
        reps = some(t, sheet, "reps", f"{prefix}.reps")
        calls = some(t, sheet, "scored_calls", f"{prefix}.calls")
        told = t.say("team.below", reps=reps, calls=calls, text=text)
        yield Line(t.say("team.below.of", name=f"{{{prefix}.name}}"), told)


#: A badge for each focus at its target, up to so many.
_MOST_STARS = 5


def _board(sheet: FactSheet, t: Language) -> Iterator[Line]:
    number = 1
    while f"board.{number}.name" in sheet:
        prefix = f"board.{number}"
        stars = "★" * min(_MOST_STARS, int(sheet[f"{prefix}.reached"].number))
        areas = some(t, sheet, "areas", f"{prefix}.reached")
        told = t.say("team.board", stars=stars, areas=areas)
        yield Line(f"{{{prefix}.name}}", told)
        number += 1
