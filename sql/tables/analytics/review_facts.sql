-- One row per customer, week and fact: every figure a review can show.
-- key: customer_id, week_start, edition, fact_id
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.review_facts (
    customer_id  STRING NOT NULL,        -- the customer
    week_start   DATE NOT NULL,          -- Monday of the week reported (last week of a quarter for the quarterly edition)
    edition      STRING NOT NULL,        -- which edition; one of: weekly, quarterly
    fact_id      STRING NOT NULL,        -- id used in slots
    position     BIGINT NOT NULL,        -- place in the fact sheet, from 0
    label        STRING NOT NULL,        -- what it is, for readers
    value_number DOUBLE,                 -- value, when a number
    value_text   STRING,                 -- value, when a text or date
    unit         STRING NOT NULL,        -- unit of facts
    n            BIGINT,                 -- observations behind it
    period_start DATE,                   -- first day observed
    period_end   DATE,                   -- last day observed
    direction    STRING NOT NULL,        -- what is good; one of: higher_is_better, lower_is_better, neutral
    status       STRING NOT NULL,        -- presence; one of: ok, no_data, not_applicable, suppressed, withheld, failed
    reason       STRING,                 -- why there is no value
    visibility   STRING NOT NULL,        -- who may see it; one of: customer, internal
    source       STRING,                 -- statement under sql/ it comes from
    snapshot_id  STRING NOT NULL,        -- of the whole fact sheet
    cutoff       TIMESTAMP_NTZ NOT NULL, -- data up to, UTC
    quote_call_id STRING                 -- the call whose words the value quotes
);
