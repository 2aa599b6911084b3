-- One row per alert: a customer whose week is outside of what its own past lets expect, or who spoke of leaving.
-- key: alert_id
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.customer_alerts (
    alert_id    STRING NOT NULL,  -- customer, kind and Monday: the same alert is one alert
    customer_id STRING NOT NULL,  -- the customer
    week_start  DATE NOT NULL,    -- Monday of the week
    kind        STRING NOT NULL,  -- what it is about; one of: usage, users, conversions, health, signal, sentiment, renewal
    direction   STRING NOT NULL,  -- which way; one of: rise, fall, event
    value       DOUBLE,           -- the week's value; empty for events
    usual_low   DOUBLE,           -- lower limit by the weeks before
    usual_high  DOUBLE,           -- upper limit
    weeks       BIGINT,           -- weeks of the past behind the limits
    words       STRING NOT NULL,  -- the alert in words
    owner_id    STRING,           -- CSM who is told; empty when nobody looks after the customer
    is_news     BOOLEAN NOT NULL  -- whether it is told: not when the same was told in the three weeks before
);
