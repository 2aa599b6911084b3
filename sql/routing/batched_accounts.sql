-- The last batch of every account that a batch ever held: when its CSM was assigned, what
-- the batch said, whether it came to its end, and whether the account has a row of its own.
WITH numbered AS (
    SELECT b.account_id,
           b.wait_key,
           b.waiting_since,
           b.batch_id,
           b.batched_at,
           ROW_NUMBER() OVER (
               PARTITION BY b.account_id ORDER BY b.batched_at DESC, b.batch_id DESC
           ) AS place
    FROM ops.routing_batches AS b
),
finished AS (
    SELECT DISTINCT batch_id
    FROM analytics.routing_metrics
)
SELECT n.account_id,
       n.wait_key,
       n.waiting_since,
       n.batch_id,
       n.batched_at,
       CASE WHEN a.status <> 'held' THEN a.assigned_at END AS assigned_at,
       r.status                                            AS outcome,
       f.batch_id IS NOT NULL                              AS is_finished,
       a.account_id IS NOT NULL                            AS has_assignment
FROM numbered AS n
LEFT JOIN analytics.account_csm_assignments AS a ON a.account_id = n.account_id
LEFT JOIN analytics.csm_routing_recommendations AS r
       ON r.batch_id = n.batch_id AND r.account_id = n.account_id AND r.rank = 1
LEFT JOIN finished AS f ON f.batch_id = n.batch_id
WHERE n.place = 1
ORDER BY n.account_id
