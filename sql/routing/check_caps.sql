-- CSMs with more accounts than allowed: the book of their last batch plus what it and later
-- batches gave them.
WITH latest AS (
    SELECT MAX(batched_at) AS batched_at
    FROM analytics.csm_books
),
given AS (
    SELECT a.worker_id, COUNT(*) AS accounts
    FROM analytics.account_csm_assignments AS a
    JOIN latest AS l ON a.assigned_at >= l.batched_at
    GROUP BY a.worker_id
)
SELECT b.worker_id, b.accounts + g.accounts AS accounts, b.max_accounts
FROM analytics.csm_books AS b
JOIN latest AS l ON l.batched_at = b.batched_at
JOIN given AS g ON g.worker_id = b.worker_id
WHERE b.accounts + g.accounts > b.max_accounts
ORDER BY b.worker_id
