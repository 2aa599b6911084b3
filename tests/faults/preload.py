"""What the forking server imports once, so that a child starts in milliseconds."""

import tests.faults.child
import tests.faults.repeats  # noqa: F401

import boto3  # isort: skip

boto3.client(
    "sesv2", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
).close()
