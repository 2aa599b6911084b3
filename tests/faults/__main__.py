"""``make faults``, ``python -m tests.faults [ROOM|ID ...]``: measures and prints figures."""

import sys

from tests.run_figures import main

if __name__ == "__main__":
    sys.exit(main("tests.faults", sys.argv[1:]))
