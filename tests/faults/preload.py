"""What the forking server imports once, so that a child starts in milliseconds.

Modules that Dagster and the couriers import only when they are first used are named here.
"""

import boto3
import dagster._core.executor.multiprocess
import dagster._core.storage.event_log.sqlite.sqlite_event_log
import dagster._core.storage.sqlite_storage
import dagster._utils.test  # noqa: F401 (what reconstructing a job imports)

import tests.faults.child
import tests.faults.repeats  # noqa: F401

boto3.client(
    "sesv2", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
).close()
