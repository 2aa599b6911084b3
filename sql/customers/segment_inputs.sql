-- What the rules of segments read of one week.
-- Grain: customer. Parameters: Monday of the week.
SELECT m.* EXCLUDE (health_factors, health_override), c.lifecycle_stage
FROM analytics.customer_metrics m
JOIN source.customers c ON c.customer_id = m.customer_id
WHERE m.week_start = ?
ORDER BY m.customer_id
