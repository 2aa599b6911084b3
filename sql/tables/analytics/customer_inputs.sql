-- One row per customer, week and input: what is known of it and how old it is.
-- key: customer_id, week_start, input_name
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.customer_inputs (
    customer_id STRING NOT NULL, -- the customer
    week_start  DATE NOT NULL,   -- Monday
    input_name  STRING NOT NULL, -- kind of data; one of: usage figures, conversions, messages, calls, modules, contract terms, people, tickets, survey answers
    state       STRING NOT NULL, -- whether it may be read; one of: known, none, late, before, not connected
    last_day    DATE,            -- newest day of this customer's data up to the week's end
    age_days    BIGINT,          -- from that day to the week's end
    why         STRING           -- in words, where it is not known
);
