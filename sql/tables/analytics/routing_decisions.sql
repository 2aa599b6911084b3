-- One row per decision of a person on an account's owner, oldest first; the newest counts.
-- key: account_id, decided_at
CREATE TABLE IF NOT EXISTS analytics.routing_decisions (
    account_id  STRING NOT NULL,        -- the account
    decided_at  TIMESTAMP_NTZ NOT NULL, -- when, UTC
    decision    STRING NOT NULL,        -- what; one of: approve, override, reject
    worker_id   STRING,                 -- the CSM; approved, chosen instead, or refused
    batch_id    STRING,                 -- the batch it answers
    reason_code STRING NOT NULL,        -- why
    decided_by  STRING NOT NULL,        -- who
    note        STRING                  -- in words
);
