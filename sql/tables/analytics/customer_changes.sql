-- One row per customer, week, window, measure, comparison and part: the verdict on a change, made once.
-- key: customer_id, week_start, window_weeks, measure, compared_with, part, name
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.customer_changes (
    customer_id   STRING NOT NULL, -- the customer
    week_start    DATE NOT NULL,   -- Monday of the last week of the window
    window_weeks  BIGINT NOT NULL, -- weeks of the window that is compared
    measure       STRING NOT NULL, -- what is compared; one of: conversions, conversion_value, open_rate, click_rate, key_actions
    compared_with STRING NOT NULL, -- the window before, or the same a year earlier; one of: before, year
    part          STRING NOT NULL, -- all of the customer's (of rates: within channels, combined), one channel, the channel whose value moved most judged as picked, one module, or what the mix of channels did to a rate; one of: all, channel, picked, module, mix
    name          STRING NOT NULL, -- the channel or module; empty for all and mix
    direction     STRING NOT NULL, -- verdict; one of: rise, fall, none, too_few, absent
    size          DOUBLE,          -- relative change (0.25 is a quarter more); of rates in points of percent; empty when absent or from zero
    size_low      DOUBLE,          -- lower end of its 95 % interval
    size_high     DOUBLE,          -- upper end
    n             BIGINT,          -- cases behind it, both windows together; of rates messages
    p_value       DOUBLE,          -- chance of as much without a change; empty when absent
    q_value       DOUBLE,          -- the same over all customers compared in this kind
    looked_at     BIGINT NOT NULL, -- how many were compared together
    channels      BIGINT,          -- of rates: channels with messages in both windows
    rising        BIGINT,          -- of them with a higher rate
    falling       BIGINT,          -- of them with a lower rate
    method        STRING NOT NULL, -- the test
    why           STRING NOT NULL  -- why the verdict is what it is, or why there is none
);
