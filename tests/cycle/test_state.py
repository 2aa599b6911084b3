"""The comparison behind R-51 and R-52 sees what differs, and only that."""

from dataclasses import replace

from tests.faults.cycle_state import State, Table, steady_columns


def state(*rows: tuple[str, ...], in_doubt: frozenset[str] = frozenset()) -> State:
    return State({"ops.deliveries": Table(("key", "state", "sent_at"), rows)}, in_doubt, [], [])


USUAL = (
    state(("a", "sent", "10:00"), ("b", "sent", "10:01")),
    state(("b", "sent", "11:00"), ("a", "sent", "11:01")),
)


def test_what_differs_among_usual_states_is_not_compared():
    assert steady_columns(USUAL) == {"ops.deliveries": ["key", "state"]}
    assert state(("a", "sent", "12:00"), ("b", "sent", "12:01")).unlike(USUAL) == []


def test_a_lost_doubled_or_changed_row_is_seen():
    for rows in (
        [("a", "sent", "")],
        [("a", "sent", ""), ("a", "sent", ""), ("b", "sent", "")],
        [("a", "sent", ""), ("b", "failed", "")],
    ):
        assert state(*rows).unlike(USUAL) == ["ops.deliveries"]
    assert replace(state(), tables={}).unlike(USUAL) == ["ops.deliveries"]


def test_a_delivery_in_doubt_is_left_to_its_own_count():
    doubtful = state(("a", "sent", ""), ("b", "sending", ""), in_doubt=frozenset({"b"}))
    assert doubtful.unlike(USUAL) == []
