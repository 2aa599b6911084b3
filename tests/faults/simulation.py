"""R-14: whole delivery runs in one process under a seed, with everything going wrong.

Two schedulers take turns, at points that the seed chooses, on one ledger. Providers
lose answers, refuse and stall; statements fail; processes die; the clock jumps;
content changes; a person decides what is unclear. After every step the promises
are checked against what the provider really took. One seed is one history, so a
failure is played again by its seed.
"""

import datetime as dt
import random
import shutil
import sqlite3
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cs_assets.delivery import artefact_files, crash_points
from cs_assets.delivery.clock import Clock
from cs_assets.delivery.couriers import Prepared
from cs_assets.delivery.delivering import Outbox, deliver
from cs_assets.delivery.model import Answer, Delivery, Outcome, State
from cs_assets.delivery.planning import Artefact
from cs_assets.delivery.record.ledger import Ledger
from cs_assets.delivery.record.store import SqliteStore
from cs_assets.delivery.sending import RecordingFailed
from tests.faults.processes import in_processes
from tests.faults.scene import MONDAY_AFTER, WEEK, artefact, open_outbox
from tests.figures import Figure
from tests.waiting import PATIENCE, finished

#: Points inside a transaction or a lock: another scheduler would wait there for ever.
_INSIDE = frozenset(
    {"before_plan_commit", "before_claim_commit", "before_settle_commit"}
    | {"within_journal_line", "before_journal_fsync"}
)
_STATEMENT_FAULTS = frozenset(
    {"before_plan_commit", "before_claim_commit", "before_settle_commit", "within_journal_line"}
)


class Died(BaseException):
    """The simulated process is gone."""


class Broken(AssertionError):
    """A promise does not hold."""


@dataclass
class World:
    """All that the seed decides, and the truth."""

    seed: int
    home: Path
    rng: random.Random
    now: dt.datetime = MONDAY_AFTER
    taken: Counter[str] = field(default_factory=Counter)
    doubts: int = 0
    calm: bool = False
    decided: set[str] = field(default_factory=set)

    def chance(self, share: float) -> bool:
        return not self.calm and self.rng.random() < share


class SimulatedClock(Clock):
    """The world's time; sleeping lets it pass."""

    def __init__(self, world: World) -> None:
        self._world = world

    def now(self) -> dt.datetime:
        return self._world.now

    def sleep(self, seconds: float) -> None:
        if not 0 <= seconds <= 300:
            raise Broken(f"a wait of {seconds} s")
        self._world.now += dt.timedelta(seconds=seconds)


class SimulatedCourier:
    """A provider whose answers the seed draws; it counts what it really took."""

    def __init__(self, world: World, provider: str) -> None:
        self.provider = provider
        self._world = world

    def prepare(self, delivery: Delivery) -> Prepared:
        artefact_files.read_as_planned(delivery.parts, self._world.home)
        return Prepared(delivery.delivery_key, delivery.parts.sha256)

    def send(self, prepared: Prepared) -> Answer:
        world, key = self._world, str(prepared.message)
        draw = 0.0 if world.calm else world.rng.random()
        if draw < 0.62:
            world.taken[key] += 1
            return Answer(Outcome.ACCEPTED, provider_message_id="id")
        if draw < 0.70:
            world.taken[key] += 1
            world.doubts += 1
            raise TimeoutError("the answer was lost")
        if draw < 0.75:
            world.doubts += 1
            raise ConnectionResetError("nobody took it, but who knows")
        if draw < 0.90:
            hint = world.rng.choice([None, -1.0, 2.0, 1e9, float("nan")])
            return Answer(Outcome.REJECTED_TRANSIENT, code="429", retry_after=hint)
        if draw < 0.94:
            return Answer(Outcome.REJECTED_PERMANENT, code="550")
        if draw < 0.97:
            return Answer(Outcome.CONFIG_ERROR, code="401")
        if world.chance(0.5):
            world.taken[key] += 1
        world.doubts += 1
        raise KeyboardInterrupt  # the run is being terminated

    def close(self) -> None:
        """Holds nothing."""


class Baton:
    """Lets one thread run at a time; the seed says which goes on at each switch."""

    def __init__(self, world: World, names: list[int]) -> None:
        self._world = world
        self._alive = list(names)
        self._turn = names[0]
        self._changed = threading.Condition()

    def wait_for(self, name: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self._turn == name, PATIENCE)

    def switch(self, name: int) -> None:
        with self._changed:
            self._turn = self._world.rng.choice(self._alive)
            self._changed.notify_all()
            assert self._changed.wait_for(lambda: self._turn == name, PATIENCE)

    def leave(self, name: int) -> None:
        with self._changed:
            self._alive.remove(name)
            if self._alive:
                self._turn = self._world.rng.choice(self._alive)
            self._changed.notify_all()


