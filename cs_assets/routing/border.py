"""What the sources say, checked where it comes in: one bad row is one row.

A row that cannot be used (impossible numbers, a contradiction, an account above itself)
goes to a person, by name and with the reason. A word or number that stands in the way of
nothing else counts as unknown and is named too. Everything behind this border may rely
on its rows: one row an id, numbers that are finite and not negative, words in one form.
"""

import json
import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd

from cs_assets.routing import vocabulary
from cs_assets.routing.policy import Policy
from cs_assets.routing.rows import Row, known, rows_of

#: Numbers of an account: what each is called, and the most that can be meant.
NUMBERS = {
    "revenue": ("revenue", 1e11),
    "tad_score": ("TAD score", 1e3),
    "module_count": ("module count", 1e5),
    "integration_count": ("integration count", 1e5),
    "open_tickets": ("open tickets", 1e6),
    "escalations_90d": ("escalations", 1e5),
}
_WORDS = {
    "segment": "segment",
    "account_level": "level",
    "health_segment": "health",
    "lifecycle_stage": "stage",
}
#: Accounts that one CSM could be meant to own at most.
_MOST_ACCOUNTS = 100_000
_TO_MEND = ("account_id", "account_name", "worker_id", "worker_name", "status", "explanation")


def accounts(frame: pd.DataFrame, policy: Policy | None = None) -> pd.DataFrame:
    """One row an account, its values usable, with what was wrong in two more columns.

    ``unusable`` says why the row may not be routed (None: it may), ``problems`` is a JSON
    list of all that was found. Impossible values are empty afterwards.
    """
    regions = policy.vocabulary.regions if policy else {}
    out = []
    for rows in _by_id(rows_of(frame), "account_id").values():
        row = dict(sorted(rows, key=_newest_first)[0])
        wrong, noted = _numbers(row), _words(row, regions)
        if len(rows) > 1:
            different = _differing(rows)
            if different:
                wrong.append(f"it is listed {len(rows)} times, with different {_and(different)}")
            else:
                noted.append(f"it is listed {len(rows)} times, alike")
        if "is_protected" in row:
            row["is_protected"] = known(row["is_protected"]) and bool(row["is_protected"])
        row["unusable"] = _and(wrong) if wrong else None
        row["problems"] = json.dumps([*wrong, *noted])
        out.append(row)
    columns = [*map(str, frame.columns), "unusable", "problems"]
    return _like(frame, pd.DataFrame(out, columns=list(dict.fromkeys(columns))))


def without_circles(frame: pd.DataFrame, parents: Mapping[str, str]) -> pd.DataFrame:
    """``accounts`` with those marked unusable that are above themselves by ``parents``.

    ``parents`` gives the parent of every account that has one, owned accounts too.
    """
    if frame.empty or not parents:
        return frame
    circles = _circles(parents)
    out = frame.copy()
    for place, name in zip(out.index, map(str, out["account_id"]), strict=True):
        if name in circles:
            ring = circles[name]
            said = (
                "it is its own parent"
                if len(ring) == 1
                else f"it is its own parent by way of {_and(_some(ring, name))}"
            )
            before: Any = out.at[place, "unusable"]
            out.at[place, "unusable"] = f"{before} and {said}" if known(before) else said
            out.at[place, "problems"] = json.dumps(
                [*json.loads(str(out.at[place, "problems"])), said]
            )
    return out


def unusable(frame: pd.DataFrame, parents: Mapping[str, str]) -> set[str]:
    """The accounts of ``frame`` whose rows cannot be used."""
    rows = without_circles(accounts(frame), parents)
    return set(rows.loc[rows["unusable"].notna(), "account_id"])


def parents_of(frame: pd.DataFrame) -> dict[str, str]:
    """Parent by account, from `sql/routing/parents.sql`, without cells that say nothing."""
    named = zip(frame["account_id"], map(vocabulary.text, frame["parent_account_id"]), strict=True)
    return {account: parent for account, parent in named if parent is not None}


def to_mend(described: pd.DataFrame, books: pd.DataFrame) -> pd.DataFrame:
    """What is wrong in rows that were used all the same, and in rows of CSMs who get no accounts.

    One row an account or CSM: account_id, account_name, worker_id, worker_name, status
    (``to_mend``) and explanation. ``described`` and ``books`` as in the analytics tables.
    """
    found: dict[tuple[str | None, str | None], tuple[dict[str, Any], list[str]]] = {}
    for row in rows_of(described):
        if known(row["problems"]) and not known(row["unusable"]):
            who = {"account_id": row["account_id"], "account_name": row["account_name"]}
            for said in json.loads(row["problems"]):
                found.setdefault((row["account_id"], None), (who, []))[1].append(said)
    for book in rows_of(books):
        csm = {"worker_id": book["worker_id"], "worker_name": book["worker_name"]}
        for one in json.loads(book["problems"]) if known(book["problems"]) else ():
            key = (one["account_id"], None if one["account_id"] else book["worker_id"])
            who = {**csm, "account_id": one["account_id"], "account_name": one["account_name"]}
            said = one["said"]
            if one["account_id"] is None and book["unavailable_why"] == "data":
                said += "; gets no accounts until it is mended"
            found.setdefault(key, (who, []))[1].append(said)
    return pd.DataFrame(
        [
            {**dict.fromkeys(_TO_MEND), **who, "status": "to_mend", "explanation": _sentence(said)}
            for who, said in found.values()
        ],
        columns=list(_TO_MEND),
    )


