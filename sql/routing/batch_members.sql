-- The accounts of one batch.
SELECT account_id, tenant_id, waiting_since, batched_at
FROM ops.routing_batches
WHERE batch_id = ?
ORDER BY account_id
