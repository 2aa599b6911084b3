"""Fixtures of the call room's tests."""

import datetime as dt

import pytest

from cs_assets import config
from cs_assets.calls.analysis import Call
from cs_assets.calls.impact import Deal
from cs_assets.calls.rubric import Rubric, Taxonomy


@pytest.fixture(scope="session")
def rubric() -> Rubric:
    return config.load("coaching_rubric.yaml", Rubric)


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    return config.load("objections.yaml", Taxonomy)


@pytest.fixture
def call() -> Call:
    return Call(
        call_id="10000000000000000001",
        call_date=dt.date(2026, 11, 10),
        call_type="discovery",
        scope="External",
        is_private=False,
        deal=Deal("Ledger rollout", "Discovery", 60_000.0),
        sentiment="neutral",
    )
