"""No wait without a bound: not in the tests, and not in what they test."""

from pathlib import Path

import pytest

from tests.house.waits import unbounded

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("folder", ["cs_assets", "resources", "schedules", "sensors", "tests"])
def test_every_wait_has_a_bound(folder):
    files = sorted((ROOT / folder).rglob("*.py"))
    assert files
    assert [found for path in files for found in unbounded(path)] == []


@pytest.mark.parametrize(
    "text",
    [
        "subprocess.run(['true'], check=True)",
        "subprocess.check_output(command)",
        "process.wait()",
        "thread.join()",
        "child.communicate()",
        "future.result()",
        "lock.acquire()",
        "event.wait()",
        "changed.wait_for(lambda: done)",
        "self._queue.get()",
        "os.waitpid(child, 0)",
        "process.stdout.readline()",
        "socket.create_connection(('127.0.0.1', 80))",
        "fcntl.flock(file, fcntl.LOCK_EX)",
        "urllib.request.urlopen(request)",
        "http.client.HTTPConnection('localhost')",
        "smtplib.SMTP('localhost', 25)",
        "while not path.exists():\n    time.sleep(0.1)",
        "while True:\n    time.sleep(1)",
    ],
)
def test_a_wait_without_one_is_found(text, tmp_path):
    path = tmp_path / "some.py"
    path.write_text(text + "\n")
    assert len(list(unbounded(path))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "subprocess.run(['true'], check=True, timeout=5)",
        "process.wait(5)",
        "thread.join(timeout=5)",
        "', '.join(names)",
        "lock.acquire(timeout=5)",
        "lock.acquire(blocking=False)",
        "queue.get(timeout=5)",
        "os.waitpid(child, os.WNOHANG)",
        "socket.create_connection(address, 5)",
        "while time.monotonic() < ends:\n    time.sleep(0.1)",
        "thread.join()  # bounded: by what it does",
        "values.get('a')",
    ],
)
def test_a_wait_with_one_is_left_alone(text, tmp_path):
    path = tmp_path / "some.py"
    path.write_text(text + "\n")
    assert list(unbounded(path)) == []
