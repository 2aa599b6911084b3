-- Accounts whose last outcome is that no CSM may take them, with the reason.
WITH numbered AS (
    SELECT r.batch_id, r.account_id, r.status, r.binding_rules, r.explanation, r.recommended_at,
           ROW_NUMBER() OVER (
               PARTITION BY r.account_id ORDER BY r.recommended_at DESC, r.batch_id DESC
           ) AS place
    FROM analytics.csm_routing_recommendations AS r
    WHERE r.rank = 1
)
SELECT n.batch_id, n.account_id, n.binding_rules, n.explanation
FROM numbered AS n
LEFT JOIN analytics.account_csm_assignments AS a
       ON a.account_id = n.account_id AND a.assigned_at >= n.recommended_at
WHERE n.place = 1 AND n.status = 'waiting' AND a.account_id IS NULL
ORDER BY n.batch_id, n.account_id
