"""What stands where in a digest: every string is text with slots, for HTML and plain text alike."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from urllib.parse import urlsplit

from cs_assets.coaching.digest import words
from cs_assets.coaching.digest.bands import band_of
from cs_assets.coaching.digest.language import Language, language_of
from cs_assets.coaching.digest.sheet import GOES_ON, LATER
from cs_assets.coaching.digest.writing import ADVICE
from cs_assets.coaching.policy import DIMENSIONS, CoachingPolicy
from cs_assets.coaching.rep_week import RepWeek
from cs_assets.desk_addresses import LOOPBACK
from cs_assets.facts.model import FactSheet, Quote


@dataclass(frozen=True)
class MomentView:
    """Exact words line by line, where they were said, and the call's page if its address is safe.

    ``lines``: who spoke and what they said, in the order of the call.
    """

    lines: tuple[tuple[str, str], ...]
    where: str
    url: str | None
    missed: str = ""
    """What was missing there, in a sentence."""


@dataclass(frozen=True)
class FocusView:
    """One behaviour in focus; ``action`` is empty for those that wait."""

    title: str
    action: str
    why: str
    moment: MomentView | None


@dataclass(frozen=True)
class DimensionView:
    """One card of the scores. ``bar``: start and width of the range, whole percent.

    ``band``: where it stands against the target, in shape and word, and ``band_tone`` its style;
    ``ends``: lowest and highest call.
    """

    label: str
    value: str
    range: str
    calls: str
    verdict: str
    target: str
    tone: str
    bar: tuple[int, int] | None
    band: str
    band_tone: str
    ends: tuple["CallView", ...]


@dataclass(frozen=True)
class ObjectionView:
    """One objection type with the customer's words."""

    label: str
    text: str
    recurring: bool
    moment: MomentView | None


@dataclass(frozen=True)
class CallView:
    """A call in a line of text, with its page."""

    text: str
    url: str | None


@dataclass(frozen=True)
class ThemeView:
    """One thing that came up again, with a moment where there is one."""

    text: str
    moment: MomentView | None


@dataclass(frozen=True)
class DigestView:
    """The digest in reading order."""

    t: Language
    """Of headings and marks; passages are in it already."""
    subject: str
    masthead: str
    """Whose digest it is and of which week: a file or a forwarded mail says it too."""
    headline: str
    win: str
    win_moment: MomentView | None
    focus: tuple[FocusView, ...]
    no_focus: str
    """Said instead of focus areas; empty when there are some."""
    off_the_list: str
    """What left the list beside the win; empty when nothing did."""
    dimensions: tuple[DimensionView, ...]
    dimensions_note: str
    prediction: str
    """Of the next weeks; empty when it is withheld."""
    objections: tuple[ObjectionView, ...]
    themes: tuple[ThemeView, ...]
    calls: tuple[CallView, ...]
    calls_more: str
    left_out: str
    dispute: str
    dispute_url: str | None
    disputes: tuple[str, ...]
    cutoff: str
    one_line: bool = False

    def shortened(self) -> "DigestView":
        """The short form: up to the focus, the overall score, and what every digest must say."""
        return replace(
            self, focus=self.focus[:1], dimensions=self.dimensions[:1], prediction="",
            objections=(), themes=(), calls=(), calls_more="",
        )  # fmt: skip

    def texts(self) -> Iterator[tuple[str, str]]:
        """Every passage with a key, in reading order: what is checked and kept."""
        yield "subject", self.subject
        yield "masthead", self.masthead
        yield "headline", self.headline
        if self.one_line:
            yield "cutoff", self.cutoff
            return
        yield "win", self.win
        yield from moment_texts("win", self.win_moment)
        for number, focus in enumerate(self.focus, start=1):
            yield f"focus.{number}.title", focus.title
            if focus.action:
                yield f"focus.{number}.action", focus.action
            yield f"focus.{number}.why", focus.why
            yield from moment_texts(f"focus.{number}", focus.moment)
        if self.no_focus:
            yield "focus.none", self.no_focus
        if self.off_the_list:
            yield "focus.off_the_list", self.off_the_list
        yield "dimensions.note", self.dimensions_note
        for row in self.dimensions:
            for part in ("label", "value", "range", "calls", "verdict", "target", "band"):
                yield f"dimension.{row.label}.{part}", getattr(row, part)
            for number, end in enumerate(row.ends, start=1):
                yield f"dimension.{row.label}.end.{number}", end.text
                if end.url:
                    yield f"dimension.{row.label}.end.{number}.url", end.url
        if self.prediction:
            yield "prediction", self.prediction
        for number, objection in enumerate(self.objections, start=1):
            yield f"objection.{number}.label", objection.label
            yield f"objection.{number}.text", objection.text
            yield from moment_texts(f"objection.{number}", objection.moment)
        for number, theme in enumerate(self.themes, start=1):
            yield f"theme.{number}", theme.text
            yield from moment_texts(f"theme.{number}", theme.moment)
        for number, call in enumerate(self.calls, start=1):
            yield f"call.{number}", call.text
            if call.url:
                yield f"call.{number}.url", call.url
        for number, told in enumerate(self.disputes, start=1):
            yield f"disputed.{number}", told
        if self.dispute_url:
            yield "dispute.url", self.dispute_url
        for key in ("calls_more", "left_out", "dispute", "cutoff"):
            if text := getattr(self, key):
                yield key, text


