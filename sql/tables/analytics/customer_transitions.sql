-- One row per customer and week in which its segment or its health colour is another than before.
-- key: customer_id, week_start, subject
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.customer_transitions (
    customer_id   STRING NOT NULL, -- the customer
    week_start    DATE NOT NULL,   -- Monday of the week in which it is the new one
    subject       STRING NOT NULL, -- what changed; one of: health, segment
    was           STRING NOT NULL, -- in the week before
    has_become    STRING NOT NULL, -- in this week
    is_worse      BOOLEAN,         -- whether that is worse; empty where neither is
    reason        STRING,          -- what decided, in words
    held_weeks    BIGINT,          -- weeks that the segment before had held; empty for health
    rules_version STRING           -- version and digest of customers.yaml
);
