"""A wheel built from the files that git knows, and what it does away from the tree."""

import subprocess
import sys
import sysconfig
import tempfile
import venv
from pathlib import Path

from tests.figures import Figure

ROOT = Path(__file__).resolve().parents[2]
#: Seconds that building, or a whole demo, may take on a busy machine.
_PATIENCE = 1500


def tracked() -> list[str]:
    """The files that git knows; ``LookupError`` where there is no checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE,
    )
    if listed.returncode != 0:
        raise LookupError("not a git checkout: the tracked files are not known")
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def built(folder: Path) -> Path:
    """The wheel, built below ``folder`` without a download."""
    source, out = folder / "source", folder / "wheel"
    for name in tracked():
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    done = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", out, source],
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return next(out.glob("*.whl"))


def demo_elsewhere() -> Figure:
    """P-house-08: the demo of an installed wheel, in an environment and a folder of its own.

    The environment has the libraries of this one and nothing of this tree.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel = built(folder)
        environment = folder / "environment"
        venv.create(environment, with_pip=False, symlinks=True)
        packages = next(environment.glob("lib/python*/site-packages"))
        python = environment / "bin" / "python"
        subprocess.run(
            [
                sys.executable,
                "-m",
                "pip",
                "--python",
                python,
                "install",
                "--quiet",
                "--no-deps",
                "--no-index",
                wheel,
            ],
            check=True,
            capture_output=True,
            timeout=_PATIENCE,
        )
        libraries = sysconfig.get_paths()["purelib"]
        # The folder alone: .pth files in it, as of an editable installation, are not heeded.
        (packages / "libraries.pth").write_text(f"{libraries}\n", encoding="utf-8")
        elsewhere = folder / "elsewhere"
        elsewhere.mkdir()
        clean = {"PATH": str(environment / "bin"), "HOME": str(elsewhere)}
        where = subprocess.run(
            [python, "-c", "import cs_assets; print(cs_assets.__file__)"],
            cwd=elsewhere, env=clean, capture_output=True, text=True, check=True, timeout=_PATIENCE,
        ).stdout.strip()  # fmt: skip
        done = subprocess.run(
            [environment / "bin" / "cs-assets", "demo"],
            cwd=elsewhere, env=clean, capture_output=True, text=True, check=False,
            timeout=_PATIENCE,
        )  # fmt: skip
        made = len(list((elsewhere / ".cs_assets").rglob("*.pdf")))
    is_elsewhere = Path(where).is_relative_to(packages)
    last = (done.stderr.strip() or done.stdout.strip() or "nothing").splitlines()[-1]
    trouble = "" if done.returncode == 0 else f":{last[:80]}"
    return Figure(
        "P-house-08",
        "PDFs-of-the-demo-of-an-installed-wheel-elsewhere",
        f"{made}{trouble}",
        ">=1-and-status-0",
        is_elsewhere and done.returncode == 0 and made >= 1,
    )
