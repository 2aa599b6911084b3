"""A user's own folder with mistakes, given on the command line."""

import os
import subprocess
import sys

from tests.waiting import PATIENCE


def test_a_folder_with_mistakes_ends_with_status_2_and_a_list(sources, tmp_path):
    with (sources / "csms.csv").open("a", encoding="utf-8") as file:
        file.write("CSM009,Nobody,nobody@fairlight.example,Mars\n")
    lines = len((sources / "products.csv").read_text("utf-8").splitlines())
    products = f"products.csv:{lines + 1}"
    with (sources / "products.csv").open("a", encoding="utf-8") as file:
        file.write("CUST_NOBODY,GL,yesterday,active,5,100,\n")
    home = tmp_path / "home"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CS_ASSETS")}
    done = subprocess.run(
        [sys.executable, "-m", "cs_assets.cli", "demo", "--data", sources, "--home", home],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 2
    first, *rest = done.stderr.strip().splitlines()
    assert first.startswith("cs-assets: 3 problems in 2 files of ")
    assert [line.split(": ")[0].strip() for line in rest] == [
        "csms.csv:6", products, products,
    ]  # fmt: skip
    assert not (home / "warehouse.duckdb").exists()
    assert not (home / "sources").exists()
