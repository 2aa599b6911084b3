"""Builds an answer: facts get ids and proofs, sentences get slots, code fills them."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pandas as pd

from cs_assets.answers.model import Answer, Line, Plan, Proven, Status
from cs_assets.answers.reading import Reader
from cs_assets.facts.model import Fact, FactSheet, Quote, Unit
from cs_assets.facts.slots import fill

#: Rows shown when none are asked for, and at most.
FEW, MOST = 10, 50
#: Begins the id of a quote in a slot.
_QUOTE = "quote:"

Row = Mapping[str, Any]
#: Tells one row, given its place from one on.
RowTold = Callable[["Telling", int, Row], str]


class Telling:
    """The answer to one plan while it is made; ``week`` is the Monday that it is about."""

    def __init__(self, reader: Reader, plan: Plan, weeks: Sequence[dt.date]) -> None:
        self.reader = reader
        self.plan = plan
        self.weeks = weeks
        self._facts: list[Proven] = []
        self._quotes: list[Quote] = []

    @property
    def week(self) -> dt.date:
        """The week asked for, or the newest."""
        asked = self.plan.values.get("week")
        return dt.date.fromisoformat(asked) if asked else self.weeks[0]

    @property
    def last_day(self) -> dt.date:
        """The newest week's Sunday: up to when anything is known."""
        return self.weeks[0] + dt.timedelta(days=6)

    def number(self, slot: str, otherwise: int) -> int:
        return int(self.plan.values.get(slot) or otherwise)

    @property
    def most(self) -> int:
        return min(self.number("most", FEW), MOST)

    def fact(
        self,
        fact_id: str,
        label: str,
        value: Any,
        unit: Unit,
        proof: tuple[str, Sequence[Any], str],
        *,
        n: Any = None,
        verdict: Any = None,
        interval: tuple[Any, Any] | None = None,
        reason: str | None = None,
    ) -> str:
        """Enter a fact with its proof (table, key, column) and give its slot."""
        table, key, column = proof
        clean = _clean(value)
        fact = Fact(
            fact_id,
            label,
            clean,
            unit,
            n=None if _missing(n) else int(n),
            status="no_data" if clean is None else "ok",
            reason=reason if clean is None else None,
            source=table,
        )
        ends = None if interval is None or any(map(_missing, interval)) else interval
        self._facts.append(
            Proven(
                fact,
                table,
                tuple(_key(part) for part in key),
                column,
                None if _missing(verdict) else str(verdict),
                None if ends is None else (float(ends[0]), float(ends[1])),
            )
        )
        return f"{{{fact_id}}}"

    def cell(
        self, fact_id: str, label: str, row: Row, proof: tuple[str, Sequence[Any], str],
        unit: Unit = "text", reason: str | None = None,
    ) -> str:  # fmt: skip
        """Enter what the row itself holds in the column of the proof."""
        return self.fact(fact_id, label, row[proof[2]], unit, proof, n=1, reason=reason)

    def plain(self, *given: Any) -> str:
        """A ``cell`` that is one of a list of words, as words."""
        return f"{self.cell(*given)[:-1]}:words}}"

    def counted(self, fact_id: str, label: str, rows: int, table: str) -> str:
        """How many rows of a table there are of what was asked for."""
        return self.fact(fact_id, label, rows, "count", (table, self._asked(), "rows"), n=rows)

    def looked_at(self, fact_id: str, label: str, rows: int, table: str) -> str:
        """How many customers a list was made of; they are all whom the asker may read."""
        own = "" if self.reader.asker.role == "operations" else "your "
        what = "customer" if rows == 1 else "customers"
        return f"{own}{self.counted(fact_id, label, rows, table)} {what}"

    def _asked(self) -> list[str]:
        return [f"{name}={value}" for name, value in sorted(self.plan.values.items())] or ["all"]

    def week_named(self, fact_id: str, week: Any, row: Row) -> str:
        """The Monday of a week as a fact of a customer's row."""
        key = (row["customer_id"], week)
        proof = ("analytics.customer_metrics", key, "week_start")
        return self.fact(fact_id, "week", week, "date", proof, n=1)

    def customer(self, fact_id: str, row: Row) -> str:
        """The customer's name as a fact."""
        proof = ("source.customers", (row["customer_id"],), "customer_name")
        return self.fact(fact_id, "customer", row["customer_name"], "text", proof, n=1)

    def whom(self) -> str:
        """Whom the plan is about, by name: the customer, else the rep."""
        values = self.plan.values
        # A rep knows whom they call by name.
        known = ("answers/customers", "answers/customers_called") if "customer" in values else ()
        for one in (row for statement in known for row in self.reader.rows(statement)):
            if one["customer_id"] == values["customer"]:
                return self.customer("customer", one)
        for one in self.reader.rows("answers/reps") if "rep" in values else ():
            if one["user_id"] == values["rep"]:
                proof = ("gong.gong_users", (values["rep"],), "full_name")
                return self.cell("rep", "rep", one, proof)
        return "that customer"

    def of_whom(self, of_customer: str = "of") -> str:
        """Likewise behind what is of them; nothing where the plan names nobody."""
        if not {"customer", "rep"} & {*self.plan.values}:
            return ""
        return f" {of_customer if 'customer' in self.plan.values else 'of'} {self.whom()}"

    def listed(self, head: str, rows: Sequence[Row], line: RowTold, *below: str) -> Answer:
        """Rows under a head, as many as are shown, with how many more there are."""
        shown = rows[: self.most]
        lines = [line(self, at, row) for at, row in enumerate(shown, start=1)]
        left_out = len(rows) - len(shown)
        if left_out and "most" not in self.plan.values:
            proof = ("asked", self._asked(), "rows")
            more = self.fact("left_out", "rows not shown", left_out, "count", proof, n=left_out)
            below = (f"And {more} more; say how many you want to see.", *below)
        return self.answer(head, rows=lines, below=below, left_out=left_out)

    def quote(self, text: Any, call: Any, speaker: str, start_ms: Any) -> str:
        """Enter exact words with where they were said, and give their slot."""
        quote_id = f"q{len(self._quotes) + 1}"
        second = None if _missing(start_ms) else float(start_ms) / 1000
        self._quotes.append(Quote(quote_id, str(text), str(call), speaker, second))
        return f"{{quote:{quote_id}}}"

    def answer(
        self, *lines: str, rows: Sequence[str] = (), below: Sequence[str] = (),
        status: Status = "answered", needs: str | None = None, offered: Sequence[str] = (),
        left_out: int = 0,
    ) -> Answer:  # fmt: skip
        """Fill the sentences, the rows and what stands below them; raises ``RejectedText`` for a
        figure that is no slot.
        """
        facts = tuple(one.fact for one in self._facts)
        day = self.weeks[0]
        now = dt.datetime.combine(day, dt.time(), dt.UTC)
        sheet = FactSheet("answer", self.plan.question, day, day, now, facts, tuple(self._quotes))
        return Answer(
            status, self.plan.question,
            tuple(
                _line(one, sheet, is_row)
                for several, is_row in ((lines, False), (rows, True), (below, False))
                for one in several
            ),
            tuple(self._facts), tuple(self._quotes), needs, tuple(offered), left_out,
        )  # fmt: skip

    def not_known(self, needs: str, *lines: str) -> Answer:
        """Nothing in scope answers; the same whether rows exist or not."""
        said = lines or ("That is not known from what you may read.",)
        return self.answer(*said, status="not_known", needs=needs)


def _line(slotted: str, sheet: FactSheet, is_row: bool) -> Line:
    filled = fill(slotted, sheet)
    ids = tuple(dict.fromkeys(one.fact_id for one in filled.claims))
    quotes = tuple(one.removeprefix(_QUOTE) for one in ids if one.startswith(_QUOTE))
    facts = tuple(one for one in ids if not one.startswith(_QUOTE))
    return Line(filled.text, facts, quotes, is_row)


def _missing(value: Any) -> bool:
    return value is None or value is pd.NaT or bool(pd.isna(value))


def _key(part: Any) -> str:
    """A part of a row's key as text; what would part it in a reference is written otherwise."""
    clean = _clean(part)
    text = f"{clean:.0f}" if isinstance(clean, float) else str(clean)
    return text.replace("%", "%25").replace("/", "%2F")


def _clean(value: Any) -> float | str | None:
    """A cell as a fact's value: numbers as floats, days as ISO text."""
    if _missing(value):
        return None
    if isinstance(value, dt.date):  # datetimes and timestamps too
        return value.strftime("%Y-%m-%d")
    if isinstance(value, str):
        return value
    return float(value) if isinstance(value, Decimal) or hasattr(value, "__float__") else str(value)
