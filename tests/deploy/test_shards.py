"""A week of reviews in shards: what is asked for, when, and again when it was lost."""

import datetime as dt

import dagster as dg
import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from cs_assets.definitions import build_defs
from cs_assets.jobs import weekly_reviews_job
from cs_assets.reviews.facts.assets import ReviewScope
from resources.settings import Settings
from schedules import review_shards
from schedules.weekly import weekly_reviews_schedule
from sensors import lost_runs

MONDAY = dt.datetime(2026, 11, 16, 16, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def repository() -> dg.RepositoryDefinition:
    return build_defs(Settings.load()).get_repository_def()


def asked_by_the_schedule(repository, shards: int) -> dg.RunRequest:
    context = dg.build_schedule_context(
        scheduled_execution_time=MONDAY,
        repository_def=repository,
        resources={"settings": Settings.load(cs_assets_review_shards=shards)},
    )
    (request,) = weekly_reviews_schedule.evaluate_tick(context).run_requests or []
    return request


def test_unsharded_the_week_is_one_run(repository):
    request = asked_by_the_schedule(repository, 1)
    assert request.partition_key == "2026-11-09"
    assert request.asset_selection is None


def test_shards_follow_what_they_rest_on_and_are_the_whole_job_together(repository):
    first = asked_by_the_schedule(repository, 3)
    job = repository.get_job(weekly_reviews_job.name)
    run = dg.DagsterRun(
        job_name=job.name,
        tags={**first.tags, "dagster/partition": "2026-11-09", "cs_assets/allow_late": "true"},
    )
    shards = list(review_shards.shards_of(run, repository))
    assert [one.run_config["ops"]["review_facts"]["config"]["shard"] for one in shards] == [1, 2, 3]
    assert len({one.run_key for one in shards}) == 3
    assert all(one.tags["cs_assets/allow_late"] == "true" for one in shards)
    once, sharded = set(first.asset_selection), set(shards[0].asset_selection)
    assert once | sharded == set(job.asset_layer.selected_asset_keys)
    assert not once & sharded
    told = {
        node.name
        for node in job.nodes
        if "shards" in getattr(node.definition.config_schema.config_type, "fields", {})
    }
    assert told == set(review_shards.SHARDED)
    assert {"shard", "shards"} <= set(ReviewScope.model_fields)


@pytest.mark.parametrize(
    ("status", "will_retry", "minutes", "followed", "times", "begun"),
    [
        ("FAILURE", "true", 2, "", "0", True),
        ("FAILURE", "true", 0, "", "0", False),
        ("FAILURE", "false", 2, "", "0", False),
        ("SUCCESS", "true", 2, "", "0", False),
        ("FAILURE", "true", 2, "dagster/parent_run_id", "0", False),
        ("FAILURE", "true", 2, "cs_assets/again_for", "0", False),
        ("FAILURE", "true", 2, "", "3", False),
    ],
)
def test_a_run_is_begun_anew_that_was_to_be_and_was_not(
    status, will_retry, minutes, followed, times, begun
):
    tags = {
        "dagster/will_retry": will_retry, "dagster/partition": "2026-11-09",
        "cs_assets/shard": "1-of-2", "cs_assets/process": "{}", "cs_assets/again": times,
    }  # fmt: skip
    with dg.DagsterInstance.ephemeral() as instance:
        lost = dg.DagsterRun(
            job_name="weekly_reviews_job",
            status=dg.DagsterRunStatus[status],
            tags=tags,
            run_config={"ops": {}},
        )
        instance.add_run(lost)
        if followed:
            instance.add_run(
                dg.DagsterRun(job_name="weekly_reviews_job", tags={followed: lost.run_id})
            )
        then = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=minutes)
        asked = [*lost_runs.again(instance, ["weekly_reviews_job"], then)]
        assert not [*lost_runs.again(instance, ["another_job"], then)]
    assert len(asked) == begun
    for request in asked:
        assert request.partition_key == "2026-11-09"
        assert request.tags == {
            "cs_assets/shard": "1-of-2", "cs_assets/again_for": lost.run_id, "cs_assets/again": "1",
        }  # fmt: skip


@dg.job
def weekly_reviews_job_of_tests():
    @dg.op
    def fails():
        raise ValueError("wrong data")

    fails()


@pytest.mark.parametrize(
    ("reason", "begun"), [("UNEXPECTED_TERMINATION", 1), ("RUN_EXCEPTION", 1), ("STEP_FAILURE", 0)]
)
def test_a_run_that_ended_with_its_code_server_is_begun_anew(reason, begun):
    tags = {
        "dagster/partition": "2026-11-09", "dagster/will_retry": "false",
        "dagster/failure_reason": reason,
    }  # fmt: skip
    with dg.DagsterInstance.ephemeral() as instance:
        run = dg.DagsterRun(
            job_name="weekly_reviews_job", status=dg.DagsterRunStatus.FAILURE, tags=tags
        )
        instance.add_run(run)
        then = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=2)
        assert len([*lost_runs.again(instance, ["weekly_reviews_job"], then)]) == begun
        # The daemon was to try it, and found nobody to ask.
        instance.report_engine_event("Failed to retry run", run)
        assert len([*lost_runs.again(instance, ["weekly_reviews_job"], then)]) == 1


def test_a_run_that_others_called_dead_is_begun_anew_and_one_that_failed_is_not():
    job = weekly_reviews_job_of_tests
    with dg.DagsterInstance.ephemeral() as instance:
        failed = job.execute_in_process(instance=instance, raise_on_error=False)
        assert not failed.success
        dead = instance.create_run_for_job(job, tags={"dagster/partition": "2026-11-09"})
        instance.report_run_failed(dead, "Process 7 that executed it is gone.")
        then = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=2)
        (asked,) = lost_runs.again(instance, [job.name], then)
    assert asked.tags["cs_assets/again_for"] == dead.run_id


class NoDatabase(Exception):
    """Named as the one that a step raises that waited in vain."""


def _cut_off() -> None:
    """As SQLAlchemy has it, below what a step raises itself."""
    try:
        try:
            raise psycopg.errors.AdminShutdown("terminating connection")
        except psycopg.Error as error:
            raise OperationalError("SELECT 1", None, error) from error
    except OperationalError as error:
        raise ValueError("no report") from error


def _away_for_long() -> None:
    raise NoDatabase("PostgreSQL of the Dagster instance is away")


def _wrong() -> None:
    raise ValueError("psycopg.OperationalError: told in a sentence of its own")


@pytest.mark.parametrize(
    ("steps", "begun"),
    [([_cut_off], 1), ([_away_for_long, _cut_off], 1), ([_wrong], 0), ([_cut_off, _wrong], 0)],
)
def test_a_run_whose_steps_lost_postgresql_is_begun_anew(steps, begun):
    @dg.job
    def of_steps():
        for number, raises in enumerate(steps):
            dg.op(name=f"step_{number}")(raises)()

    with dg.DagsterInstance.ephemeral() as instance:
        failed = of_steps.execute_in_process(
            instance=instance, raise_on_error=False, tags={"dagster/failure_reason": "STEP_FAILURE"}
        )
        assert not failed.success
        then = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=2)
        assert len([*lost_runs.again(instance, ["of_steps"], then)]) == begun
