-- One row per account of a routing batch: what is known of it. Unknown stays empty.
-- key: batch_id, account_id
-- partition: batch_id
CREATE TABLE IF NOT EXISTS analytics.accounts_needing_csm (
    batch_id          STRING NOT NULL,        -- the batch
    account_id        STRING NOT NULL,        -- the account
    tenant_id         STRING,                 -- the tenant
    account_name      STRING,                 -- name
    parent_account_id STRING,                 -- account that it belongs to
    parent_owner_id   STRING,                 -- worker who owns the parent
    segment           STRING,                 -- segment; one of: Enterprise, Mid-Market, Small Business, Residential
    account_level     STRING,                 -- level; one of: Corporate, Individual, Unknown
    region            STRING,                 -- region of its users
    language          STRING,                 -- language of its users, ISO 639-1
    lifecycle_stage   STRING,                 -- where it stands; one of: onboarding, steady, renewal
    revenue           DECIMAL(18,2),          -- revenue a year in USD
    health_segment    STRING,                 -- health; one of: Red, Yellow, Green
    tad_score         DOUBLE,                 -- technical assessment score, 0 to 100
    churn_risk        STRING NOT NULL,        -- from active churn signals; one of: high, medium, low, none
    churn_signals     BIGINT NOT NULL,        -- active churn signals
    neediness         DOUBLE NOT NULL,        -- expected work, 0 to 10 and above
    neediness_terms   STRING NOT NULL,        -- JSON of its terms
    at_risk           DOUBLE,                 -- what of it is at risk, by health and churn signals
    points            DOUBLE NOT NULL,        -- capacity it takes
    is_protected      BOOLEAN NOT NULL,       -- a person decides on its owner
    in_focus          BOOLEAN NOT NULL,       -- of the segment and level that the policy routes first
    waiting_since     TIMESTAMP_NTZ,          -- since when it waits, UTC
    waiting_days      DOUBLE,                 -- days it waited when the batch was planned
    missing           STRING NOT NULL,        -- JSON list of what the sources do not say
    unusable          STRING,                 -- why its row cannot be used; a person decides then
    problems          STRING,                 -- JSON list of what is wrong in its row, whether it can be used or not
    batched_at        TIMESTAMP_NTZ NOT NULL, -- when the batch was planned, UTC
    industry          STRING,                 -- industry
    modules           STRING,                 -- modules in use, separated by semicolons
    time_zone         STRING,                 -- time zone of its users, IANA name
    coverage          STRING                  -- shared book that the policy means for it; empty: a CSM's; one of: pooled, tech_touch
);
