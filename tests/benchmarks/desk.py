"""The desk: what reaches whom, what is decided at once, and who is kept out."""

import tempfile
from pathlib import Path

from tests.desk import foreign_rows, forged, rush, served, streamlit_client
from tests.figures import Figure


def decisions_at_once(
    home: Path | None = None, count: int = 500, subjects: int = 40, seen_within: float = 2.0
) -> Figure:
    """Forms sent by twelve people in eight threads, a third of them twice at once.

    Others open the page right after each; that may take ``seen_within`` seconds.
    """
    if home is None:
        with tempfile.TemporaryDirectory() as made:
            own = rush.rush_home(Path(made) / "home", subjects)
            return decisions_at_once(own, count, subjects, seen_within)
    tally = rush.rush(home, count, subjects)
    wrong = tally.lost + tally.doubled + tally.misnamed
    slowest = max(tally.seen_after)
    decided = len(tally.told)
    is_told = decided + tally.second >= count and decided > 0
    return Figure(
        "P-desk-04",
        f"{count} concurrent decisions ({decided} stand, {tally.second} told who was first): lost, "
        "doubled or misnamed; seen by others after",
        f"{wrong}; {slowest:.2f} s",
        f"0; {seen_within:.0f} s",
        wrong == 0 and is_told and slowest <= seen_within,
    )


def rows_of_others(root: Path | None = None, count: int = 10_000, moves: int = 3) -> Figure:
    """Requests of eighteen people in eight threads, interleaved, most answered from memory."""
    if root is None:
        with tempfile.TemporaryDirectory() as made:
            return rows_of_others(Path(made), count, moves)
    found = foreign_rows.browsed(*foreign_rows.home(root / "home"), count, moves)
    return Figure(
        "P-desk-03",
        f"rows of others in {found.requests} interleaved requests of {len(foreign_rows.people())} "
        f"people ({found.rows} rows, {found.kept} requests from memory, {moves} customers moved)",
        f"{found.foreign}",
        "0",
        found.foreign == 0 and found.rows > count / 4 and found.kept > 0,
    )


def forged_attempts(root: Path | None = None, count: int = 1_000) -> Figure:
    """Cross-site, rebinding, impostors' and stolen sign-ins' requests, and what they effect."""
    if root is None:
        with tempfile.TemporaryDirectory() as made:
            return forged_attempts(Path(made), count)
    found = forged.tried(root, rush.rush_home(root / "home", 1), count)
    return Figure(
        "P-desk-06",
        f"of {found.attempts} forged attempts with effect ({found.rightful} of 4 rightful requests "
        "come through)" + "".join(f"; {one}" for one in found.effects[:3]),
        f"{len(found.effects)}",
        "0",
        not found.effects and found.rightful == 4,
    )


def memory_of_sessions(home: Path | None = None, sessions: int = 200) -> Figure:
    """Sessions of people that open a page and leave; what the second half of them adds."""
    if home is None:
        with tempfile.TemporaryDirectory() as made:
            return memory_of_sessions(rush.rush_home(Path(made) / "home", 3), sessions)
    with served.served_desk(home) as (command, address):
        pages = served.children(command.pid)["pages"]
        seen = [served.resident_megabytes(pages)]
        for _ in range(2):
            for _ in range(sessions // 2):
                with streamlit_client.opened(address) as page:
                    streamlit_client.shown(page, "")
            seen.append(served.resident_megabytes(pages))
    first, second = seen[1] - seen[0], seen[2] - seen[1]
    return Figure(
        "P-desk-07",
        f"memory of the pages after {sessions} sessions ({seen[2]:.0f} MB); added by the second "
        f"half (by the first: {first:.0f} MB)",
        f"{second:.0f} MB",
        "<= 50 MB",
        second <= 50,
    )


BY_ID = {
    "P-desk-03": rows_of_others,
    "P-desk-04": decisions_at_once,
    "P-desk-06": forged_attempts,
    "P-desk-07": memory_of_sessions,
}


def figures() -> list[Figure]:
    return [rows_of_others(), decisions_at_once(), forged_attempts(), memory_of_sessions()]
