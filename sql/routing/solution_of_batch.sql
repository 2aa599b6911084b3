-- The rows of analytics.routing_solutions of one batch.
SELECT *
FROM analytics.routing_solutions
WHERE batch_id = ?
ORDER BY batch_id
