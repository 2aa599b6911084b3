-- One row per review and piece of advice in it: what was said, and on which figure, for the next ones to follow up.
-- key: customer_id, week_start, edition, number
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.review_advice (
    customer_id STRING NOT NULL,  -- the customer
    week_start  DATE NOT NULL,    -- Monday
    edition     STRING NOT NULL,  -- which edition; one of: weekly, quarterly
    number      BIGINT NOT NULL,  -- its place in the review, from 1
    title       STRING NOT NULL,  -- title, filled
    action      STRING,           -- what to do, filled
    play        STRING,           -- the play of plays.yaml; empty where a model used words of its own
    playbook    STRING,           -- the playbook of customers.yaml that is the same, whose effect is measured
    fact_id     STRING,           -- the first figure it rests on that can be looked at again
    value       DOUBLE,           -- that figure then
    n           BIGINT,           -- what it rested on
    is_internal BOOLEAN NOT NULL  -- whether it rests on facts that are not the customer's to read
);
