-- Accounts whose last outcome is that no CSM may take them, with the reason.
SELECT r.batch_id, r.account_id, r.binding_rules, r.explanation
FROM analytics.csm_routing_recommendations AS r
LEFT JOIN analytics.account_csm_assignments AS a
       ON a.account_id = r.account_id AND a.assigned_at >= r.recommended_at
WHERE r.status = 'waiting' AND a.account_id IS NULL
ORDER BY r.batch_id, r.account_id
