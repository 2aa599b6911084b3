"""Dagster assets for customer success and sales coaching."""

import os

# The matrices here are small, and runs stand beside each other: on a busy machine threads of
# OpenBLAS that wait for each other took sixty times as long as one. It reads this as numpy loads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
