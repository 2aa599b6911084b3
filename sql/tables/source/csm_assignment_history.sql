-- One row per past assignment of an account, with what became of it.
-- key: account_id, assigned_at
CREATE TABLE IF NOT EXISTS source.csm_assignment_history (
    account_id  STRING NOT NULL,        -- the account; joins accounts.account_id
    worker_id   STRING NOT NULL,        -- the CSM; joins workday_workers.worker_id
    assigned_at TIMESTAMP_NTZ NOT NULL, -- when, UTC
    ended_at    TIMESTAMP_NTZ,          -- when it ended
    outcome     STRING                  -- what became of it; one of: retained, churned, escalated, reassigned, open
);
