"""Prints figures, one line each; what ``make bench``, ``make faults`` and ``make judge`` run.

Each figure is measured in a process of its own (those of one function share it), so that no
figure sees memory, caches or threads of another.
"""

import argparse
import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from fnmatch import fnmatchcase
from itertools import groupby
from pathlib import Path

from tests.figure_page import PAGE, write
from tests.figures import Figure, Listed, NotHere, listed

_ROOT = Path(__file__).resolve().parents[1]
#: Seconds after which a figure counts as hung.
_LIMIT = 3 * 3600


def main(package: str, arguments: Sequence[str]) -> int:
    """Run what is asked for; exit status 1 when a figure fails, 2 for what does not exist."""
    entries = [entry for entry in listed() if entry.package == package]
    asked = _parser(package).parse_args(arguments)
    try:
        chosen = _chosen(entries, asked.what)
    except LookupError as error:
        sys.stderr.write(f"{error.args[0]}\n")
        return 2
    if asked.list:
        for entry in chosen:
            print(entry.id, entry.room)
        return 0
    found = [
        figure
        for _, group in groupby(chosen, key=lambda entry: (entry.room, entry.make))
        for figure in _measured_apart(list(group), asked.limit)
    ]
    if asked.write:
        write(found)
    return 0 if all(figure.passed for figure in found) else 1


def _parser(package: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"python -m {package}", description="Measures figures; all without arguments."
    )
    parser.add_argument(
        "what", nargs="*", metavar="ROOM|ID", help="rooms, ids, or patterns of ids (R-25*)"
    )
    parser.add_argument("--list", action="store_true", help="say what there is, measure nothing")
    parser.add_argument(
        "--write", action="store_true", help=f"enter the results in {PAGE.relative_to(_ROOT)}"
    )
    parser.add_argument(
        "--limit", type=float, default=_LIMIT, metavar="SECONDS",
        help="how long one figure may take (default: %(default)s)",
    )  # fmt: skip
    return parser


def _chosen(entries: list[Listed], what: Sequence[str]) -> list[Listed]:
    """The figures of the rooms named; of these, those of the ids and patterns named."""
    known = {entry.room for entry in entries}
    rooms = [name for name in what if name in known]
    chosen = [entry for entry in entries if not rooms or entry.room in rooms]
    patterns = [_pattern(name, chosen) for name in what if name not in known]
    unknown = [p for p in patterns if not any(fnmatchcase(entry.id, p) for entry in chosen)]
    if unknown:
        raise LookupError(
            f"no figure or room {', '.join(unknown)}; "
            f"there are the rooms {', '.join(sorted(known))} and "
            f"the figures {', '.join(entry.id for entry in chosen)}"
        )
    chosen = [
        entry
        for entry in chosen
        if not patterns or any(fnmatchcase(entry.id, pattern) for pattern in patterns)
    ]
    # Figures of one function stand together, whatever lies between them in the list.
    first: dict[tuple[str, str], int] = {}
    for place, entry in enumerate(chosen):
        first.setdefault((entry.room, entry.make), place)
    return sorted(chosen, key=lambda entry: first[entry.room, entry.make])


def _pattern(name: str, entries: Sequence[Listed]) -> str:
    """An id whose figures are told apart by letters stands for all: P-scale-01 for 01a and 01b."""
    ids = [entry.id for entry in entries]
    lettered = f"{name}[a-z]"
    return lettered if name not in ids and any(fnmatchcase(one, lettered) for one in ids) else name


def _measured_apart(group: list[Listed], limit: float) -> list[Figure]:
    """The figures of one function, measured in a new process; one that gave none has failed."""
    ids = [entry.id for entry in group]
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "figures"
        family = [e.id for e in listed() if replace(e, id=group[0].id) == group[0]]
        status = _run_apart([_room(group[0]), str(results), ",".join(family), *ids], limit)
        lines = results.read_text(encoding="utf-8").splitlines() if results.exists() else []
    seconds = time.monotonic() - began
    found = [Figure(**json.loads(line)) for line in lines]
    sys.stderr.write(f"{' '.join(ids)} took {seconds:.0f} s\n")
    if status == _NOT_HERE:
        return found
    why = f"ended with {status}" if status is not None else f"no end in {limit:g} s"
    missing = [id_ for id_ in ids if id_ not in {figure.id for figure in found}]
    if status == 0 and missing:
        why = "gave no such figure"
    for id_ in missing or ([ids[-1]] if status else []):
        figure = Figure(id_, "not measured", why, "a figure", False)
        print(figure.line(), flush=True)
        found.append(figure)
    return found


def _room(entry: Listed) -> str:
    return f"{entry.package}.{entry.room}"


def _run_apart(arguments: list[str], limit: float) -> int | None:
    """The exit status; None when it had to be ended. Nothing of it is left running."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.run_figures", *arguments], cwd=_ROOT, start_new_session=True
    )
    try:
        return process.wait(limit)
    except subprocess.TimeoutExpired:
        return None
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


# --- the process of a figure ------------------------------------------------------------

_NOT_HERE = 75


def _measure(room: str, results: Path, family: Sequence[str], asked: Sequence[str]) -> int:
    """Call the function of these ids, all of whose figures are in ``family``."""
    make = importlib.import_module(room).BY_ID[asked[0]]
    try:
        for figure in _all(make()):
            if figure.id not in family:
                sys.stderr.write(f"{room} gives {figure.id} where only {family} are listed\n")
                return 1
            if figure.id in asked:
                print(figure.line(), flush=True)
                with results.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(figure) | {"passed": bool(figure.passed)}) + "\n")
    except NotHere as reason:
        sys.stderr.write(f"{' '.join(asked)} not measured here: {reason}\n")
        return _NOT_HERE
    return 0


def _all(made: Figure | Iterable[Figure]) -> Iterable[Figure]:
    return (made,) if isinstance(made, Figure) else made


if __name__ == "__main__":
    sys.exit(_measure(sys.argv[1], Path(sys.argv[2]), sys.argv[3].split(","), sys.argv[4:]))
