"""Rules on use: modules and the seats in them."""

from cs_assets.facts.model import FactSheet
from cs_assets.reviews.facts.groups import groups, number, text
from cs_assets.reviews.writing.plays.rules.seen import Seen, is_troubled
from cs_assets.reviews.writing.trend_statement import usage_way
from cs_assets.statistics.verdict import WORDS

#: Percent of seats in use from which seats are not idle, and below which hardly any is in use.
_HALF, _HARDLY = 50, 25
#: Days before a renewal in which idle seats are asked about, and the share that one module holds.
_ASKED_WITHIN, _MOST_IDLE = 120, 0.55
#: Percent of its seats below which an adopted module has room, and of all from which they are full.
_MUCH_ROOM, _ROOM, _FULL = 55, 72, 90
_LAGGING = {
    "in decline": "", "hardly used any more": "", "no longer used": "put_aside",
    "not started": "not_started",
}  # fmt: skip
#: Seats below which people are asked one by one.
_FEW_SEATS = 10


def module_lags(sheet: FactSheet) -> Seen | None:
    """A module is in decline, put aside, lost or never started.

    First what was lost, then what the goal rests on, then where most seats are paid for unused.
    """
    lost = set(text(sheet, "adoption.lost").split(", ")) - {""}
    stage = {g: text(sheet, f"{g}.stage") for g in groups(sheet, "adoption.module")}
    name = {g: text(sheet, f"{g}.name") for g in stage}
    lagging = [g for g in stage if stage[g] in _LAGGING or name[g] in lost]
    if not lagging:
        return None
    unused = {
        g: (number(sheet, f"{g}.seats") or 0) - (number(sheet, f"{g}.users") or 0) for g in lagging
    }
    goal = text(sheet, "goal.module")
    it = max(lagging, key=lambda g: (name[g] in lost, name[g] == goal, unused[g], g))
    told = ["lost"] if name[it] in lost else []
    told += [case] if (case := _LAGGING.get(stage[it], "")) else []
    alike = tuple(g for g in lagging if g != it and stage[g] == stage[it])
    return Seen("_and_".join(told), {"it": (it,), "alike": alike})


def module_has_room(sheet: FactSheet) -> Seen | None:
    """An adopted module whose seats are used least, by fewer than most who have one."""
    adopted = [
        g
        for g in groups(sheet, "adoption.module")
        if text(sheet, f"{g}.stage") == "adopted"
        and (number(sheet, f"{g}.utilisation") or 100) < _ROOM
    ]
    if not adopted:
        return None
    it = min(adopted, key=lambda g: (number(sheet, f"{g}.utilisation") or 0, g))
    much = (number(sheet, f"{it}.utilisation") or 0) < _MUCH_ROOM
    return Seen("" if much else "some", roles={"it": (it,)})


#: Share of the seats above which a trial is more than the first users', and below which it shows
#: nothing of a team.
_A_GOOD_PART, _HARDLY_ANY = 0.25, 0.1


def module_is_tried(sheet: FactSheet) -> Seen | None:
    """A module is being tried, or few have used it for long; by nobody now, one, few, or many."""
    tried = [
        g
        for g in groups(sheet, "adoption.module")
        if text(sheet, f"{g}.stage") in ("being tried", "used by few")
        and sheet.has(f"{g}.users", f"{g}.seats")
    ]
    if not tried:
        return None
    goal = text(sheet, "goal.module")
    it = max(tried, key=lambda g: (text(sheet, f"{g}.name") == goal, g))
    if text(sheet, f"{it}.stage") == "used by few":
        return Seen("by_few", {"it": (it,)})
    users, seats = number(sheet, f"{it}.users") or 0, number(sheet, f"{it}.seats") or 0
    few = {0: "by_none", 1: "by_one"}
    share = users / seats if seats else 0.0
    usual = "widely" if share > _A_GOOD_PART else "narrowly" if share < _HARDLY_ANY else ""
    return Seen(few.get(int(users), usual), {"it": (it,)})


def use_fell(sheet: FactSheet) -> Seen | None:
    """Key actions clearly fell in all modules together; the case is whether one stands out.

    One that clearly fell itself, else none: the fall is seen in the sum only.
    """
    if usage_way(sheet) != "down" or not sheet.has("usage.actions", "usage.actions_prior"):
        return None
    fell = [
        g for g in groups(sheet, "adoption.module")
        if text(sheet, f"{g}.verdict_change") == WORDS["fall"]
        and sheet.has(f"{g}.users", f"{g}.users_prior")
    ]  # fmt: skip
    if not fell:
        return Seen("together")
    lost = {
        g: (number(sheet, f"{g}.users_prior") or 0) - (number(sheet, f"{g}.users") or 0)
        for g in fell
    }
    it = max(fell, key=lambda g: (lost[g], g))
    return Seen(roles={"it": (it,), "alike": tuple(g for g in fell if g != it)})


def one_person_uses_module(sheet: FactSheet) -> Seen | None:
    """An adopted module of several seats has one user."""
    carried = [
        g
        for g in groups(sheet, "adoption.module")
        if text(sheet, f"{g}.stage") == "adopted"
        and number(sheet, f"{g}.users") == 1
        and (number(sheet, f"{g}.seats") or 0) > 1
    ]
    return Seen(roles={"it": (carried[0],)}) if carried else None


def seats_are_idle(sheet: FactSheet) -> Seen | None:
    """Less than half of the seats are in use, but some: else starting is the advice.

    The case: the contract renews soon, one module holds most of them, hardly any is in use.
    """
    used = number(sheet, "adoption.utilisation")
    if not used or used >= _HALF:
        return None
    days = number(sheet, "account.days_to_renewal")
    idle = {
        g: (number(sheet, f"{g}.seats") or 0) - (number(sheet, f"{g}.users") or 0)
        for g in groups(sheet, "adoption.module")
        if sheet.has(f"{g}.seats", f"{g}.users")
    }
    most = max(idle, key=lambda g: (idle[g], g), default="")
    if days is not None and 0 <= days <= _ASKED_WITHIN and sheet.has("account.renewal"):
        return Seen("renewing")
    if len(idle) > 1 and idle[most] >= _MOST_IDLE * sum(idle.values()):
        return Seen("one_module", {"it": (most,)})
    seats = number(sheet, "adoption.seats")
    if seats is not None and seats < _FEW_SEATS:
        return Seen("few_seats")
    return Seen("hardly_any" if used < _HARDLY else "")


def seats_are_full(sheet: FactSheet) -> Seen | None:
    """Nearly all seats are in use, by a customer who is not in trouble."""
    held = is_troubled(sheet) or sheet.has("adoption.lost")
    used = number(sheet, "adoption.utilisation") or 0
    return Seen() if used >= _FULL and not held else None
