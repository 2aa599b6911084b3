"""One bucket for all processes: never above the limits, and Retry-After stops everybody."""

import subprocess
import sys
import time

import pytest

from resources.gong.errors import RateLimited
from resources.gong.quota import Quota
from tests.waiting import PATIENCE

_CHILD = """
import sys, time
from pathlib import Path
from resources.gong.quota import Quota
quota = Quota(Path(sys.argv[1]), "c", per_second=40, per_day=1000)
for _ in range(20):
    quota.take()
    print(time.time(), flush=True)
"""


def test_four_processes_together_stay_within_the_rate(tmp_path):
    path = tmp_path / "quota.sqlite"
    children = [
        subprocess.Popen(
            [sys.executable, "-c", _CHILD, str(path)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    taken = sorted(
        float(line) for child in children for line in child.communicate(timeout=PATIENCE)[0].split()
    )
    assert all(child.returncode == 0 for child in children)
    assert len(taken) == 80
    # 80 slots at 40 a second take 79 / 40 s; a crowded machine makes it longer, never shorter.
    assert taken[-1] - taken[0] >= 79 / 40 - 0.05
    quota = Quota(path, "c", per_second=40, per_day=1000)
    assert quota.used_today() == 80


class Time:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def simulated(path, **more) -> tuple[Quota, Time]:
    clock = Time()
    settings = {"per_second": 3, "per_day": 10, "patience": 60} | more
    return Quota(path / "q.sqlite", "c", now=clock, sleep=clock.sleep, **settings), clock


def test_slots_are_evenly_apart(tmp_path):
    quota, clock = simulated(tmp_path)
    begin = clock.now
    for _ in range(7):
        quota.take()
    assert clock.now - begin == pytest.approx(2.0, abs=1e-3)


def test_the_day_ends_the_run_until_midnight_and_nothing_more_is_counted(tmp_path):
    quota, clock = simulated(tmp_path)
    for _ in range(10):
        quota.take()
    for _ in range(2):
        with pytest.raises(RateLimited) as caught:
            quota.take()
    assert f"{caught.value.resume_at:%H:%M:%S}" == "00:00:00"
    assert quota.used_today() == 10
    clock.now = caught.value.resume_at.timestamp() + 1
    quota.take()
    assert quota.used_today() == 1


def test_a_block_is_waited_for_when_short_and_refused_when_long(tmp_path):
    quota, clock = simulated(tmp_path)
    quota.take()
    quota.block(30)
    begin = clock.now
    quota.take()
    assert clock.now - begin == pytest.approx(30)
    quota.block(61)
    with pytest.raises(RateLimited):
        quota.take()


def test_companies_do_not_share_a_bucket(tmp_path):
    clock = Time()
    one, two = (
        Quota(tmp_path / "q.sqlite", name, per_second=1, per_day=1, now=clock, sleep=clock.sleep)
        for name in ("one", "two")
    )
    one.take()
    two.take()
    with pytest.raises(RateLimited):
        one.take()


def test_taking_a_slot_is_cheap(tmp_path):
    quota = Quota(tmp_path / "q.sqlite", "c", per_second=1e9, per_day=10_000)
    quota.take()
    begin = time.process_time()
    for _ in range(200):
        quota.take()
    assert (time.process_time() - begin) / 200 < 0.005


@pytest.mark.parametrize("years", [1, 30])
def test_a_clock_that_was_ahead_and_was_set_back_keeps_nobody_waiting(tmp_path, years):
    quota, clock = simulated(tmp_path)
    right = clock.now
    clock.now += years * 365 * 86_400
    quota.take()
    quota.block(600)
    quota.close()
    clock.now = right
    again = Quota(
        tmp_path / "q.sqlite", "c", per_second=3, per_day=10, now=clock, sleep=clock.sleep
    )
    for _ in range(4):
        again.take()
    assert clock.now - right == pytest.approx(1.0, abs=1e-3)
    assert again.used_today() == 4
    again.block(30)  # what Gong asks for now counts
    again.take()
    assert clock.now - right == pytest.approx(31.0, abs=1e-3)


@pytest.mark.parametrize("how", ["garbage", "cut", "zeros"])
def test_a_damaged_bucket_is_made_anew(tmp_path, how):
    path = tmp_path / "q.sqlite"
    quota, _ = simulated(tmp_path)
    quota.take()
    quota.close()
    whole = path.read_bytes()
    path.write_bytes(
        {"garbage": b"\x07" * 9000, "cut": whole[:5000], "zeros": whole[:100] + bytes(8000)}[how]
    )
    quota, _ = simulated(tmp_path)
    quota.take()
    assert quota.used_today() == 1
