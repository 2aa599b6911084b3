"""A process that writes to one partition again and again: port of the server, name of writer."""

import sys

from tests.snowflake.local_server import arguments_of, warehouse_on
from tests.snowflake.test_concurrent_writers import merge, replace

if __name__ == "__main__":
    port, writer = sys.argv[1:]
    warehouse = warehouse_on({**arguments_of(int(port)), "network_timeout": 60})
    print("begins", flush=True)
    for turn in range(4):
        merge(warehouse, writer, turn)
        replace(warehouse, writer)
