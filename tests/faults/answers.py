"""What providers answer, or fail to: R-04, R-07, R-08, R-09, R-11, R-13."""

import dataclasses
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from cs_assets.delivery import crash_points
from cs_assets.delivery.couriers import Courier
from cs_assets.delivery.delivering import Outbox, Report, deliver
from cs_assets.delivery.model import State
from cs_assets.delivery.planning import Artefact
from cs_assets.delivery.sending import RecordingFailed
from tests.faults.doubles import FixedClock
from tests.faults.http_server import Reply
from tests.faults.processes import side_by_side
from tests.faults.scene import MONDAY_AFTER, WEEK, artefact, open_outbox
from tests.faults.wires import (
    CLIENT_SECONDS,
    WIRES,
    Wire,
    lost_answers,
    open_wire,
    temporary_refusals,
)
from tests.figures import Figure


@dataclasses.dataclass
class Stage:
    """One wire with a home, a clock that stands still, and an outbox."""

    wire: Wire
    home: Path
    clock: FixedClock
    outbox: Outbox

    def artefacts(self, count: int) -> list[Artefact]:
        return [artefact(self.home, n, channel=self.wire.channel) for n in range(1, count + 1)]

    def deliver(self, artefacts: list[Artefact]) -> Report:
        return deliver(
            self.outbox, artefacts, kind="weekly_report", period_start=WEEK, run_id="run"
        )

    def deliver_twice(self, artefacts: list[Artefact]) -> Report:
        """A run, and a day later another that recovers."""
        self.deliver(artefacts)
        self.clock.move(days=1)
        return self.deliver(artefacts)


#: For faults that only a deadline ends: long enough to hand a message over on a busy machine.
SHORT_SECONDS = 1.5
_ONLY_A_DEADLINE_ENDS = ("time-out", "drip")


@contextmanager
def stage(
    name: str,
    wrap: Callable[[Courier], Courier] = lambda courier: courier,
    client_seconds: float = CLIENT_SECONDS,
) -> Iterator[Stage]:
    """The stage for wire ``name``; ``wrap`` may put something around its courier."""
    with tempfile.TemporaryDirectory() as folder, open_wire(name) as wire:
        home, clock = Path(folder), FixedClock(MONDAY_AFTER)
        courier = wrap(wire.courier(home, client_seconds))
        with open_outbox(home, {wire.channel: courier}, clock) as outbox:
            yield Stage(wire, home, clock, outbox)


def answer_lost_after_acceptance() -> Figure:
    """R-04: the provider took it and the answer is lost: one request, held as unknown."""
    cases = [(name, fault) for name in WIRES for fault in lost_answers(name)]
    wrong = [trouble for trouble in side_by_side(_one_lost_answer, cases) if trouble]
    return Figure(
        "R-04",
        "answers lost after acceptance, not exactly one request and unknown",
        f"{len(wrong)} of {len(cases)}{': ' + '; '.join(wrong) if wrong else ''}",
        "0",
        not wrong and len(cases) >= 25,
    )


def _one_lost_answer(case: tuple[str, str]) -> str:
    """What is wrong, or an empty text."""
    name, fault = case
    seconds = SHORT_SECONDS if fault in _ONLY_A_DEADLINE_ENDS else CLIENT_SECONDS
    with stage(name, client_seconds=seconds) as on:
        on.wire.script(lost_answers(name)[fault])
        report = on.deliver_twice(on.artefacts(1))
        if sum(on.wire.taken.values()) == 1 and report.counts.unknown == 1:
            return ""
        return f"{name}/{fault}: {dict(on.wire.taken)} {report.counts}"


def transient_refusals() -> Figure:
    """R-07: "not now" in every form is tried again until taken, waiting as asked."""
    cases, wrong = 0, []
    for name in WIRES:
        for refusal, asked in temporary_refusals(name):
            with stage(name) as on:
                on.wire.script(refusal, refusal)
                report = on.deliver(on.artefacts(1))
                waited = on.clock.slept
                cases += 1
                kept = all(asked <= seconds <= 300 for seconds in waited)
                if report.counts.sent != 1 or len(waited) != 2 or not kept:
                    wrong.append(f"{name}/{refusal}: {report.counts} waited {waited}")
    return Figure(
        "R-07",
        "transient sequences that did not end as sent with waits in [hint, 300 s]",
        f"{len(wrong)} of {cases}{': ' + '; '.join(wrong) if wrong else ''}",
        "0",
        not wrong and cases >= 15,
    )


ABSURD_HINTS = (
    "-1",
    "1e9",
    "999999999999999999999999",
    "inf",
    "nan",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "Mon, 01 Jan 1990 00:00:00 GMT",
    "not a date",
    "soon",
    "",
    "0",
    "3, 4",
    "0x10",
    "１２",
)


def absurd_hints() -> Figure:
    """R-08: no hint makes a run wait beyond the cap, or crash."""
    cases, over, crashed = 0, 0, 0
    for name in ("sendgrid", "slack-webhook", "slack-bot"):
        for hint in ABSURD_HINTS:
            encoded = hint.encode("utf-8").decode("latin-1")
            with stage(name) as on:
                on.wire.script(Reply(429, b"{}", (("Retry-After", encoded),)))
                cases += 1
                try:
                    sent = on.deliver(on.artefacts(1)).counts.sent
                except Exception:
                    crashed += 1
                    continue
                over += any(not 0 <= seconds <= 300 for seconds in on.clock.slept) or sent != 1
    return Figure(
        "R-08",
        "absurd Retry-After: waits over the cap or deliveries not sent, crashes",
        f"{over} and {crashed} of {cases}",
        "0 and 0",
        over == 0 and crashed == 0,
    )


