"""Where nothing was staged since the last good run, the frequent schedules do not run."""

import dagster as dg
import pytest

from schedules.look_back import staged_since

JOB = "call_analysis_job"


@pytest.fixture
def asked():
    """Whether something was staged, by the records of a real instance."""
    with dg.instance_for_test() as instance:

        def is_new() -> bool:
            return staged_since(dg.build_schedule_context(instance=instance), JOB)

        yield instance, is_new


def _ran(instance, job=JOB, *, is_good=True):
    @dg.op
    def work():
        if not is_good:
            raise dg.Failure("no")

    @dg.job(name=job)
    def made():
        work()

    made.execute_in_process(instance=instance, raise_on_error=False)


def _staged(instance, asset, **metadata):
    event = dg.AssetMaterialization(asset, metadata=metadata)
    instance.report_runless_asset_event(event)


def test_the_first_run_has_something_new(asked):
    instance, is_new = asked
    assert is_new()
    _ran(instance, is_good=False)
    _ran(instance, "another_job")
    assert is_new()


def test_what_was_read_and_had_not_changed_is_nothing_new(asked):
    instance, is_new = asked
    _staged(instance, "stg_gong_calls")
    _ran(instance)
    _staged(instance, "stg_gong_calls", unchanged=True)
    _staged(instance, "gong_calls_raw")
    assert not is_new()


@pytest.mark.parametrize("asset", ["stg_gong_calls", "stg_gong_call_transcripts"])
def test_what_was_staged_since_is_new(asked, asset):
    instance, is_new = asked
    _ran(instance)
    _staged(instance, asset, unchanged=True)
    assert not is_new()
    _staged(instance, asset)
    assert is_new()
