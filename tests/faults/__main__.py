"""``python -m tests.faults [ROOM ...]``: prints the figures."""

import sys

from tests import faults
from tests.run_figures import main

if __name__ == "__main__":
    sys.exit(main(faults, sys.argv[1:]))
