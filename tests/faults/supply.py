"""R-46: what the platform is made of, and what its history holds."""

import re
import subprocess
import tomllib
from pathlib import Path

from tests.figures import Figure, NotHere
from tests.supply import audit, locked
from tests.supply.test_supply import ANSWERS, advisories

_ROOT = Path(__file__).resolve().parents[2]
#: Keys as their providers make them; none of these forms is used by our tests' own values.
_SECRETS = re.compile(
    r"\bAKIA(?!IOSFODNN7EXAMPLE|CANARY)[0-9A-Z]{16}\b|\bxox[abpr]-\d{10,}-\d{10,}-[A-Za-z0-9]{20,}|"
    r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}\b|\bsk-ant-api\d\d-[A-Za-z0-9_-]{80,}|"
    r"\bgh[pousr]_[A-Za-z0-9]{36}\b|\bhooks\.slack\.com/services/T\w{8,}/B\w{8,}/\w{24}\b"
)
_LONGEST = 900


def supply() -> Figure:
    """Locked packages, the gate under every kind of answer, secrets in all of the history."""
    packages = locked.read()
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    share = sum(bool(one.hashes) for one in packages) / len(packages)
    wrong = []
    for said, (status, answer) in ANSWERS.items():
        with advisories(answer) as url:
            if audit.main(url) != status:
                wrong.append(said)
    if audit.main(url) != 2:  # its server is gone by now
        wrong.append("away")
    found = _secrets_in_history()
    return Figure(
        "R-46",
        f"{len(packages)} packages of {project['name']} locked by hash; gate wrong under "
        f"{len(ANSWERS) + 1} kinds of answer; secrets in the history",
        f"{share:.0%}, {len(wrong)}, {len(found)}",
        "100%, 0, 0",
        share == 1 and not wrong and not found,
    )


def _secrets_in_history() -> set[str]:
    if not (_ROOT / ".git").exists():
        raise NotHere("no history is here")
    with subprocess.Popen(
        ["git", "log", "-p", "--no-color", "--unified=0", "--no-textconv", "HEAD"],
        cwd=_ROOT, stdout=subprocess.PIPE, text=True, errors="replace",
    ) as process:  # fmt: skip
        assert process.stdout is not None
        found = {
            match
            for line in process.stdout
            if line.startswith("+") and len(line) < 10_000
            for match in _SECRETS.findall(line)
        }
        process.wait(_LONGEST)
    return found


BY_ID = {"R-46": supply}
