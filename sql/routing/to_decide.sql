-- Accounts that wait for a person, the longest first: routing left them to one, or their
-- assignment is held since the reviewer flagged it.
WITH numbered AS (
    SELECT r.batch_id, r.account_id, r.worker_id, r.worker_name, r.status, r.explanation,
           r.recommended_at,
           ROW_NUMBER() OVER (
               PARTITION BY r.account_id ORDER BY r.recommended_at DESC, r.batch_id DESC
           ) AS place
    FROM analytics.csm_routing_recommendations AS r
    WHERE r.rank = 1
)
SELECT n.account_id,
       c.account_name,
       a.worker_id,
       a.worker_name,
       CASE WHEN a.status = 'held' THEN 'held' ELSE n.status END AS status,
       n.explanation,
       n.recommended_at AS since
FROM numbered AS n
LEFT JOIN analytics.accounts_needing_csm AS c
       ON c.batch_id = n.batch_id AND c.account_id = n.account_id
LEFT JOIN analytics.account_csm_assignments AS a ON a.account_id = n.account_id
WHERE n.place = 1
  AND (a.status = 'held' OR (n.status = 'needs_person' AND a.account_id IS NULL))
ORDER BY n.recommended_at, n.account_id
