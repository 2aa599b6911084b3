"""The digest's own sentences, by rule: text with slots, one function a passage."""

from cs_assets.coaching.digest.language import Language
from cs_assets.coaching.digest.sheet import skipped_because
from cs_assets.coaching.policy import DIMENSIONS, OTHER
from cs_assets.coaching.rep_week import RepWeek
from cs_assets.facts.model import FactSheet


def headline(week: RepWeek, sheet: FactSheet, t: Language) -> str:
    """One line: what this week showed, with n."""
    if week.nothing_new:
        return _nothing_new(week, t)
    calls = some(t, sheet, "scored_calls", "calls.week")
    if week.unread_week:
        lead = t.say("headline.not_all", calls=calls)
    elif week.calls_week:
        lead = t.say("headline.calls", calls=calls)
    else:
        lead = t.say("headline.none")
    return t.say("headline", weeks(sheet), lead=lead, movement=_movement(week, t))


def win(week: RepWeek, sheet: FactSheet, t: Language) -> str:
    """One sentence of praise for a behaviour, or an honest none."""
    match week.win.kind:
        case "improved_focus":
            return t.say("win.improved_focus", calls=some(t, sheet, "calls.of", "win.calls"))
        case "improving" if week.win.moment is not None:
            return t.say("win.improving_shown")
        case "objection_resolved" if week.win.subject == OTHER:
            return t.say("win.objection_other")
        case kind:
            return t.say(f"win.{kind}")


def why(week: RepWeek, sheet: FactSheet, t: Language, place: int) -> str:
    """Why a behaviour is in focus: the calls that gave a chance, and how sure that is."""
    area = next(focus for focus in week.open_focus if focus.place == place)
    prefix = f"focus.{place}"
    if area.calls == 0:
        return t.say("why.no_chance", weeks(sheet))
    calls = some(t, sheet, "calls.of", f"{prefix}.calls")
    missing = t.say("why.missing", missing=f"{{{prefix}.missing}}", calls=calls)
    sure = "at_target" if area.weeks_at_target else "clear" if area.is_clear else "hint"
    parts = [t.say(f"why.{sure}", missing=missing)]
    if area.target < sheet["done.target"].number:
        parts.append(t.say("why.team_target", target=f"{{{prefix}.target}}"))
    if area.since_week < week.monday:
        parts.append(t.say("why.since", since=f"{{{prefix}.since}}"))
    return " ".join(parts)


def off_the_list(week: RepWeek, t: Language) -> str:
    """What left the list beside the win, improved or unseen; empty when nothing did."""
    parts = []
    for kind, areas in (("improved", week.also_improved), ("dropped", week.dropped_focus)):
        if areas:
            titles = [f"{{{kind}.{i}.title}}" for i in range(1, len(areas) + 1)]
            quoted = [t.say("quoted", text=title) for title in titles]
            parts.append(t.say(f"off.{kind}", titles=t.listed(quoted)))
    return " ".join(parts)


def no_focus(week: RepWeek, sheet: FactSheet, t: Language) -> str:
    """What to do where no behaviour is lacking: what customers raise again and is left open."""
    named = [one for one in week.objections if one["objection_type"] != OTHER]
    again = [one for one in named if one["is_recurring"] and one["open_calls"]]
    if not again:
        return t.say("no_focus")
    prefix = f"objection.{max(again, key=lambda one: one['open_calls'])['objection_type']}"
    return t.say(
        "no_focus.objection",
        label=f"{{{prefix}.label}}",
        open=f"{{{prefix}.open_calls}}",
        calls=some(t, sheet, "calls.of", f"{prefix}.calls"),
    )


def objection(sheet: FactSheet, kind: str, t: Language) -> str:
    """How often an objection was heard, from how many accounts, and what became of it."""
    prefix = f"objection.{kind}"
    scored = some(t, sheet, "scored_calls.of", f"{prefix}.scored_calls")
    text = t.say("heard", calls=f"{{{prefix}.calls}}", scored=scored)
    if sheet.has(f"{prefix}.share_low", f"{prefix}.share_high"):
        low, high = f"{{{prefix}.share_low}}", f"{{{prefix}.share_high}}"
        text = t.say("heard.range", heard=text, low=low, high=high)
    if sheet[f"{prefix}.accounts"].number:
        accounts = some(t, sheet, "accounts.of", f"{prefix}.accounts")
        text = t.say("heard.accounts", heard=text, accounts=accounts)
        if sheet[f"{prefix}.calls_no_account"].number:
            unknown = some(t, sheet, "calls.of", f"{prefix}.calls_no_account")
            text = t.say("heard.unknown", heard=text, calls=unknown)
    resolved, calls = sheet[f"{prefix}.resolved"].number, sheet[f"{prefix}.calls"].number
    if resolved == 0:
        return t.say("heard.one_open" if calls == 1 else "heard.none_settled", heard=text)
    if calls == 1:
        return t.say("heard.one_settled", heard=text)
    return t.say("heard.settled", heard=text, settled=f"{{{prefix}.resolved}}")