class Simulation:
    """One history under one seed."""

    def __init__(self, seed: int, home: Path) -> None:
        self.world = World(seed, home, random.Random(seed))
        self.failure: BaseException | None = None
        self._actor = threading.local()
        self._eyes = SqliteStore(home / "delivery.sqlite")

    def run(self) -> None:
        """Play the history; raises ``Broken`` when a promise does not hold."""
        crash_points.hook = self._at
        try:
            for _ in range(3):
                self._play([self._run_once, self._run_once])
                self._between_runs()
            self.world.calm = True
            self._settle()
        finally:
            crash_points.hook = None
            self._eyes.close()

    # ---- actors

    def _play(self, actors: list[Callable[[], None]]) -> None:
        baton = Baton(self.world, list(range(len(actors))))
        threads = [
            threading.Thread(target=self._act, args=(number, actor, baton))
            for number, actor in enumerate(actors)
        ]
        for thread in threads:
            thread.start()
        finished(*threads)
        if self.failure is not None:
            raise self.failure

    def _act(self, number: int, actor: Callable[[], None], baton: Baton) -> None:
        self._actor.name, self._actor.baton = number, baton
        baton.wait_for(number)
        try:
            actor()
        except (Died, KeyboardInterrupt, RecordingFailed, sqlite3.OperationalError):
            pass  # this scheduler is gone or failed; the other goes on
        except BaseException as error:
            self.failure = self.failure or error
        finally:
            baton.leave(number)

    def _at(self, point: str) -> None:
        """What happens whenever the code passes a named point."""
        world = self.world
        self._check()
        if world.chance(0.015):
            if point in ("after_claim_commit", "before_send", "after_answer"):
                world.doubts += 1
            if point == "within_journal_line":
                world.doubts += 1
            raise Died
        if point in _STATEMENT_FAULTS and world.chance(0.01):
            world.doubts += 1
            raise sqlite3.OperationalError("disk I/O error")
        if point not in _INSIDE and getattr(self._actor, "baton", None) is not None:
            self._actor.baton.switch(self._actor.name)

    def _run_once(self) -> None:
        with self._outbox() as outbox:
            deliver(
                outbox,
                self._artefacts(),
                kind="weekly_report",
                period_start=WEEK,
                run_id="simulated",
                allow_late=True,
            )

    def _outbox(self) -> "_Opened":
        return _Opened(self.world)

    def _artefacts(self) -> list[Artefact]:
        world = self.world
        found = [
            artefact(world.home, number, channel=channel)
            for number in (1, 2, 3)
            for channel in ("email", "slack")
        ]
        if world.chance(0.3):
            changed = world.rng.choice(found)
            (world.home / changed.parts.text_path).write_text(f"edition {world.rng.random()}")
        return found

    def _between_runs(self) -> None:
        """Time passes; a person decides some of what is unclear, truthfully, or sends anew."""
        world = self.world
        world.now += dt.timedelta(seconds=world.rng.choice([5, 90, 400, 90_000]))
        ledger = Ledger(self._eyes)
        calm, world.calm = world.calm, True
        for delivery in ledger.find(states=[State.UNKNOWN]):
            if world.rng.random() < 0.4:
                key = delivery.delivery_key
                ledger.resolve(
                    key, sent=world.taken[key] > 0, by="person", note="seen", now=world.now
                )
                world.decided.add(key)
        for delivery in ledger.find(states=[State.SENT]):
            if world.rng.random() < 0.1:
                ledger.make_revision(
                    delivery.delivery_key, parts=None, by="person", note="again", now=world.now
                )
        world.calm = calm

    def _settle(self) -> None:
        """Calm weather: run until nothing changes, then everything must be accounted for."""
        for _ in range(3):
            self.world.now += dt.timedelta(hours=1)
            self._run_once()
        self._check()
        states = self._states()
        open_keys = [
            key
            for key, (state, revision) in states.items()
            if state in ("pending", "sending") and revision == 1
        ]
        if open_keys:
            raise Broken(f"never settled: {open_keys}")
        unknown = sum(state == "unknown" for state, _ in states.values())
        if unknown > self.world.doubts:
            raise Broken(f"{unknown} unknown, only {self.world.doubts} reasons for doubt")

    # ---- promises

    def _states(self) -> dict[str, tuple[str, int]]:
        rows = self._eyes.rows("SELECT delivery_key, state, revision FROM delivery")
        return {r["delivery_key"]: (r["state"], r["revision"]) for r in rows}

    def _check(self) -> None:
        taken = self.world.taken
        twice = [key for key, times in taken.items() if times > 1]
        if twice:
            raise Broken(f"sent twice: {twice}")
        states = self._states()
        for key in taken:
            if key not in states:
                raise Broken(f"sent without a plan: {key}")
        for key, (state, _) in states.items():
            if state == "sent" and taken[key] != 1:
                raise Broken(f"called sent, never taken: {key}")
            if state in ("pending", "failed", "cancelled") and taken[key]:
                raise Broken(f"called {state}, but taken: {key}")


class _Opened:
    """An outbox of the world as a context, with a connection of its own."""

    def __init__(self, world: World) -> None:
        couriers = {
            "email": SimulatedCourier(world, "mail"),
            "slack": SimulatedCourier(world, "slack"),
        }
        self._context = open_outbox(world.home, couriers, SimulatedClock(world))

    def __enter__(self) -> Outbox:
        return self._context.__enter__()

    def __exit__(self, *error: object) -> None:
        self._context.__exit__(*error)  # type: ignore[arg-type]


def play(seed: int, base: Path) -> str:
    """Play one seed; returns what broke, or nothing."""
    home = base / str(seed)
    home.mkdir()
    try:
        Simulation(seed, home).run()
    except Exception as error:
        return f"seed {seed}: {type(error).__name__}: {error}"
    finally:
        shutil.rmtree(home)
    return ""


def play_all(seeds: range) -> list[str]:
    """Play the seeds one after the other; what broke."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        return [trouble for seed in seeds if (trouble := play(seed, Path(folder)))]


def simulated_histories(seeds: int = 300, first: int = 0) -> Figure:
    """R-14: so many seeds from ``first`` on, every promise after every step."""
    last = first + seeds
    portions = [range(start, min(start + 50, last)) for start in range(first, last, 50)]
    broken = [trouble for found in in_processes(play_all, portions) for trouble in found]
    return Figure(
        "R-14",
        f"simulated histories of {seeds} in which a promise broke",
        f"{len(broken)}{': ' + '; '.join(broken[:3]) if broken else ''}",
        "0",
        not broken,
    )
