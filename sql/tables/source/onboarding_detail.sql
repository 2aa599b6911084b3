-- The onboarding view: one row per account and tenant.
-- key: account_id_ob, tenant_id
-- needed for: routing
CREATE TABLE IF NOT EXISTS source.onboarding_detail (
    account_id_ob                STRING,          -- the account; may be missing upstream; joins accounts.account_id
    tenant_id                    STRING NOT NULL, -- the tenant
    success_transition_status_ob STRING,          -- state of the hand-over to success, e.g. Needs CSM, Assigned, In onboarding
    needs_csm_since              TIMESTAMP_NTZ,   -- when the account began to wait, UTC
    onboarding_completed_on      DATE             -- day onboarding ended
);
