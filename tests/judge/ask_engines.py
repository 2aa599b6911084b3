"""The same answers on DuckDB and on the local Snowflake server: a small company, every question."""

import dataclasses
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cs_assets.answers.answering import Answers
from cs_assets.answers.scope import asker
from tests.answers import tenant
from tests.figures import Figure

ASKED = (
    ("operations", "what is the ARR of Northgate Council"),
    ("operations", "conversions of Northgate Council in the week of 2026-11-02"),
    ("operations", "renewal date of Café Montaña"),
    ("operations", "compare the health score of Northgate Council and みなと市財政局"),
    ("operations", "how did the conversions of Northgate Council change since 2026-11-02"),
    ("operations", "which customers have the highest ARR"),
    ("csm:CSM1", "which customers are at risk"),
    ("operations", "renewals in the next 30 days"),
    ("operations", "what signals did we hear from Northgate Council"),
    ("manager:9", "what did we promise Northgate Council"),
    ("csm:CSM2", "churn signals of Northgate Water"),
    ("operations", f"why was {tenant.CALL} scored so"),
    ("rep:ann@x.example", f"which calls are like {tenant.CALL}"),
    ("csm:c2@x.example", "who owns ACC_2 and why"),
    ("operations", "what changed for Northgate Council"),
    ("operations", "what should I do next for Northgate Council"),
    ("operations", "what was done for Northgate Council and what came of it"),
    ("rep:ann@x.example", "what is my focus"),
    ("operations", "how is Bob Stone doing"),
    ("operations", "which deliveries are held and why"),
    ("csm:CSM2", "which deliveries are held and why"),
    ("operations", "when did we last talk to Northgate Council"),
    ("csm:CSM1", "ARR of Northgate Water"),
)


def _answers(warehouse: Any) -> list[str]:
    with warehouse.reading("judge") as db:
        asked = [Answers(db, asker(who)).ask(question) for who, question in ASKED]
    return [json.dumps(dataclasses.asdict(one), default=str, sort_keys=True) for one in asked]


def equal_answers() -> Figure:
    """J-ask-05."""
    from tests.snowflake.local_server import local_server, prepare, warehouse_on

    with TemporaryDirectory() as folder, local_server() as arguments:
        embedded = _answers(tenant.company(Path(folder, "warehouse.duckdb")))
        prepare(arguments)
        warehouse = warehouse_on(arguments)
        with warehouse.session("judge") as db:
            for table, rows in tenant.tables().items():
                db.append(table, rows)
        remote = _answers(warehouse)
    same = sum(one == other for one, other in zip(embedded, remote, strict=True))
    for (_, question), one, other in zip(ASKED, embedded, remote, strict=True):
        if one != other:
            print(f"  differs: {question}\n    {one[:1500]}\n    {other[:1500]}")
    looked = ('"status": "answered"', '"status": "nothing"')
    given = sum(any(status in one for status in looked) for one in embedded)
    assert given > 0.8 * len(ASKED), embedded
    return Figure(
        "J-ask-05", f"equal answers on DuckDB and local Snowflake, {len(ASKED)}",
        f"{100 * same / len(ASKED):.0f} %", "100 %", same == len(ASKED),
    )  # fmt: skip


BY_ID = {"J-ask-05": equal_answers}
