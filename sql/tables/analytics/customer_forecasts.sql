-- One row per customer, week and window: what conversions will be worth in the next window.
-- key: customer_id, week_start, window_weeks
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.customer_forecasts (
    customer_id  STRING NOT NULL, -- the customer
    week_start   DATE NOT NULL,   -- Monday of the last week known
    window_weeks BIGINT NOT NULL, -- weeks of the window that follows it
    value        DOUBLE,          -- conversion value in USD; empty where reason says why
    value_low    DOUBLE,          -- lower end of the interval that holds in four of five cases
    value_high   DOUBLE,          -- its upper end
    error        DOUBLE,          -- mean error on windows of the past, percent of the mean of forecast and outcome (0 to 200)
    naive_error  DOUBLE,          -- the same of the last window repeated
    method       STRING NOT NULL, -- the method with most weight
    weight       DOUBLE,          -- its weight, 0 to 1; the rest is other methods
    windows      BIGINT NOT NULL, -- windows of the past that it was tried on; none overlaps another
    weeks        BIGINT NOT NULL, -- weeks known of the customer
    reason       STRING           -- why there is none; one of: short, wide, gaps
);
