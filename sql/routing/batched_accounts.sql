-- One row per account and spell of waiting that is in a batch, with the assignment that ended it.
SELECT b.account_id,
       b.wait_key,
       b.waiting_since,
       b.batch_id,
       b.batched_at,
       a.assigned_at
FROM ops.routing_batches AS b
LEFT JOIN analytics.account_csm_assignments AS a
       ON a.account_id = b.account_id AND a.status <> 'held'
ORDER BY b.account_id, b.wait_key
