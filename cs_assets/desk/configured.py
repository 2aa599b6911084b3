"""The configuration that pages show by: read once a process, as a run reads it at its start."""

from functools import lru_cache
from pathlib import Path

from cs_assets import config
from cs_assets.coaching import policy as coaching_policy
from cs_assets.coaching.policy import CoachingPolicy
from cs_assets.config.deals import DealRules
from cs_assets.customers.policy import CustomerPolicy
from cs_assets.paper.brand import Brand, brand_of
from cs_assets.reviews import configuration
from cs_assets.reviews.configuration import ReviewSettings
from cs_assets.routing import policy as routing_policy
from cs_assets.routing.policy import Policy as RoutingPolicy


@lru_cache(maxsize=4)
def review_settings(folder: Path | None) -> ReviewSettings:
    """``reviews.yaml`` and what belongs to it."""
    return configuration.review_settings(folder)


@lru_cache(maxsize=4)
def brand(folder: Path | None) -> Brand:
    """``brand.yaml``."""
    return brand_of(folder)


@lru_cache(maxsize=4)
def customer_policy(folder: Path | None) -> CustomerPolicy:
    """``customers.yaml``."""
    return config.load("customers.yaml", CustomerPolicy, folder)


@lru_cache(maxsize=4)
def coaching(folder: Path | None) -> CoachingPolicy:
    """``coaching.yaml``."""
    return coaching_policy.load(folder)


@lru_cache(maxsize=4)
def deals(folder: Path | None) -> DealRules:
    """``deals.yaml``."""
    return config.load("deals.yaml", DealRules, folder)


@lru_cache(maxsize=4)
def routing(folder: Path | None) -> RoutingPolicy:
    """``routing.yaml``."""
    return routing_policy.load(folder)
