-- The rows of analytics.csm_books of one batch.
SELECT *
FROM analytics.csm_books
WHERE batch_id = ?
ORDER BY worker_id
