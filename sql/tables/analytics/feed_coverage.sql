-- One row per week, feed, part of it and stretch of days on which it is not known: late, missing or before it began.
-- key: week_start, feed, part, name, first_day
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.feed_coverage (
    week_start DATE NOT NULL,   -- Monday of the week at whose end the feeds were looked at
    feed       STRING NOT NULL, -- the feed, e.g. conversions, messages, touchpoints, usage figures, calls
    part       STRING NOT NULL, -- what part of it: all, one value of a column, or the customers of one region; one of: all, channel, region, module_code, home
    name       STRING NOT NULL, -- the channel, region or module; empty for all
    state      STRING NOT NULL, -- late (nothing until the week's end), missing (a hole) or before it began; one of: late, missing, before
    first_day  DATE NOT NULL,   -- first day of the stretch
    last_day   DATE NOT NULL,   -- last day of it
    expected   DOUBLE,          -- rows to be expected in it; empty where that was not needed
    usual      STRING NOT NULL  -- shares of a usual week's rows from Monday to Sunday, separated by blanks
);
