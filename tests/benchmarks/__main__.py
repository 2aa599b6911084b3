"""``python -m tests.benchmarks [ROOM ...]``: prints the figures."""

import sys

from tests import benchmarks
from tests.run_figures import main

if __name__ == "__main__":
    sys.exit(main(benchmarks, sys.argv[1:]))
