"""Arithmetic on matrices takes one thread, so that a busy machine does not multiply it."""

import os
import subprocess
import sys

_TOLD = """
import cs_assets.definitions, numpy, threadpoolctl
print({one["num_threads"] for one in threadpoolctl.threadpool_info() if one["user_api"] == "blas"})
"""


def test_threads_of_blas_do_not_wait_for_each_other() -> None:
    own = {k: v for k, v in os.environ.items() if k != "OPENBLAS_NUM_THREADS"}
    told = subprocess.run(
        [sys.executable, "-c", _TOLD], env=own, capture_output=True, text=True, check=True,
        timeout=120,
    )  # fmt: skip
    assert told.stdout.split() == ["{1}"]
