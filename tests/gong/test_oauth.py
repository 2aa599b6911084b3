"""OAuth: refresh tokens are good for one use, so the new pair is kept before it is used."""

import subprocess
import sys

import pytest

from cs_assets.gong.simulator import Limits, Simulator, serve
from resources.gong.auth import OAuth
from resources.gong.client import GongClient, Retries
from resources.gong.errors import BadCredentials
from resources.gong.quota import Quota
from tests.gong.test_client import OCTOBER, corpus, ids
from tests.waiting import PATIENCE


@pytest.fixture
def company():
    simulator = Simulator(corpus(3), limits=Limits(None, None), base_path="/us-42")
    with serve(simulator):
        yield simulator


def oauth(simulator: Simulator, store, first: str = "first") -> OAuth:
    url = f"{simulator.base_url}/oauth2/generate-customer-token"
    return OAuth("key", "secret", first, store, token_url=url)


def client(simulator: Simulator, tmp_path) -> GongClient:
    quota = Quota(tmp_path / "q.sqlite", "c", per_second=1e4, per_day=10**6)
    return GongClient(
        oauth(simulator, tmp_path / "tokens.json"), quota, retries=Retries(5, first=0.001)
    )


def test_calls_are_read_from_the_base_url_that_came_with_the_token(company, tmp_path):
    assert len(ids(client(company, tmp_path).calls(OCTOBER))) == 3
    assert oauth(company, tmp_path / "tokens.json").base_url().endswith("/us-42")


def test_a_token_is_kept_private_and_used_by_the_next_process(company, tmp_path):
    ids(client(company, tmp_path).calls(OCTOBER))
    assert (tmp_path / "tokens.json").stat().st_mode & 0o777 == 0o600
    ids(client(company, tmp_path).calls(OCTOBER))
    assert company.requests["POST /oauth2/generate-customer-token"] == 1


def test_a_revoked_access_token_is_renewed_once(company, tmp_path):
    reader = client(company, tmp_path)
    ids(reader.calls(OCTOBER))
    company.gate.access_tokens.clear()
    assert len(ids(reader.calls(OCTOBER))) == 3
    assert company.requests["POST /oauth2/generate-customer-token"] == 2


def test_a_dead_refresh_token_says_what_to_do(company, tmp_path):
    company.gate.refresh_token = "another"
    with pytest.raises(BadCredentials, match="GONG_OAUTH_REFRESH_TOKEN"):
        list(client(company, tmp_path).calls(OCTOBER))


def test_the_new_pair_is_on_disk_before_it_is_used(company, tmp_path):
    tokens = oauth(company, tmp_path / "tokens.json")
    header = tokens.header()
    # A process that dies right here has lost nothing: the next one goes on with the new pair.
    assert oauth(company, tmp_path / "tokens.json").header() == header


def test_a_new_grant_replaces_the_old_tokens(company, tmp_path):
    oauth(company, tmp_path / "tokens.json").header()
    company.gate.refresh_token = "second"
    header = oauth(company, tmp_path / "tokens.json", first="second").header()
    assert header.removeprefix("Bearer ") in company.gate.access_tokens


_CHILD = """
import sys
from pathlib import Path
from resources.gong.auth import OAuth
tokens = OAuth("key", "secret", "first", Path(sys.argv[1]), token_url=sys.argv[2])
print(tokens.header())
"""


def test_of_many_processes_one_refreshes(company, tmp_path):
    url = f"{company.base_url}/oauth2/generate-customer-token"
    command = [sys.executable, "-c", _CHILD, str(tmp_path / "tokens.json"), url]
    children = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    headers = {child.communicate(timeout=PATIENCE)[0].strip() for child in children}
    assert len(headers) == 1
    assert company.requests["POST /oauth2/generate-customer-token"] == 1
