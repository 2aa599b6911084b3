-- One row per account: what routing needs to know of it.
-- key: account_id
-- needed for: routing
CREATE TABLE IF NOT EXISTS source.accounts (
    account_id        STRING NOT NULL,  -- the account
    tenant_id         STRING,           -- the tenant
    account_name      STRING NOT NULL,  -- name
    parent_account_id STRING,           -- account that it belongs to
    segment           STRING,           -- segment; one of: Enterprise, Mid-Market, Small Business, Residential
    account_level     STRING,           -- level; one of: Corporate, Individual, Unknown
    region            STRING,           -- region of its users
    language          STRING,           -- language of its users, ISO 639-1
    industry          STRING,           -- industry
    revenue           DECIMAL(18,2),    -- revenue of the account a year in USD
    health_segment    STRING,           -- health; one of: Red, Yellow, Green
    tad_score         DOUBLE,           -- technical assessment score, 0 to 100, higher is more complex
    module_count      BIGINT,           -- modules owned
    integration_count BIGINT,           -- integrations in use
    open_tickets      BIGINT,           -- open support tickets
    escalations_90d   BIGINT,           -- escalations in the last 90 days
    lifecycle_stage   STRING,           -- where it stands; one of: onboarding, steady, renewal
    is_protected      BOOLEAN NOT NULL, -- a person decides on its owner
    owner_worker_id   STRING,           -- worker who owns it today; joins workday_workers.worker_id
    owned_since       TIMESTAMP_NTZ,    -- since when, UTC
    modules           STRING,           -- modules in use, separated by semicolons; empty: not told
    time_zone         STRING            -- time zone of its users, IANA name
);
