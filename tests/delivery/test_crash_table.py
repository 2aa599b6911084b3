"""The crash table: where the process dies, what the ledger says afterwards, who is needed.

Each row is seen on real transports: killed for real, restarted until nothing changes.
The kills are those of the figure R-01, which at full size has every point on every transport.
"""

from typing import NamedTuple

import pytest

from tests.faults.http_server import KillAt
from tests.faults.kills import (
    POINTS,
    SMTP_POINTS,
    WIRE_MOMENTS,
    all_named_kills,
    named_kills,
)
from tests.faults.wires import WIRES
from tests.figures import Tell

SENT, UNKNOWN = "sent", "unknown"


class Row(NamedTuple):
    """A row of the table, and the places in code and on the wire that are meant by it."""

    states: set[str]
    on_the_wire: set[int]
    points: tuple[str | KillAt, ...]


#: Before the claim nothing is lost: the restarted run sends it, so it is told as sent once.
TABLE = {
    "before claim commit": Row(
        {SENT}, {1}, ("before_plan_commit", "after_plan_commit", "before_claim_commit")
    ),
    "after claim, before first byte": Row({UNKNOWN}, {0}, ("after_claim_commit", "before_send")),
    "while bytes go out": Row(
        {UNKNOWN},
        {0, 1},
        (
            "smtp_after_mail_from",
            "smtp_after_rcpt_to",
            "smtp_after_data",
            "smtp_before_final_dot",
            KillAt.CONNECTED,
            KillAt.HALF_READ,
        ),
    ),
    "after provider took it, before answer": Row(
        {UNKNOWN}, {1}, ("smtp_after_final_dot", KillAt.READ)
    ),
    # Killed by the server as it answers: the client may or may not have come to the journal.
    "after answer, before journal fsync": Row(
        {UNKNOWN, SENT}, {1}, ("after_answer", "within_journal_line", KillAt.ANSWERED)
    ),
    # A killed process leaves its written line to the system; only a power cut could lose it.
    "after journal, before row update": Row(
        {SENT}, {1}, ("before_journal_fsync", "after_journal", "before_settle_commit")
    ),
    "after row update, before Dagster event": Row({SENT}, {1}, ("after_settle_commit",)),
}


@pytest.mark.parametrize("row", TABLE)
def test_the_row_holds(row: str) -> None:
    kills = all_named_kills(in_turn=True)
    seen = {case: why for case, why in kills.items() if case[1] in TABLE[row].points}
    assert {point for _, point in seen} == set(TABLE[row].points)
    assert [why for why in seen.values() if why] == []


def test_every_transport_was_killed(tell: Tell) -> None:
    figure = named_kills(in_turn=True)
    tell(figure)
    assert figure.passed, figure.line()
    assert {wire for wire, _ in all_named_kills(in_turn=True)} == set(WIRES)


def test_what_the_kills_expect_is_what_the_table_says() -> None:
    expected = {**POINTS, **SMTP_POINTS, **WIRE_MOMENTS}
    assert {point for row in TABLE.values() for point in row.points} == set(expected)
    for row in TABLE.values():
        for point in row.points:
            states, taken = expected[point]
            assert states <= row.states, point
            assert taken <= row.on_the_wire, point
