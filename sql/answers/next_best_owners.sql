-- Whom an account could go to instead: the next best of its newest routing, but not its owner.
-- Grain: account, rank. Parameters: account.
SELECT r.account_id, r.rank, r.worker_id, r.worker_name
FROM analytics.csm_routing_recommendations r
LEFT JOIN analytics.account_csm_assignments a ON a.account_id = r.account_id
WHERE r.account_id = ? AND r.worker_id IS NOT NULL
  AND (a.worker_id IS NULL OR a.worker_id <> r.worker_id)
QUALIFY RANK() OVER (ORDER BY r.recommended_at DESC, r.batch_id DESC) = 1
ORDER BY r.rank
