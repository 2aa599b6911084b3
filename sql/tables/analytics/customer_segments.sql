-- One row per customer and week: segment by rule, with its reason.
-- key: customer_id, week_start
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.customer_segments (
    customer_id       STRING NOT NULL, -- the customer
    week_start        DATE NOT NULL,   -- Monday
    value_tier        STRING NOT NULL, -- by ARR; one of: High, Medium, Low, Unknown
    behaviour_segment STRING NOT NULL, -- by rule; one of: Champion, Growing, Steady, At risk, Onboarding, Dormant
    reason            STRING NOT NULL, -- the rule that decided, in words
    previous_segment  STRING,          -- segment of the week before
    segment_since     DATE NOT NULL,   -- Monday from which it holds without a break
    rule_number       BIGINT,          -- place of the rule that decided, from 1
    rule_values       STRING,          -- JSON by metric: what the rule's fitting conditions read
    rules_version     STRING           -- version and digest of customers.yaml
);
