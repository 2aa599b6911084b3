-- The rows of analytics.accounts_needing_csm of one batch.
SELECT *
FROM analytics.accounts_needing_csm
WHERE batch_id = ?
ORDER BY account_id
