-- Accounts that were routed, by their newest batch, with the owner in force or advised.
-- Grain: account.
SELECT r.account_id, n.account_name, COALESCE(a.worker_id, r.worker_id) AS owner_id
FROM analytics.csm_routing_recommendations r
LEFT JOIN analytics.accounts_needing_csm n ON n.batch_id = r.batch_id AND n.account_id = r.account_id
LEFT JOIN analytics.account_csm_assignments a ON a.account_id = r.account_id
WHERE r.rank = 1
QUALIFY ROW_NUMBER() OVER (PARTITION BY r.account_id ORDER BY r.recommended_at DESC, r.batch_id DESC) = 1
ORDER BY r.account_id
