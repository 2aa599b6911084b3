-- The assignments of one batch.
SELECT *
FROM analytics.account_csm_assignments
WHERE batch_id = ?
ORDER BY account_id
