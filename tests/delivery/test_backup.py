"""A home is backed up while a run sends, and no restored ledger sends anything twice."""

import contextlib
import datetime as dt
import io
import os
import shutil
import subprocess
import sys
import tarfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from cs_assets.delivery.couriers import MailCourier
from cs_assets.delivery.delivering import Report, deliver
from cs_assets.delivery.policy import load_policy
from cs_assets.errors import UsageError
from resources import backup
from resources.home import Home
from tests.faults.doubles import ACCEPTED, FixedClock, ScriptedTransport
from tests.faults.scene import MONDAY_AFTER, WEEK, artefact, open_outbox
from tests.waiting import PATIENCE

COUNT = 12
#: The backup is made while this one is on the wire: claimed, not answered.
AT = 5


class _Installation:
    """A home whose mails go to a provider that outlives it."""

    def __init__(self, root: Path) -> None:
        self.root, self.file = root, root.parent / "home.tar"
        self.provider, self.clock = ScriptedTransport(), FixedClock(MONDAY_AFTER)

    @contextmanager
    def outbox(self):
        courier = MailCourier(
            self.provider, self.root, sender="a@cs.example", reply_to=None, policy=load_policy()
        )
        with open_outbox(self.root, {"email": courier}, self.clock) as box:
            yield box

    def send(self) -> Report:
        found = [artefact(self.root, number) for number in range(1, COUNT + 1)]
        with self.outbox() as box:
            return deliver(box, found, kind="weekly_report", period_start=WEEK, run_id="r")

    def back_up(self, _letter: object = None):
        backup.write(Home(self.root), self.file)
        return ACCEPTED

    def restore(self, **options: bool) -> backup.Restored:
        self.clock.move(minutes=30)
        given = {"replace": False, **options}
        return backup.restore(self.file, Home(self.root), now=self.clock.now(), **given)

    def confirm(self, *, sent: bool) -> int:
        with self.outbox() as box:
            return box.ledger.lift_fence(sent=sent, by="ann", note="asked", now=self.clock.now())

    @property
    def times_sent(self) -> set[int]:
        return set(self.provider.requests_by_key.values())


@pytest.fixture
def installation(home) -> _Installation:
    made = _Installation(home)
    made.provider.script.extend([ACCEPTED_AS_IS] * (AT - 1) + [made.back_up])
    return made


def ACCEPTED_AS_IS(_letter: object):
    return ACCEPTED


def test_a_ledger_whose_machine_is_lost_holds_what_may_have_been_sent_since(installation):
    assert installation.send().counts.sent == COUNT
    shutil.rmtree(installation.root)
    done = installation.restore()
    assert (done.kept_ledger, done.held) == (False, COUNT - AT + 1)
    again = installation.send()
    assert (again.counts.sent, again.counts.unknown) == (AT - 1, COUNT - AT + 1)
    assert "may have been sent since" in again.rows["reason"].dropna().iloc[0]
    assert installation.confirm(sent=True) == COUNT - AT + 1
    assert installation.send().counts.sent == COUNT
    assert (len(installation.provider.received), installation.times_sent) == (COUNT, {1})


def test_what_was_planned_only_after_the_backup_is_held_too_until_somebody_knows(installation):
    installation.provider.script.clear()
    installation.back_up()  # before anything was planned
    installation.send()
    shutil.rmtree(installation.root)
    assert installation.restore().held == 0
    assert installation.send().counts.unknown == COUNT
    assert installation.times_sent == {1}
    assert installation.confirm(sent=False) == COUNT  # as if the provider had lost them all
    assert installation.send().counts.sent == COUNT
    assert installation.times_sent == {2}


def test_a_ledger_that_is_left_stays_in_force(installation):
    installation.send()
    done = installation.restore(replace=True)
    assert (done.kept_ledger, done.held) == (True, 0)
    assert done.moved_to is not None
    assert installation.send().counts.sent == COUNT
    assert installation.times_sent == {1}


def test_receipts_that_are_left_prove_what_a_damaged_ledger_cannot(installation):
    installation.send()
    (installation.root / "delivery.sqlite").write_bytes(b"no database")
    for log in installation.root.glob("delivery.sqlite-*"):
        log.unlink()
    assert installation.restore(replace=True).kept_ledger is False
    assert installation.send().counts.sent == COUNT
    assert installation.times_sent == {1}


