"""The digest's own sentences, by rule: text with slots, one function a passage."""

from cs_assets.coaching.digest.sheet import SKIPPED
from cs_assets.coaching.policy import DIMENSIONS, OTHER
from cs_assets.coaching.rep_week import RepWeek
from cs_assets.facts.model import FactSheet


def headline(week: RepWeek, sheet: FactSheet) -> str:
    """One line: what this week showed, with n."""
    if week.nothing_new:
        return _nothing_new(week)
    calls = _calls(sheet, "calls.week", "scored call")
    lead = f"{calls} this week" if week.calls_week else "No scored call this week"
    if week.unread_week:
        lead = f"Not all calls of this week are here ({{data.calls}}): {calls} so far"
    window = "{calls.window} in {window.weeks} weeks"
    return f"{lead}, {window}: {_movement(week)}."


def win(week: RepWeek, sheet: FactSheet) -> str:
    """One sentence of praise for a behaviour, or an honest none."""
    where = "In “{win.call}” on {win.date}"
    match week.win.kind:
        case "improved_focus":
            return (
                "“{win.area}” was in your focus since the week of {win.since}, and it improved: "
                f"done in {{win.done}} of {_calls(sheet, 'win.calls', 'call')}, target "
                "{win.target} %. It leaves your list."
            )
        case "focus_shown":
            return f"{where} you did what is in your focus: {{win.praise}}."
        case "improving" if week.win.moment is not None:
            return f"Your {{win.area}} is improving, by more than luck gives. {where} it shows."
        case "improving":
            return "Your {win.area} is improving, by more than luck gives."
        case "objection_resolved" if week.win.subject == OTHER:
            return f"{where} you took up an objection and it was settled."
        case "objection_resolved":
            return f"{where} you took up an objection of {{win.area}} and it was settled."
        case "shown":
            return f"{where} {{win.praise}}."
        case _:
            return "No single moment of this week stood out with evidence to show for it."


def why(week: RepWeek, sheet: FactSheet, place: int) -> str:
    """Why a behaviour is in focus: the calls that gave a chance, and how sure that is."""
    area = next(focus for focus in week.open_focus if focus.place == place)
    prefix = f"focus.{place}"
    if area.calls == 0:
        return "No call of the last {window.weeks} weeks gave a chance for it."
    calls = _calls(sheet, f"{prefix}.calls", "call")
    text = f"Missing in {{{prefix}.missing}} of {calls} that gave a chance for it"
    if area.weeks_at_target:
        text += "; that is at the target now, and it leaves the list if it stays there."
    elif area.is_clear:
        text += ", which is more than chance."
    else:
        text += ". From so few calls that may be chance: take it as a hint."
    if area.target < sheet["done.target"].number:
        text += f" Target: done in {{{prefix}.target}} % of them, as the best quarter of the team."
    if area.since_week < week.monday:
        text += f" In focus since the week of {{{prefix}.since}}."
    return text


def off_the_list(week: RepWeek) -> str:
    """What left the list beside the win, improved or unseen; empty when nothing did."""
    parts = []
    if week.also_improved:
        titles = [f"“{{improved.{i}.title}}”" for i in range(1, len(week.also_improved) + 1)]
        parts.append(f"Improved as well, and off your list: {_listed(titles)}.")
    if week.dropped_focus:
        titles = [f"“{{dropped.{i}.title}}”" for i in range(1, len(week.dropped_focus) + 1)]
        lead = "Off your list, because no call gave a chance for it in {dropped.weeks} weeks"
        parts.append(f"{lead}: {_listed(titles)}.")
    return " ".join(parts)


def objection(sheet: FactSheet, kind: str) -> str:
    """How often an objection was heard, from how many accounts, and what became of it."""
    return _heard(sheet, kind) + "."


def missed(sheet: FactSheet, prefix: str) -> str:
    """A behaviour missing in several calls of the week."""
    text = f"{{{prefix}.label}}: missing in {{{prefix}.missing}} of "
    text += f"{_calls(sheet, f'{prefix}.chances', 'call')} that gave a chance for it"
    if sheet[f"{prefix}.accounts"].number > 1:
        text += ", with {" + prefix + ".accounts} accounts"
    return text + "."


def topic(sheet: FactSheet, prefix: str) -> str:
    """A topic heard from several accounts."""
    calls = _calls(sheet, f"{prefix}.calls", "call")
    return f"“{{{prefix}.name}}” came up in {calls} with {{{prefix}.accounts}} accounts."


