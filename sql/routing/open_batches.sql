-- Batches that were planned and have no solution yet, oldest first.
SELECT b.batch_id, MIN(b.batched_at) AS batched_at
FROM ops.routing_batches AS b
LEFT JOIN analytics.routing_solutions AS s ON s.batch_id = b.batch_id
WHERE s.batch_id IS NULL
GROUP BY b.batch_id
ORDER BY MIN(b.batched_at), b.batch_id