def moment_texts(key: str, moment: MomentView | None) -> Iterator[tuple[str, str]]:
    """The passages of a moment."""
    if moment is not None:
        for number, (who, said) in enumerate(moment.lines, start=1):
            yield f"{key}.line.{number}", f"{who}: “{said}”"
        yield f"{key}.where", moment.where
        if moment.missed:
            yield f"{key}.missed", moment.missed
        if moment.url:
            yield f"{key}.url", moment.url


def digest_view(
    week: RepWeek,
    sheet: FactSheet,
    written: Mapping[str, str],
    policy: CoachingPolicy,
    authorship: Sequence[str] = (),
) -> DigestView:
    """The digest of one rep. ``written``: the writer's texts ``headline``, ``win``,
    ``advice`` and ``why``.

    ``authorship`` says at the foot who wrote them.
    """
    t = language_of(policy)
    foot = " ".join([words.cutoff(week, t), *authorship])
    if week.nothing_new:
        what = t.say("subject.not_all" if week.unread_week else "subject.nothing_new")
        return DigestView(
            t, t.say("subject", about=what), t.say("masthead"), written["headline"],
            "", None, (), "", "", (), "", "", (), (), (), "", "", "", None, (), foot, one_line=True,
        )  # fmt: skip
    focus = [
        FocusView(
            title=f"{{focus.{area.place}.title}}",
            action=written.get("advice", ADVICE) if area.place == 1 else "",
            why=written["why"] if area.place == 1 else words.why(week, sheet, t, area.place or 1),
            moment=moment_view(sheet, f"focus.{area.place}", t, brief=area.place != 1),
        )
        for area in week.open_focus
    ]
    return DigestView(
        t=t,
        subject=t.say("subject", about="{focus.1.title}" if focus else t.say("subject.calls")),
        masthead=t.say("masthead"),
        headline=written["headline"],
        win=written["win"],
        win_moment=moment_view(sheet, "win", t),
        focus=tuple(focus),
        no_focus="" if focus else words.no_focus(week, sheet, t),
        off_the_list=words.off_the_list(week, t),
        dimensions=tuple(_dimension(week, sheet, name, policy, t) for name in DIMENSIONS),
        dimensions_note=t.say(
            "dimensions.note", words.weeks(sheet), before=words.weeks_before(sheet, t)
        ),
        prediction=words.prediction(sheet, t),
        objections=tuple(
            _objection(week, sheet, str(row["objection_type"]), bool(row["is_recurring"]), t)
            for row in week.objections[: policy.shown_objections]
        ),
        themes=tuple(_themes(sheet, t)),
        calls=tuple(_call(sheet, number) for number in _numbers(sheet, "call.{}.title")),
        calls_more="" if week.unread_week else _calls_more(sheet, week, t),
        left_out=words.left_out(week, sheet, t),
        dispute=t.say("dispute"),
        dispute_url=_url(sheet, "dispute"),
        disputes=words.disputes(week, t),
        cutoff=foot,
    )


_ROLES = ("_before", "_before_2", "", "_then", "_after", "_after_2")
_WHO = {
    "customer": "who.customer",
    "rep": "who.rep",
    "colleague": "who.colleague",
    "our side": "who.our_side",
}


def moment_view(
    sheet: FactSheet, prefix: str, t: Language, *, brief: bool = False, to_rep: bool = True
) -> MomentView | None:
    """The moment whose facts lie under ``prefix``, if there is one.

    ``brief``, or a sheet without its quote: only where it is. ``to_rep``: "you" is who reads it.
    """
    base = prefix.replace(".", "_")
    if f"{prefix}.time" not in sheet:
        return None
    found = [] if brief else [sheet.quote(f"{base}{role}") for role in _ROLES]
    said = [quote for quote in found if quote is not None]
    return MomentView(
        lines=tuple(_lines(said, t, to_rep=to_rep)),
        where=t.say("where", **{part: f"{{{prefix}.{part}}}" for part in ("call", "date", "time")}),
        url=_url(sheet, prefix),
        missed=f"{{{prefix}.missed}}" if f"{prefix}.missed" in sheet and not brief else "",
    )


