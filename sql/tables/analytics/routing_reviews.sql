-- One row per recommended account of a batch: what the reviewing model said. It can change nothing.
-- key: batch_id, account_id
-- partition: batch_id
CREATE TABLE IF NOT EXISTS analytics.routing_reviews (
    batch_id       STRING NOT NULL,       -- the batch
    account_id     STRING NOT NULL,       -- the account
    verdict        STRING NOT NULL,       -- what was said; one of: approve, flag, unreviewed
    reasons        STRING NOT NULL,       -- JSON list of reasons in words
    opens_hold     BOOLEAN NOT NULL,      -- waits for a person
    reviewer       STRING NOT NULL,       -- model, or none
    prompt_version STRING NOT NULL,       -- version of the prompt
    why_unreviewed STRING,                -- why there is no review
    feedback       STRING,                -- the answer as received, when it was accepted
    reviewed_for   TIMESTAMP_NTZ NOT NULL -- when the batch was planned, UTC
);
