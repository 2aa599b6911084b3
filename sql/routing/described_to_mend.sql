-- The accounts of the newest description of each that have something wrong in their row.
WITH numbered AS (
    SELECT c.*,
           ROW_NUMBER() OVER (
               PARTITION BY c.account_id ORDER BY c.batched_at DESC, c.batch_id DESC
           ) AS place
    FROM analytics.accounts_needing_csm AS c
)
SELECT n.account_id, n.account_name, n.unusable, n.problems
FROM numbered AS n
WHERE n.place = 1 AND n.problems <> '[]'
ORDER BY n.account_id