def known_regions(frame: pd.DataFrame, policy: Policy, worked: Collection[str]) -> pd.DataFrame:
    """``accounts`` without regions that neither the policy nor any CSM's place knows; named."""
    names = {*policy.vocabulary.regions, *worked}
    out = frame.copy()
    out["region"] = out["region"].astype(object)
    for place, region in zip(out.index, out["region"], strict=True):
        if known(region) and region not in names:
            said = f"region {_shown(region)} is unknown"
            out.at[place, "region"] = None
            out.at[place, "problems"] = json.dumps(
                [*json.loads(str(out.at[place, "problems"])), said]
            )
    return out


def workers(frame: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """One row a worker with ``unusable`` and ``problems`` as for accounts."""
    out = []
    for rows in _by_id(rows_of(frame), "worker_id").values():
        row = dict(rows[0])
        wrong, noted = _dates(row), _lists(row, policy)
        wrong += _coverage(row)
        noted += _at_work(row)
        if vocabulary.text(row["worker_id"]) is None:
            wrong.append("there is no worker id")
            row["worker_id"] = ""
        if not known(row["worker_name"]):
            row["worker_name"] = row["worker_id"]
        wrong += _own_cap(row)
        if len(rows) > 1:
            different = _differing(rows)
            if different:
                wrong.append(f"is listed {len(rows)} times, with different {_and(different)}")
            else:
                noted.append(f"is listed {len(rows)} times, alike")
        profiles = {r["job_profile"] for r in rows if known(r["job_profile"])}
        if profiles & set(policy.eligibility.job_profiles):
            row["job_profile"] = min(profiles & set(policy.eligibility.job_profiles))
            row["is_active"] = any(known(r["is_active"]) and bool(r["is_active"]) for r in rows)
        else:
            row["is_active"] = known(row["is_active"]) and bool(row["is_active"])
        row["unusable"] = _and(wrong) if wrong else None
        row["problems"] = json.dumps([*wrong, *noted])
        out.append(row)
    columns = [*map(str, frame.columns), "unusable", "problems"]
    return pd.DataFrame(out, columns=list(dict.fromkeys(columns)))


def number(value: Any) -> float | None:
    """The value as a finite number; None where it is none."""
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def _by_id(rows: Sequence[dict[str, Any]], key: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(str(row[key]), []).append(row)
    return found


def _newest_first(row: Mapping[str, Any]) -> tuple[float, str]:
    """Of rows of one account the one that its owner has had from latest; ties by text."""
    since: Any = row.get("owned_since")
    try:
        moment = pd.Timestamp(since).timestamp() if known(since) else -math.inf
    except (ValueError, TypeError, OverflowError):
        moment = -math.inf
    return -moment, json.dumps(row, default=str)


def _differing(rows: Sequence[Row]) -> list[str]:
    """The columns in which rows of one id are not alike, as a person reads them."""
    return [
        str(name).replace("_", " ")
        for name in rows[0]
        if len({"" if not known(row[name]) else str(row[name]) for row in rows}) > 1
    ]


def _numbers(row: dict[str, Any]) -> list[str]:
    """What is wrong with the numbers of an account; each such number is emptied."""
    wrong = []
    for name, (called, most) in NUMBERS.items():
        value = row.get(name)
        if value is None or not known(value):
            row[name] = None
            continue
        found = number(value)
        if found is None or not 0 <= found <= most:
            wrong.append(f"{called} is {_shown(value)}")
            row[name] = None
    return wrong


def _words(row: dict[str, Any], regions: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The words of an account brought to their one form; what is none of them is named."""
    noted = []
    for name, called in _WORDS.items():
        found, right = vocabulary.word(name, row.get(name))
        if not right:
            noted.append(f"{called} {_shown(row[name])} is unknown")
        row[name] = found
    found, right = vocabulary.language(row.get("language"))
    if not right:
        noted.append(f"language {_shown(row['language'])} is unknown")
    row["language"] = found
    row["region"], _ = vocabulary.region(row.get("region"), regions)
    noted += _time_zone(row)
    row["parent_account_id"] = vocabulary.text(row.get("parent_account_id"))
    return noted


def _time_zone(row: dict[str, Any]) -> list[str]:
    found, right = vocabulary.time_zone(row.get("time_zone"))
    noted = [] if right else [f"time zone {_shown(row['time_zone'])} is unknown"]
    row["time_zone"] = found
    return noted


def _at_work(row: dict[str, Any]) -> list[str]:
    """Time zone and hours of a worker; what cannot be read counts as not told."""
    noted, told = _time_zone(row), vocabulary.text(row.get("working_hours"))
    if told is not None and vocabulary.hours(told) is None:
        noted.append(f"working hours {_shown(told)} are not like 09:00-17:00")
        told = None
    row["working_hours"] = told
    return noted


def _coverage(row: dict[str, Any]) -> list[str]:
    """What is wrong with the kind of a book: nobody can tell then whose accounts it takes."""
    found, right = vocabulary.word("coverage", row.get("coverage"))
    wrong = [] if right else [f"coverage is {_shown(row['coverage'])}"]
    row["coverage"] = found
    return wrong


def _dates(row: dict[str, Any]) -> list[str]:
    """What is wrong with the dates of a worker."""
    wrong = []
    for name in ("hire_date", "termination_date", "leave_start", "leave_end"):
        if not known(row[name]):
            continue
        try:
            row[name] = pd.Timestamp(row[name]).date()
        except (ValueError, TypeError, OverflowError):
            wrong.append(f"{name.replace('_', ' ')} is {_shown(row[name])}")
            row[name] = None
    if not known(row["hire_date"]) and not wrong:
        wrong.append("there is no hire date")
    start, end = row["leave_start"], row["leave_end"]
    if known(start) and known(end) and end < start:
        wrong.append("the leave ends before it begins")
    return wrong


def _own_cap(row: dict[str, Any]) -> list[str]:
    if not known(row["max_accounts"]):
        return []
    found = number(row["max_accounts"])
    if found is not None and found == int(found) and 0 <= found <= _MOST_ACCOUNTS:
        return []
    said = f"the cap of accounts is {_shown(row['max_accounts'])}"
    row["max_accounts"] = None
    return [said]


def _lists(row: dict[str, Any], policy: Policy) -> list[str]:
    """Region, languages and segments of a worker in their one form."""
    noted = []
    row["region"], _ = vocabulary.region(row["region"], policy.vocabulary.regions)
    for name, read in (
        ("languages", vocabulary.language),
        ("segments", lambda part: vocabulary.word("segment", part)),
    ):
        listed = vocabulary.parts(row[name])
        found = [read(part) for part in listed]
        bad = [part for part, (_, right) in zip(listed, found, strict=True) if not right]
        if bad:
            noted.append(f"{name} {_and([_shown(part) for part in bad])} unknown")
        words = [entry for entry, _ in found if entry is not None]
        row[name] = ";".join(dict.fromkeys(words)) or None
    return noted


def _circles(parents: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The accounts that are above themselves, each with all of its circle in order."""
    circles: dict[str, tuple[str, ...]] = {}
    done: set[str] = set()
    for start in sorted(parents):
        path: list[str] = []
        place: dict[str, int] = {}
        at = start
        while at in parents and at not in done and at not in place:
            place[at] = len(path)
            path.append(at)
            at = parents[at]
        if at in place:
            ring = tuple(path[place[at] :])
            circles |= dict.fromkeys(ring, ring)
        done.update(path)
    return circles


def _some(ring: Sequence[str], name: str, most: int = 3) -> list[str]:
    """The others of a circle, the next ones above first."""
    place = ring.index(name)
    others = [*ring[place + 1 :], *ring[:place]]
    more = len(others) - most
    return others[:most] + ([f"{more} more"] if more > 0 else [])


def _like(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """``after`` with numbers as numbers and times in the types that they had."""
    for name in NUMBERS:
        if name in after:
            after[name] = pd.to_numeric(after[name])
    for name in before.columns:
        if pd.api.types.is_datetime64_any_dtype(before[name]):
            after[name] = pd.to_datetime(after[name], errors="coerce").astype(before[name].dtype)
    return after


def _sentence(said: Sequence[str]) -> str:
    text = "; ".join(dict.fromkeys(said))
    return f"To mend in the sources: {text}."


def _and(said: Sequence[str]) -> str:
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


def _shown(value: Any, most: int = 40) -> str:
    """A value of a source as it may be shown: on one line and not long."""
    if isinstance(value, float):
        return f"{value:g}"
    plain = vocabulary.text(value) or repr(value)
    plain = "".join(c if c.isprintable() else " " for c in plain)
    cut = plain if len(plain) <= most else plain[: most - 1] + "…"
    return cut if not isinstance(value, str) else f"'{cut}'"
