-- One row per churn signal on an account (single view of truth).
-- key: signal_id
CREATE TABLE IF NOT EXISTS source.svot_signals (
    signal_id   STRING NOT NULL,  -- the signal
    account_id  STRING NOT NULL,  -- the account; joins accounts.account_id
    signal_date DATE NOT NULL,    -- day
    signal_type STRING NOT NULL,  -- kind, e.g. usage_drop, champion_left, late_payment, nps_detractor
    severity    STRING NOT NULL,  -- weight; one of: low, medium, high
    is_active   BOOLEAN NOT NULL  -- still holds
);