def missed(sheet: FactSheet, prefix: str, t: Language) -> str:
    """A behaviour missing in several calls of the week."""
    several = sheet[f"{prefix}.accounts"].number > 1
    return t.say(
        "missed.accounts" if several else "missed",
        label=f"{{{prefix}.label}}",
        missing=f"{{{prefix}.missing}}",
        calls=some(t, sheet, "calls.of", f"{prefix}.chances"),
        accounts=f"{{{prefix}.accounts}}",
    )


def topic(sheet: FactSheet, prefix: str, t: Language) -> str:
    """A topic heard from several accounts."""
    calls = some(t, sheet, "calls.of", f"{prefix}.calls")
    return t.say("topic", name=f"{{{prefix}.name}}", calls=calls, accounts=f"{{{prefix}.accounts}}")


def prediction(sheet: FactSheet, t: Language) -> str:
    """What is foretold of the next weeks; empty when it is withheld."""
    return t.say("prediction") if sheet.has("prediction.low", "prediction.high") else ""


def weeks(sheet: FactSheet) -> float:
    """Weeks of the window: a preview may be of one."""
    return sheet["window.weeks"].number


def weeks_before(sheet: FactSheet, t: Language) -> str:
    """The window before, and how much of it there is."""
    held = int(sheet["overall.weeks_before"].number)
    if held == int(sheet["before.weeks"].number):
        return t.say("before")
    return t.say("before.some", held) if held else t.say("before.none")


def left_out(week: RepWeek, sheet: FactSheet, t: Language) -> str:
    """Which calls were not scored, and why."""
    if not week.skipped:
        return t.say("left_out.nothing")
    reasons = [f"{{skipped.{reason}}} {skipped_because(reason, t)}" for reason in week.skipped]
    calls = some(t, sheet, "calls", "calls.skipped")
    return t.say("left_out", weeks(sheet), calls=calls, reasons=", ".join(reasons))


def cutoff(week: RepWeek, t: Language) -> str:
    """What is in and what is not, and by what the calls were scored."""
    told = t.say("cutoff")
    return t.say("cutoff.not_all", cutoff=told) if week.unread else told


def disputes(week: RepWeek, t: Language) -> tuple[str, ...]:
    """Each dispute with both values and what was decided."""
    lines = []
    for number, one in enumerate(week.disputes, start=1):
        parts = ("label", "call", "date", "was", "claimed", "decider")
        slots = {part: f"{{disputed.{number}.{part}}}" for part in parts}
        if one.decision is None:
            lines.append(t.say("disputed.open", **slots))
            continue
        holds = slots["claimed" if one.decision == "overturned" else "was"]
        lines.append(t.say("disputed.decided", holds=holds, **slots))
    return tuple(lines)


def some(t: Language, sheet: FactSheet, key: str, fact_id: str) -> str:
    """So many of something, the number as a slot."""
    return t.some(key, fact_id, sheet[fact_id].number)


def _nothing_new(week: RepWeek, t: Language) -> str:
    if week.unread_week:
        return t.say("nothing_new.not_all")
    return t.say("nothing_new.focus" if week.open_focus else "nothing_new")


def _movement(week: RepWeek, t: Language) -> str:
    verdicts = {name: week.trends[name]["verdict"] for name in DIMENSIONS}
    parts = []
    for verdict in ("improving", "declining"):
        names = [f"{{{name}.label}}" for name in DIMENSIONS if verdicts[name] == verdict]
        if names:
            parts.append(t.say(f"movement.{verdict}", names=t.listed(names)))
    if parts:
        return "; ".join(parts)
    few = all(verdict == "too_few_calls" for verdict in verdicts.values())
    return t.say("movement.few" if few else "movement.none")