def test_all_of_a_home_comes_back_and_nothing_that_is_not_whole(installation, warehouse):
    with warehouse.session("test"):
        pass
    installation.send()
    kept = {
        path.relative_to(installation.root): path.read_bytes()
        for path in installation.root.rglob("*")
        if path.is_file() and "sqlite" not in path.name and not path.name.endswith(".lock")
    }
    shutil.rmtree(installation.root)
    whole = installation.file.read_bytes()
    for bad in (
        whole[: len(whole) // 2],
        whole.replace(b"All is well", b"All is wild"),
        b"x" * 9000,
    ):
        installation.file.write_bytes(bad)
        with pytest.raises(backup.NotABackup):
            installation.restore()
        assert not installation.root.exists()
    installation.file.write_bytes(whole)
    installation.restore()
    receipts = next(name for name in kept if name.name.startswith("receipts"))
    for name, content in kept.items():
        if name != receipts:  # which had fewer lines then
            assert (installation.root / name).read_bytes() == content
    with pytest.raises(UsageError, match="not empty"):
        installation.restore()
    with pytest.raises(UsageError, match="there already"):
        installation.back_up()


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "a/../../outside"])
def test_a_name_that_leads_out_of_the_home_is_refused(tmp_path, name):
    file = tmp_path / "b.tar"
    with tarfile.open(file, "w") as tar:
        info = tarfile.TarInfo(name)
        info.size = 1
        tar.addfile(info, io.BytesIO(b"x"))
    with pytest.raises(backup.NotABackup, match="cannot be of a home"):
        backup.restore(file, Home(tmp_path / "home"), replace=False, now=dt.datetime(2026, 11, 16))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar"]


def _killed_at(call: str, number: int):
    """In a child that restores: the process ends at its so many-th use of ``os.<call>``."""
    real, left = getattr(os, call), [number]

    def use(*arguments, **more):
        left[0] -= 1
        if not left[0]:
            os._exit(9)
        return real(*arguments, **more)

    setattr(os, call, use)


@pytest.mark.parametrize("call", ["link", "rename", "replace"])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_restore_that_is_killed_goes_on_and_nothing_is_sent_twice(installation, call, number):
    installation.send()
    child = os.fork()
    if not child:
        with contextlib.suppress(BaseException):
            _killed_at(call, number)
            installation.restore(replace=True)
        os._exit(0)
    os.waitpid(child, 0)  # bounded: the child ends by itself
    ledger = installation.root / "delivery.sqlite"
    assert ledger.exists()
    done = installation.restore(replace=True)
    assert (done.kept_ledger, done.held) == (True, 0)
    assert installation.send().counts.sent == COUNT
    assert installation.times_sent == {1}
    left = {one.name[:8] for one in installation.root.iterdir() if one.name.startswith(".")}
    assert left == {".before-"}


def test_a_home_that_cannot_be_renamed_is_restored(installation, tmp_path):
    """A volume is mounted there: it is empty but for what its file system keeps, and it stays."""
    installation.send()
    volume = tmp_path / "volume"
    (volume / "lost+found").mkdir(parents=True)
    was = volume.stat().st_ino
    shutil.rmtree(installation.root)
    installation.root.symlink_to(volume)
    installation.restore()
    assert (installation.root.is_symlink(), volume.stat().st_ino) == (True, was)
    assert installation.confirm(sent=True) == COUNT - AT + 1
    assert installation.restore(replace=True).moved_to.parent == volume
    assert installation.send().counts.sent == COUNT
    assert sorted(one.name for one in tmp_path.iterdir()) == ["home", "home.tar", "volume"]


def test_what_a_killed_backup_left_is_removed_by_a_later_one(installation):
    installation.send()
    installation.file.unlink()
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    ).stdout.strip()
    old, new = (installation.file.with_name(f".cs-assets-backup-{gone}-{n}") for n in "ab")
    for left in (old, new):
        left.mkdir()
    os.utime(old, (0, 0))
    installation.back_up()
    assert (old.exists(), new.exists()) == (False, True)


def test_another_installation_is_not_overwritten(installation, tmp_path):
    installation.send()
    other = _Installation(tmp_path / "other")
    other.root.mkdir()
    with other.outbox():
        pass
    with pytest.raises(UsageError, match="another installation"):
        backup.restore(installation.file, Home(other.root), replace=True, now=MONDAY_AFTER)
    assert (other.root / "delivery.sqlite").exists()
