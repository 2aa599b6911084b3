-- The rows of analytics.routing_reviews of one batch.
SELECT *
FROM analytics.routing_reviews
WHERE batch_id = ?
ORDER BY account_id
