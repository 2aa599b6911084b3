-- The newest books in which a row of the CSM or of an account has something wrong.
WITH newest AS (
    SELECT MAX(batched_at) AS batched_at
    FROM analytics.csm_books
),
numbered AS (
    SELECT b.*,
           ROW_NUMBER() OVER (PARTITION BY b.worker_id ORDER BY b.batch_id) AS place
    FROM analytics.csm_books AS b
    JOIN newest AS n ON n.batched_at = b.batched_at
)
SELECT n.worker_id, n.worker_name, n.unavailable_why, n.problems
FROM numbered AS n
WHERE n.place = 1 AND n.problems <> '[]'
ORDER BY n.worker_id
