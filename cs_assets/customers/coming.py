"""What is read first of a week: which data are not there, and what clearly changed."""

import datetime as dt
from collections.abc import Callable

import pandas as pd

from cs_assets.customers.policy import SEGMENT_WINDOW
from cs_assets.feeds.gaps import Gaps

Query = Callable[..., pd.DataFrame]


def gaps_of(query: Query, week: dt.date, window: int = SEGMENT_WINDOW) -> Gaps:
    """By customer and feed, what is late or missing in ``window`` weeks up to ``week``."""
    return Gaps(query("customers/gaps_of_week", [week, window]))


def verdicts_of(query: Query, week: dt.date) -> pd.DataFrame:
    """Rows of ``analytics.customer_changes`` of the week over the window of segments."""
    return query("customers/changes_of_week", [week, SEGMENT_WINDOW])
