-- The rows of analytics.csm_routing_recommendations of one batch.
SELECT *
FROM analytics.csm_routing_recommendations
WHERE batch_id = ?
ORDER BY account_id, rank
