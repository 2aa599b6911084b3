-- The newest advice on an account's owner with its reasons, and the owner in force.
-- Grain: account. Parameters: account.
SELECT r.batch_id, r.account_id, r.rank, r.status, r.worker_id, r.worker_name, r.explanation,
       r.binding_rules, n.account_name, a.worker_name AS owner_name, a.status AS owner_status,
       COALESCE(a.worker_id, r.worker_id) AS owner_id
FROM analytics.csm_routing_recommendations r
LEFT JOIN analytics.accounts_needing_csm n ON n.batch_id = r.batch_id AND n.account_id = r.account_id
LEFT JOIN analytics.account_csm_assignments a ON a.account_id = r.account_id
WHERE r.account_id = ? AND r.rank = 1
QUALIFY ROW_NUMBER() OVER (ORDER BY r.recommended_at DESC, r.batch_id DESC) = 1
