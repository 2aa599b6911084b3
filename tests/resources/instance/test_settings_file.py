"""A home's dagster.yaml is brought up to date; what a user has put there stays."""

from importlib.resources import files

import pytest
import yaml

from cs_assets.errors import UsageError
from resources.instance.settings_file import put_in_place

CURRENT = files("cs_assets").joinpath("config", "dagster.yaml").read_bytes()
NEW = yaml.safe_load(CURRENT)
#: As the first version wrote it.
OLD = """# The Dagster instance of one machine. Copied into the home folder once; edit that copy.
concurrency:
  runs:
    max_concurrent_runs: 2  # mine is 3 soon
run_monitoring:
  enabled: true
  max_runtime_seconds: 14400
run_retries:
  enabled: true
"""


def brought_up(path, text):
    path.write_text(text)
    put_in_place(path, CURRENT)
    return yaml.safe_load(path.read_text())


def test_a_new_home_gets_the_file_as_it_is(tmp_path):
    put_in_place(tmp_path / "dagster" / "dagster.yaml", CURRENT)
    assert (tmp_path / "dagster" / "dagster.yaml").read_bytes() == CURRENT


def test_an_older_file_gets_what_it_lacks_and_keeps_the_rest(tmp_path):
    file = tmp_path / "dagster.yaml"
    found = brought_up(file, OLD)
    assert found["storage"] == NEW["storage"]
    assert found["run_launcher"] == NEW["run_launcher"]
    assert found["run_monitoring"] == NEW["run_monitoring"]
    assert found["run_retries"] == {"enabled": True}
    assert set(OLD.splitlines()) <= set(file.read_text().splitlines())
    once = file.read_text()
    put_in_place(file, CURRENT)
    assert file.read_text() == once


def test_what_a_user_chose_stays(tmp_path):
    own = {
        "storage": {"postgres": {"postgres_db": {"hostname": "db", "db_name": "dagster"}}},
        "run_launcher": {"module": "theirs", "class": "Launcher"},
        "instance_class": {"module": "theirs", "class": "Instance"},
        "run_monitoring": {
            "enabled": False,
            "poll_interval_seconds": 60,
            "start_timeout_seconds": 600,
            "free_slots_after_run_end_seconds": 5,
        },
    }
    assert brought_up(tmp_path / "dagster.yaml", yaml.safe_dump(own)) == own
    old_storage = {"event_log_storage": {"module": "theirs", "class": "Events"}}
    assert "storage" not in brought_up(tmp_path / "dagster.yaml", yaml.safe_dump(old_storage))


@pytest.mark.parametrize(
    "text",
    [
        "run_monitoring: {enabled: true}\n",
        "run_monitoring:   # ours\n    enabled: true\n",
        "run_monitoring:\n",
        "",
    ],
)
def test_every_layout_can_be_added_to(tmp_path, text):
    found = brought_up(tmp_path / "dagster.yaml", text)
    for name in ("poll_interval_seconds", "free_slots_after_run_end_seconds"):
        assert found["run_monitoring"][name] == NEW["run_monitoring"][name]


@pytest.mark.parametrize("text", ["a: [", "- a list\n"])
def test_what_is_no_settings_file_is_named(tmp_path, text):
    with pytest.raises(UsageError, match=r"dagster\.yaml: "):
        brought_up(tmp_path / "dagster.yaml", text)
    assert (tmp_path / "dagster.yaml").read_text() == text
