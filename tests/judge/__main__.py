"""``make judge``, ``python -m tests.judge [ROOM|ID ...]``: measures and prints figures."""

import sys

from tests.run_figures import main

if __name__ == "__main__":
    sys.exit(main("tests.judge", sys.argv[1:]))