def _lines(said: Sequence[Quote], t: Language, *, to_rep: bool) -> Iterator[tuple[str, str]]:
    """Who spoke and what they said; what one says in one turn is one line."""

    def who_of(quote: Quote) -> str:
        return quote.speaker.removesuffix(GOES_ON).removesuffix(LATER)

    for who, turn in groupby(said, key=who_of):
        quotes = list(turn)
        told = t.say(_WHO[who] if to_rep or who == "customer" else "who.team")
        if quotes[0].speaker.endswith(LATER):
            told = t.say("who.later", who=told)
        parts = [
            ("… " if quote.speaker.endswith(GOES_ON) else "") + f"{{quote:{quote.quote_id}}}"
            for quote in quotes
        ]
        yield told, " ".join(parts)


def _url(sheet: FactSheet, prefix: str) -> str | None:
    """The slot of a call's page, if its address is fit for a link."""
    fact = sheet.get(f"{prefix}.url")
    if fact is None or safe_url(str(fact.value)) is None:
        return None
    return f"{{{prefix}.url}}"


def _themes(sheet: FactSheet, t: Language) -> Iterator[ThemeView]:
    """Behaviours missing across the week's calls, then topics heard from several accounts."""
    for number in _numbers(sheet, "missed.{}.label"):
        prefix = f"missed.{number}"
        yield ThemeView(words.missed(sheet, prefix, t), moment_view(sheet, prefix, t))
    for number in _numbers(sheet, "topic.{}.name"):
        yield ThemeView(words.topic(sheet, f"topic.{number}", t), None)


def _dimension(
    week: RepWeek, sheet: FactSheet, name: str, policy: CoachingPolicy, t: Language
) -> DimensionView:
    n = int(sheet[f"{name}.calls_window"].number)
    verdict = str(week.trends[name]["verdict"])
    return DimensionView(
        label=f"{{{name}.label}}",
        value=f"{{{name}.mean_window}}",
        range=_range(name, n, policy, t),
        calls=t.some("calls", f"{name}.calls_window", n),
        verdict=f"{{{name}.verdict}}",
        target=t.say("target", target=f"{{{name}.target}}"),
        tone={"improving": "up", "declining": "down"}.get(verdict, "still"),
        bar=_bar(sheet, name, n, policy),
        band=f"{{{name}.band}}",
        band_tone=band_of(week.scores[name], sheet[f"{name}.target"].number, policy).tone,
        ends=tuple(
            CallView(t.say(part, value=f"{{{name}.{part}}}"), _url(sheet, f"{name}.{part}"))
            for part in ("lowest", "highest")
            if f"{name}.{part}" in sheet
        ),
    )


def _range(name: str, n: int, policy: CoachingPolicy, t: Language) -> str:
    if n < policy.cases_below:
        return t.say(("range.none", "range.one")[n] if n < 2 else "range.few")
    return t.say("range", low=f"{{{name}.low_window}}", high=f"{{{name}.high_window}}")


def _bar(sheet: FactSheet, name: str, n: int, policy: CoachingPolicy) -> tuple[int, int] | None:
    if n == 0:
        return None
    low, high = ("min", "max") if n < policy.cases_below else ("low", "high")
    start = min(97, round(sheet[f"{name}.{low}_window"].number))
    end = round(sheet[f"{name}.{high}_window"].number)
    return start, max(3, min(100, end) - start)


def _objection(
    week: RepWeek, sheet: FactSheet, kind: str, recurring: bool, t: Language
) -> ObjectionView:
    # What stands further up is not shown twice.
    above = [week.focus_moments.get(area.focus_id) for area in week.open_focus[:1]]
    above.append(week.win.moment)
    shown = week.objection_moments.get(kind)
    is_new = shown is not None and all(one is None or one.words != shown.words for one in above)
    return ObjectionView(
        label=f"{{objection.{kind}.label}}",
        text=words.objection(sheet, kind, t),
        recurring=recurring,
        moment=moment_view(sheet, f"objection.{kind}", t) if is_new else None,
    )


def _numbers(sheet: FactSheet, pattern: str) -> list[int]:
    numbers: list[int] = []
    while pattern.format(len(numbers) + 1) in sheet:
        numbers.append(len(numbers) + 1)
    return numbers


def _call(sheet: FactSheet, number: int) -> CallView:
    prefix = f"call.{number}"
    return CallView(
        text=f"{{{prefix}.title}}, {{{prefix}.date}}, {{{prefix}.type}}: {{{prefix}.overall}}",
        url=_url(sheet, prefix),
    )


def _calls_more(sheet: FactSheet, week: RepWeek, t: Language) -> str:
    more = sheet["calls.not_listed"].number
    if more:
        return t.say("calls_more")
    return "" if week.calls_week else t.say("calls_none")


def safe_url(url: str | None) -> str | None:
    """An https address (http of this machine) that is fit for a link, or ``None``."""
    if not url or " " in url or not url.isprintable():
        return None
    try:
        parts = urlsplit(url)
        is_local = parts.scheme == "http" and parts.hostname in LOOPBACK
        is_safe = parts.scheme == "https" or is_local
        fits = is_safe and parts.hostname and not parts.username
    except ValueError:
        return None
    return url if fits else None
