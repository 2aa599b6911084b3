"""Starts processes, starts again those that die, and ends all of them with this one."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cs_assets.commands.serving.service import end_group, signalled
from cs_assets.commands.terminal import echo
from cs_assets.errors import CsAssetsError

#: A service that dies so often in so many seconds will not live.
_DEATHS, _WITHIN_SECONDS = 3, 120.0
_LOOK_SECONDS = 0.5
_LAST_WORDS_SECONDS = 2.0
#: Others find the code in error, and look again later, when they are there before it.
_PATIENCE_SECONDS = 60.0
_STYLES = re.compile(r"\x1b\[[0-9;]*m")
_STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class ServicesFailed(CsAssetsError):
    """A service keeps dying."""


@dataclass
class Service:
    name: str
    arguments: list[str]
    after: Path | None = None
    """Who else's socket it waits for, up to a minute."""
    is_needed: bool = True
    """Whether all ends where it keeps dying; the rest goes on without another."""
    given_up: bool = False
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)

    def is_wanted(self, seconds: float) -> bool:
        if self.given_up:
            return False
        return self.process is not None or _answers(self.after) or seconds > _PATIENCE_SECONDS


class Stopped:
    """Whether a signal has asked for the end."""

    asked = False

    def note(self, *_: object) -> None:
        self.asked = True


@contextlib.contextmanager
def told_to_stop() -> Iterator[Stopped]:
    """Heed signals, SIGINT too, to which a shell without a terminal makes commands deaf."""
    stopped = Stopped()
    before = {number: signal.getsignal(number) for number in _STOPS}
    for number in _STOPS:
        if number != signal.SIGHUP or before[number] != signal.SIG_IGN:  # as nohup asks
            signal.signal(number, stopped.note)
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Relay:
    """Passes on what services print, until they are told to stop: how they take that is noise."""

    def __init__(self, stopped: Stopped) -> None:
        reading, self.writing = os.pipe()
        self._lines = os.fdopen(reading, encoding="utf-8", errors="replace")
        self._stopped = stopped
        self._thread = threading.Thread(target=self._pass_on, daemon=True)
        self._thread.start()

    def _pass_on(self) -> None:
        for line in self._lines:
            if not self._stopped.asked:
                with contextlib.suppress(OSError, ValueError):  # nobody listens any more
                    echo(_STYLES.sub("", line.rstrip("\n")), error=True)

    def close(self) -> None:
        """Wait a moment for the last words of services that have ended."""
        os.close(self.writing)
        self._thread.join(_LAST_WORDS_SECONDS)


def watch(services: list[Service], stopped: Stopped) -> None:
    """Keep the services running until told to stop; raises ``ServicesFailed``."""
    reading, writing = os.pipe()
    relay = _Relay(stopped)
    try:
        began = time.monotonic()
        while not stopped.asked:
            for service in services:
                if service.is_wanted(time.monotonic() - began):
                    _keep(service, reading, relay.writing)
            time.sleep(_LOOK_SECONDS)
    finally:
        _end(services)
        os.close(reading)
        os.close(writing)
        relay.close()


def _keep(service: Service, pipe: int, output: int) -> None:
    """Start a service that does not run."""
    status = service.process.poll() if service.process else None
    if service.process and status is None:
        return
    if service.process:
        end_group(service.process.pid)  # what it has left behind
        now = time.monotonic()
        service.deaths = [at for at in service.deaths if now - at < _WITHIN_SECONDS] + [now]
        if len(service.deaths) >= _DEATHS:
            said = (
                f"the {service.name} ended {_DEATHS} times in {_WITHIN_SECONDS:.0f} seconds, "
                f"last with status {status}; what it printed above says why"
            )
            if service.is_needed:
                raise ServicesFailed(said)
            echo(f"! {said}. It is not started again; the rest is served on", error=True)
            service.process, service.given_up = None, True
            return
        echo(f"The {service.name} ended with status {status}; starting it again")
    service.process = subprocess.Popen(  # noqa: S603 - our own interpreter, fixed arguments
        [sys.executable, "-m", f"{__package__}.service", str(pipe), *service.arguments],
        pass_fds=(pipe,),
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
    )


def _end(services: list[Service]) -> None:
    """All at once, each with what it has started."""
    processes = [service.process for service in services if service.process]
    for process in processes:
        signalled(process.pid, signal.SIGTERM)
    for process in processes:
        end_group(process.pid, process.poll)


def _answers(path: Path | None) -> bool:
    """Whether somebody listens on a socket; there is nothing to ask without one."""
    if path is None:
        return True
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0
