"""A team's instance on PostgreSQL: a restart of the server is waited for, a refusal is told."""

import threading

import pytest

from cs_assets.commands.running import instance_of
from cs_assets.errors import CsAssetsError
from resources.instance import team_storage
from tests.postgres_server import NoPostgres, Server
from tests.waiting import finished

pytest.importorskip("dagster_postgres", reason="the extra 'postgres' is not installed")


@pytest.fixture
def server():
    try:
        made = Server()
    except NoPostgres as error:
        pytest.skip(str(error))
    yield made
    made.close()


def test_a_restart_of_the_server_is_waited_for_and_a_refusal_is_told(
    home, server, monkeypatch, capsys
):
    monkeypatch.setenv("DAGSTER_DATABASE_URL", server.make("instance"))
    with instance_of(home) as instance:
        assert isinstance(instance.event_log_storage, team_storage.PatientEvents)
        server.stop()
        again = threading.Timer(1.0, server.start)
        again.start()
        instance.add_dynamic_partitions("batches", ["one"])
        finished(again)
        assert instance.get_dynamic_partitions("batches") == ["one"]
        server.stop()
        monkeypatch.setattr(team_storage, "_PATIENCE_SECONDS", 0.0)
        with pytest.raises(team_storage.NoDatabase, match=r"DAGSTER_DATABASE_URL\) is away: "):
            instance.get_dynamic_partitions("batches")
        server.start()
    monkeypatch.setenv("DAGSTER_DATABASE_URL", server.url("nowhere"))
    with (
        pytest.raises(CsAssetsError, match=r'database "nowhere" does not exist'),
        instance_of(home),
    ):
        pass


def test_two_machines_of_a_name_are_one(monkeypatch):
    """A container that is made anew knows which runs its predecessor lost."""
    from resources.instance import processes

    processes._here.cache_clear()
    monkeypatch.setenv("CS_ASSETS_MACHINE", "cs-assets")
    try:
        here = processes.this_process()
        lost = processes.Process(here.host, here.machine, here.pid, "17@another-start")
        assert here.fate() is processes.Fate.ALIVE
        assert lost.fate() is processes.Fate.GONE
    finally:
        processes._here.cache_clear()
