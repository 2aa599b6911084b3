-- The newest recommendation of one account, best candidate first.
WITH asked AS (
    SELECT ? AS account_id
),
newest AS (
    SELECT MAX(r.recommended_at) AS recommended_at
    FROM analytics.csm_routing_recommendations AS r
    JOIN asked AS q ON q.account_id = r.account_id
)
SELECT r.*
FROM analytics.csm_routing_recommendations AS r
JOIN asked AS q ON q.account_id = r.account_id
JOIN newest AS n ON n.recommended_at = r.recommended_at
ORDER BY r.rank
