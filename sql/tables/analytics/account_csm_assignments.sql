-- One row per account: the CSM it was given, and how.
-- key: account_id
CREATE TABLE IF NOT EXISTS analytics.account_csm_assignments (
    account_id     STRING NOT NULL,        -- the account
    tenant_id      STRING,                 -- the tenant
    account_name   STRING,                 -- name
    worker_id      STRING NOT NULL,        -- the CSM
    worker_name    STRING NOT NULL,        -- name
    batch_id       STRING NOT NULL,        -- the batch that gave it
    status         STRING NOT NULL,        -- state; one of: assigned, held, overridden
    method         STRING NOT NULL,        -- how; one of: weighted_score, integer_programme, pinned, person
    score          DOUBLE,                 -- weighted score, 0 to 1; single accounts only
    cost           BIGINT,                 -- cost of this owner, in billionths; 1 is an average account on a full book
    review_verdict STRING NOT NULL,        -- what the reviewer said; one of: approve, flag, unreviewed
    llm_feedback   STRING NOT NULL,        -- JSON list of the reviewer's reasons
    reason_code    STRING,                 -- why a person decided otherwise
    decided_by     STRING,                 -- person who decided
    policy_version STRING NOT NULL,        -- hash of the policy
    assigned_at    TIMESTAMP_NTZ NOT NULL, -- when its batch was planned, or the person decided, UTC
    waiting_since  TIMESTAMP_NTZ           -- since when the account had waited, UTC
);
