"""Rebuilds the staged tables of a stretch of days from the raw ones, by SQL.

Calls, parties and topics are cheap and depend on the CRM too: they are made anew
each time. Sentences are many: only days whose calls or transcripts changed are made.
"""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

import pandas as pd

import sql
from cs_assets.gong.rules import StagingRules, shared_domains, types_of
from cs_assets.gong.tables import Tables, rows_of


@dataclass(frozen=True)
class Days:
    """Days from ``first`` to ``last``, both included."""

    first: dt.date
    last: dt.date


#: No day was staged.
_NOTHING: Mapping[dt.date, str] = {}
#: Days up to which a transaction is not prepared for many rows.
_FEW_DAYS = 60
#: The tables that staging calls writes to.
_CALL_TABLES = (
    "gong.gong_shared_mail_domains",
    "gong.gong_web_domains",
    "gong.gong_call_headers",
    "gong.gong_call_links",
    "gong.gong_text_types",
    "gong.stg_gong_calls",
    "gong.gong_call_freshness",
)


def stage_participants(db: Tables, days: Days) -> int:
    """``stg_gong_call_participants``, and the CRM objects that linking needs."""
    tables = (
        "gong.gong_call_parties", "gong.gong_call_crm_objects", "gong.stg_gong_call_participants",
    )  # fmt: skip
    with db.transaction(*tables, bulk=False):
        _make(db, "gong.gong_call_parties", "gong/shred_parties", days)
        _make(db, "gong.gong_call_crm_objects", "gong/shred_crm_objects", days)
        return _make(db, "gong.stg_gong_call_participants", "gong/stage_participants", days)


def stage_topics(db: Tables, days: Days) -> int:
    """``stg_gong_call_topics``."""
    return _make(db, "gong.stg_gong_call_topics", "gong/shred_topics", days)


def stage_calls(db: Tables, days: Days, rules: StagingRules, now: dt.datetime) -> int:
    """``stg_gong_calls``, linked to the CRM and typed by ``rules``."""
    span = [days.first, days.last]
    with db.transaction(*_CALL_TABLES, bulk=False):
        domains = db.query("gong/written_domains", span)
        is_shared = domains["is_shared"].astype(bool)
        shared, written = domains[is_shared], domains[~is_shared]
        _renew(db, "gong.gong_shared_mail_domains", shared_domains(rules), shared[["domain"]])
        written = written[["written", "domain"]]
        _renew(db, "gong.gong_web_domains", known_domains(written["written"]), written)
        _make(db, "gong.gong_call_headers", "gong/shred_headers", days)
        _make(db, "gong.gong_call_links", "gong/link_calls", days)
        said = db.query("gong/titles_and_topics", [*span, *span])
        _renew(db, "gong.gong_text_types", types_of(said["said"], rules), said)
        rows = _make(db, "gong.stg_gong_calls", "gong/stage_calls", days)
        db.execute("gong/mark_staged", [now, *span])
    return rows


def _renew(db: Tables, table: str, wanted: pd.DataFrame, there: pd.DataFrame) -> None:
    """Add to a table of what texts mean those that are new; made anew when one means another.

    ``there``: the texts asked about, with what the table has of them (missing where nothing).
    """
    before = {tuple(row.values()) for row in rows_of(there[list(wanted.columns)])}
    new = [tuple(row.values()) not in before for row in rows_of(wanted)]
    text = wanted.columns[0]
    meant = {row[text] for row in rows_of(there) if all(v is not None for v in row.values())}
    if meant - set(wanted[text][[not one for one in new]]):
        db.replace(table, wanted, {})
    else:
        db.append(table, wanted[new])


def stage_transcripts(
    db: Tables, days: Days, now: dt.datetime, *, all_changed: bool = False
) -> tuple[int, int]:
    """``stg_gong_call_transcripts`` of the days that changed: days made, sentences written.

    ``all_changed``: the caller knows that all of them have.
    """
    if all_changed:
        with db.transaction("gong.stg_gong_call_transcripts", bulk=False):
            written = _make(db, "gong.stg_gong_call_transcripts", "gong/stage_transcripts", days)
        return _count(days), written
    contents = rows_of(db.query("gong/day_contents", [days.first, days.last]))
    wanted = _fingerprints(contents)
    calls = Counter(row["call_date"].date() for row in contents)
    made = {
        row["call_date"].date(): row["fingerprint"]
        for row in rows_of(db.query("gong/staged_days", [days.first, days.last]))
    }
    stale = sorted(day for day in {*wanted, *made} if wanted.get(day) != made.get(day))
    sentences = 0
    for stretch in _stretches({day: calls[day] for day in stale}):
        tables = ("gong.stg_gong_call_transcripts", "gong.gong_staged_days")
        with db.transaction(*tables, bulk=False):
            sentences += _make(
                db, "gong.stg_gong_call_transcripts", "gong/stage_transcripts", stretch
            )
            _note_staged(db, stretch, wanted, now)
    return len(stale), sentences