def prediction(sheet: FactSheet) -> str:
    """What is foretold of the next weeks; empty when it is withheld."""
    if not sheet.has("prediction.low", "prediction.high"):
        return ""
    return (
        "Next {window.weeks} weeks: your overall mean will likely lie between {prediction.low} and "
        "{prediction.high} (such ranges held in {prediction.percent} % of the team's past)."
    )


def weeks_before(sheet: FactSheet) -> str:
    """The window before, and how much of it there is."""
    held = int(sheet["overall.weeks_before"].number)
    text = "the {before.weeks} weeks before"
    if held == int(sheet["before.weeks"].number):
        return text
    if held == 0:
        return f"{text}, in which you have no scored call"
    return f"{text}, of which {{overall.weeks_before}} {'has' if held == 1 else 'have'} calls"


def left_out(week: RepWeek, sheet: FactSheet) -> str:
    """Which calls were not scored, and why."""
    if not week.skipped:
        return "Left out: nothing. Every call of the window was scored."
    reasons = [f"{{skipped.{reason}}} {_reason(reason)}" for reason in week.skipped]
    return (
        f"Left out of the last {{window.weeks}} weeks: {_calls(sheet, 'calls.skipped', 'call')} "
        f"({', '.join(reasons)})."
    )


def cutoff(week: RepWeek) -> str:
    """What is in and what is not, and by what the calls were scored."""
    missing = " Not all are here: {data.calls_window}." if week.unread else ""
    return (
        "Calls up to the end of {week.end} (UTC), scored by {rubric.model} "
        "with rubric version {rubric.version}."
    ) + missing


DISPUTE = (
    "Scores read text only and can be wrong. Disagree? Name the call and the behaviour to "
    "{dispute.contact}. It is recorded with your reason, and both values stay visible."
)


def disputes(week: RepWeek) -> tuple[str, ...]:
    """Each dispute with both values and what was decided."""
    lines = []
    for number, one in enumerate(week.disputes, start=1):
        prefix = f"disputed.{number}"
        told = (
            f"Disputed: {{{prefix}.label}}, in “{{{prefix}.call}}” on {{{prefix}.date}}. Scored as "
            f"{{{prefix}.was}}; {{{prefix}.claimed}}, you say. "
        )
        if one.decision is None:
            told += "Your manager has not decided yet."
        else:
            holds = f"{{{prefix}.claimed}}" if one.decision == "overturned" else f"{{{prefix}.was}}"
            told += f"{{{prefix}.decider}} decided: it counts as {holds}."
        lines.append(told)
    return tuple(lines)


NO_FOCUS = "No behaviour was missing often enough to work on. Keep doing what you do."


def _nothing_new(week: RepWeek) -> str:
    if week.unread_week:
        return "What is new cannot be said yet: {data.calls}."
    text = "Nothing new since your last digest: no scored call in the week of {week.start}"
    return text + ("; your focus stays: {focus.1.title}." if week.open_focus else ".")


def _movement(week: RepWeek) -> str:
    verdicts = {name: week.trends[name]["verdict"] for name in DIMENSIONS}
    parts = []
    for verdict, word in (("improving", "improving"), ("declining", "declining")):
        names = [f"{{{name}.label}}" for name in DIMENSIONS if verdicts[name] == verdict]
        if names:
            parts.append(f"{word}: {_listed(names)}")
    if parts:
        return "; ".join(parts)
    if all(verdict == "too_few_calls" for verdict in verdicts.values()):
        return "too few to say whether anything changed"
    return "no clear change"


def _heard(sheet: FactSheet, kind: str) -> str:
    prefix = f"objection.{kind}"
    text = (
        f"Heard in {{{prefix}.calls}} of {_calls(sheet, f'{prefix}.scored_calls', 'scored call')}"
    )
    if sheet.has(f"{prefix}.share_low", f"{prefix}.share_high"):
        text += f" (likely {{{prefix}.share_low}} to {{{prefix}.share_high}} %)"
    if sheet[f"{prefix}.accounts"].number:
        text += f", from {_calls(sheet, f'{prefix}.accounts', 'account')}"
        if sheet[f"{prefix}.calls_no_account"].number:
            text += f" and {_calls(sheet, f'{prefix}.calls_no_account', 'call')} of unknown account"
    resolved, calls = sheet[f"{prefix}.resolved"].number, sheet[f"{prefix}.calls"].number
    if resolved == 0:
        return text + ("; not settled" if calls == 1 else "; settled in none")
    return text + ("; settled" if calls == 1 else f"; settled in {{{prefix}.resolved}}")


def _reason(reason: str) -> str:
    return SKIPPED.get(reason, "for another reason")


def _calls(sheet: FactSheet, fact_id: str, word: str) -> str:
    return f"{{{fact_id}}} {word}{'' if sheet[fact_id].number == 1 else 's'}"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
