"""``make bench``, ``python -m tests.benchmarks [ROOM|ID ...]``: measures and prints figures."""

import sys

from tests.run_figures import main

if __name__ == "__main__":
    sys.exit(main("tests.benchmarks", sys.argv[1:]))
