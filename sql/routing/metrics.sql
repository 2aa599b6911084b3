-- Every measure of every batch, in order of time.
SELECT batch_id, scope, metric, value, n, batched_at
FROM analytics.routing_metrics
ORDER BY batched_at, batch_id, scope, metric
