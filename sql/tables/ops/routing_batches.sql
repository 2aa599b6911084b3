-- One row per account and spell of waiting: the batch in which it is routed.
-- key: account_id, wait_key
-- partition: batch_id
CREATE TABLE IF NOT EXISTS ops.routing_batches (
    account_id    STRING NOT NULL,        -- the account
    wait_key      STRING NOT NULL,        -- when this spell of waiting began as ISO text, or unknown; after a batch in vain, which
    tenant_id     STRING,                 -- the tenant
    waiting_since TIMESTAMP_NTZ,          -- the same as a time, UTC; empty when the source does not say
    batch_id      STRING NOT NULL,        -- the batch, named by a hash of its members
    batched_at    TIMESTAMP_NTZ NOT NULL  -- when it was planned, UTC; books are taken as of then
);
