-- One row per week and account whose owner does not look after it: left, leaving, or long on leave.
-- key: week_start, account_id
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.orphaned_accounts (
    week_start     DATE NOT NULL,   -- Monday of the week
    account_id     STRING NOT NULL, -- the account
    account_name   STRING,          -- name
    worker_id      STRING NOT NULL, -- the owner
    worker_name    STRING,          -- name; empty when Workday does not know the owner
    why            STRING NOT NULL, -- why; one of: unknown, left, leaving, leave, no_csm
    until          DATE,            -- last day of the leave, or with the firm; empty when open or unknown
    revenue        DECIMAL(18,2),   -- revenue a year in USD
    points         DOUBLE NOT NULL, -- capacity it takes
    health_segment STRING,          -- health; one of: Red, Yellow, Green
    owned_since    TIMESTAMP_NTZ    -- since when the owner has it, UTC
);