def one_poisoned_recipient(count: int = 100) -> Figure:
    """R-09: one of a hundred is refused, hostile, oversize or unrenderable; 99 go out."""
    cases, wrong = 0, []
    for name in WIRES:
        for poison, spoil in _poisons(name).items():
            with stage(name) as on:
                artefacts = on.artefacts(count)
                artefacts[count // 2] = spoil(on, artefacts[count // 2])
                report = on.deliver(artefacts)
                failed = on.outbox.ledger.find(states=[State.FAILED])
                cases += 1
                told = len(failed) == 1 and bool(failed[0].last_error_text)
                once = set(on.wire.taken.values()) <= {1}
                if report.counts.sent != count - 1 or not told or not once:
                    wrong.append(f"{name}/{poison}: {report.counts}")
    return Figure(
        "R-09",
        f"one poisoned of {count}: runs without all others sent and 1 failed with reason",
        f"{len(wrong)} of {cases}{': ' + '; '.join(wrong) if wrong else ''}",
        "0",
        not wrong,
    )


def _poisons(name: str) -> dict[str, Callable[[Stage, Artefact], Artefact]]:
    def hostile(on: Stage, one: Artefact) -> Artefact:
        return replace(one, recipient="a@b.example\r\nBcc: c@d.example")

    def not_text(on: Stage, one: Artefact) -> Artefact:
        (on.home / one.parts.text_path).write_bytes(b"\xff\xfe\xff")
        return one

    def oversize(on: Stage, one: Artefact) -> Artefact:
        with (on.home / str(one.parts.attachment_path)).open("wb") as file:
            file.truncate(32_000_000)
        return one

    def refused(on: Stage, one: Artefact) -> Artefact:
        on.wire.server.script.extend([_refuse(name, one.artefact_id)] * 1)
        return one

    poisons: dict[str, Callable[[Stage, Artefact], Artefact]] = {"not text": not_text}
    if name.startswith("slack"):

        def bad_blocks(on: Stage, one: Artefact) -> Artefact:
            path = on.home / "artifacts" / "bad.json"
            path.write_text('[{"type": "section", "text": {"text": "<!channel> hi"}}]')
            return replace(one, parts=replace(one.parts, payload_path="artifacts/bad.json"))

        poisons["mention"] = bad_blocks
    else:
        poisons |= {"hostile address": hostile, "oversize": oversize}
    poisons["refused"] = refused
    return poisons


def _refuse(name: str, artefact_id: str) -> Any:
    """The provider refuses the first message for good (whichever it is)."""
    if name == "smtp":
        return {"RCPT": "550 5.1.1 no such user"}
    if name == "ses":
        return Reply(
            400,
            b'{"message": "Address blacklisted"}',
            (("x-amzn-ErrorType", "MessageRejected"),),
        )
    if name == "slack-bot":
        return Reply(200, b'{"ok": false, "error": "invalid_blocks"}')
    if name == "slack-webhook":
        return Reply(400, b"invalid_blocks")
    return Reply(400, b'{"errors": [{"message": "Does not contain a valid address."}]}')


def too_large() -> Figure:
    """R-11: a message above the provider's limit makes no request and fails with the reason."""
    wrong = []
    for name in ("sendgrid", "ses", "smtp"):
        with stage(name) as on:
            if name == "smtp":
                on.wire.server.size = 1_000_000  # type: ignore[union-attr]
            (one,) = on.artefacts(1)
            with (on.home / str(one.parts.attachment_path)).open("wb") as file:
                file.truncate(1_200_000 if name == "smtp" else 32_000_000)
            on.deliver([one])
            (failed,) = on.outbox.ledger.find(states=[State.FAILED])
            if sum(on.wire.taken.values()) or "too large" not in str(failed.last_error_text):
                wrong.append(f"{name}: {failed.last_error_text}")
    return Figure(
        "R-11",
        "providers that were sent a message over their limit, or failed it without saying so",
        f"{len(wrong)} of 3{': ' + '; '.join(wrong) if wrong else ''}",
        "0",
        not wrong,
    )


RECORDING_POINTS = (
    "after_answer",
    "within_journal_line",
    "before_journal_fsync",
    "after_journal",
    "before_settle_commit",
    "after_settle_commit",
)


def recording_fails() -> Figure:
    """R-13: whatever breaks after an accepted answer, nothing is sent again."""
    cases, resent = 0, []
    for point in RECORDING_POINTS:
        for breakage in (
            OSError(28, "No space left on device"),
            RuntimeError("database is locked"),
        ):
            for name in ("smtp", "slack-webhook"):
                with stage(name) as on:
                    artefacts = on.artefacts(3)
                    with _breaking(point, breakage), _suppressed():
                        on.deliver(artefacts)
                    on.clock.move(days=1)
                    on.deliver(artefacts)
                    cases += 1
                    if max(on.wire.taken.values()) > 1:
                        resent.append(f"{point}/{name}")
    return Figure(
        "R-13",
        "re-sends after a failure to record an accepted answer",
        f"{len(resent)} of {cases}{': ' + '; '.join(resent) if resent else ''}",
        "0",
        not resent,
    )


@contextmanager
def _breaking(point: str, error: Exception) -> Iterator[None]:
    """The first time that ``point`` is reached, ``error`` is raised there."""
    raised: list[str] = []

    def hook(name: str) -> None:
        if name == point and not raised:
            raised.append(name)
            raise error

    crash_points.hook = hook
    try:
        yield
    finally:
        crash_points.hook = None


@contextmanager
def _suppressed() -> Iterator[None]:
    try:
        yield
    except (RecordingFailed, OSError, RuntimeError):
        return
