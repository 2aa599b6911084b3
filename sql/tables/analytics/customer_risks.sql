-- One row per customer and week: how likely it is lost at its next renewal, as far as the past tells.
-- key: customer_id, week_start
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.customer_risks (
    customer_id STRING NOT NULL, -- the customer
    week_start  DATE NOT NULL,   -- Monday
    risk        DOUBLE,          -- probability, 0 to 1; empty without a past to learn from
    risk_low    DOUBLE,          -- lower end of its 90 % interval
    risk_high   DOUBLE,          -- upper end
    arr_at_risk DECIMAL(18,2),   -- revenue x risk, a year in USD; empty where either is not known
    basis       STRING NOT NULL, -- what the risk is from; one of: proposed risk, configured health, red before, base rate, no past
    cases       BIGINT NOT NULL, -- past decisions behind it; of red before those that were Red
    lost        BIGINT NOT NULL  -- of them cancelled
);