def reconcile(
    db: Tables,
    days: Days,
    staged: Mapping[dt.date, str] | None = _NOTHING,
    words: Mapping[dt.date, str] | None = _NOTHING,
) -> pd.DataFrame:
    """``gong_reconciliation``: what Gong has against what is here, a row a day, the rows.

    ``staged`` and ``words`` are the days whose calls and sentences this run has staged, with what
    from; None: all, from what is not known. Of other days that stays as it was.
    """
    rows = db.query("gong/reconcile", [days.first, days.last])
    dates = [day.date() for day in rows["call_date"]]
    for column, now in (("staged_from", staged), ("words_from", words)):
        before = [None] * len(rows) if now is None else rows[column]
        rows[column] = [(now or {}).get(day, old) for day, old in zip(dates, before, strict=True)]
    with db.transaction("gong.gong_reconciliation", bulk=len(rows) > _FEW_DAYS):
        db.replace("gong.gong_reconciliation", rows, {"call_date": _each(days)})
    return rows.sort_values("call_date", ignore_index=True)


def _note_staged(db: Tables, days: Days, wanted: Mapping[dt.date, str], now: dt.datetime) -> None:
    rows = [
        {"call_date": day, "fingerprint": fingerprint, "staged_at": now}
        for day, fingerprint in wanted.items()
        if days.first <= day <= days.last
    ]
    db.replace("gong.gong_staged_days", pd.DataFrame(rows), {"call_date": _each(days)})


def _fingerprints(rows: Iterable[Mapping[str, object]]) -> dict[dt.date, str]:
    """One hash a day over its calls' and transcripts' hashes, and over how they are staged."""
    found: dict[dt.date, str] = {}
    text = sql.text("gong/stage_transcripts", "duckdb")
    for day, of_day in groupby(rows, key=lambda row: row["call_date"]):
        whole = hashlib.sha256(text.encode())
        for row in of_day:
            whole.update(f"{row['call_id']} {row['call_hash']} {row['transcript_hash']}\n".encode())
        assert isinstance(day, dt.datetime)
        found[day.date()] = whole.hexdigest()
    return found


#: Calls whose sentences one statement makes, more only on a single day: bounds its memory. Few
#: statements of many rows are cheaper, since DuckDB writes whole row groups past its log.
_CALLS_AT_ONCE = 20_000


def _stretches(calls_of: Mapping[dt.date, int]) -> Iterator[Days]:
    """Runs of consecutive days that hold at most so many calls."""
    run: list[dt.date] = []
    calls = 0
    for day in sorted(calls_of):
        follows = bool(run) and day - run[-1] == dt.timedelta(days=1)
        if run and (not follows or calls + calls_of[day] > _CALLS_AT_ONCE):
            yield Days(run[0], run[-1])
            run, calls = [], 0
        run.append(day)
        calls += calls_of[day]
    if run:
        yield Days(run[0], run[-1])


def _count(days: Days) -> int:
    return (days.last - days.first).days + 1


def _make(db: Tables, table: str, statement: str, days: Days) -> int:
    scope = {"call_date": _each(days)}
    return db.replace_from(table, statement, [days.first, days.last], scope)


def _each(days: Days) -> list[dt.date]:
    """Each day by name: a range would be a type of the port."""
    return [days.first + dt.timedelta(days=n) for n in range(_count(days))]


#: Characters of an address that can mean a domain.
_LONGEST = 2_000


def web_domain(written: str) -> str | None:
    """The host that ``written`` means, in lower case and ASCII (IDNA), or None where it is none.

    Scheme, user, port, path, query, a leading ``www.`` and a final dot say nothing of whose it is:
    ``https://www.Acme.example:8443/de?x=1`` is ``acme.example``.
    """
    import httpx

    text = written.strip()
    if not text or len(text) > _LONGEST:
        return None
    address = text if "://" in text else f"//{text.lstrip('/')}"
    try:
        host = httpx.URL(address).raw_host.decode("ascii").lower().rstrip(".")
    except (httpx.InvalidURL, UnicodeError, ValueError):
        return None
    host = host.removeprefix("www.")
    return host if "." in host and not host.startswith(".") else None


def known_domains(written: Iterable[str]) -> pd.DataFrame:
    """Rows of ``gong_web_domains``: each writing that means a domain, and which."""
    meant = {text: web_domain(text) for text in sorted(set(written))}
    rows = [{"written": text, "domain": domain} for text, domain in meant.items() if domain]
    return pd.DataFrame(rows, columns=["written", "domain"])
