-- What was recommended for each account of each batch: the first of its candidates.
SELECT batch_id, account_id, worker_id, status, relaxed_rules, recommended_at
FROM analytics.csm_routing_recommendations
WHERE rank = 1
ORDER BY recommended_at, batch_id, account_id
