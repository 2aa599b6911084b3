"""What each channel of a customer did: messages, conversions and credited revenue of four weeks."""

import datetime as dt

import pandas as pd

from cs_assets.feeds.coverage import CONVERSIONS, MESSAGES, TOUCHPOINTS
from cs_assets.feeds.gaps import Gaps
from sql import catalog

#: Figures by the feed that they are made of.
_MADE_OF = {
    MESSAGES: ("messages_sent_4w", "open_rate_4w", "click_rate_4w"),
    CONVERSIONS: ("conversions_4w", "conversion_value_4w"),
    TOUCHPOINTS: ("touchpoints_4w", "attributed_revenue_4w"),
}


def channel_rows(found: pd.DataFrame, gaps: Gaps, week: dt.date) -> pd.DataFrame:
    """Rows of ``analytics.customer_channels`` from rows of ``customers/channels_as_of``.

    What is made of data that have not all arrived is empty: missing is not zero.
    """
    rows = found.assign(week_start=week)
    for feed, columns in _MADE_OF.items():
        gone = gaps.why_part(
            rows["customer_id"], rows["channel"], feed, "channel", "current"
        ).notna()
        for column in columns:
            rows[column] = rows[column].where(~gone)
    return rows[catalog.table("analytics.customer_channels").column_names]
