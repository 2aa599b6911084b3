-- Batches that were planned and did not come to their end, oldest first. The measures are
-- what a run writes last: one that died after solving, before assigning, is still open.
WITH finished AS (
    SELECT DISTINCT batch_id
    FROM analytics.routing_metrics
)
SELECT b.batch_id, MIN(b.batched_at) AS batched_at
FROM ops.routing_batches AS b
LEFT JOIN finished AS f ON f.batch_id = b.batch_id
WHERE f.batch_id IS NULL
GROUP BY b.batch_id
ORDER BY MIN(b.batched_at), b.batch_id
