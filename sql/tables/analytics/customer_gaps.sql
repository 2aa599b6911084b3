-- One row per customer, week, window, feed, part and span of days whose data are not all there: no figure is made of them.
-- key: customer_id, week_start, window_weeks, feed, part, name, span
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.customer_gaps (
    customer_id  STRING NOT NULL, -- the customer
    week_start   DATE NOT NULL,   -- Monday of the last week of the window
    window_weeks BIGINT NOT NULL, -- weeks of the window
    feed         STRING NOT NULL, -- the feed, e.g. conversions, messages, touchpoints, usage figures, calls
    part         STRING NOT NULL, -- all of the customer's, or one channel, region or module; one of: all, channel, region, module_code
    name         STRING NOT NULL, -- the channel, region or module; empty for all
    span         STRING NOT NULL, -- week, current (the window), prior (the one before), year_ago (a year earlier), or the Monday of a week
    state        STRING NOT NULL, -- late, missing (a hole) or before the feed began; one of: late, missing, before
    missing      DOUBLE NOT NULL, -- share of what is usual in the span that is not there
    why          STRING NOT NULL  -- what is not there, in words
);
