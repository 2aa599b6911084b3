-- What the rules of segments can read of one week: not the texts beside a figure.
-- Grain: customer. Parameters: Monday of the week.
SELECT m.* EXCLUDE (health_factors, health_override, health_basis, arr_own, arr_basis, arr_currency), c.lifecycle_stage
FROM analytics.customer_metrics m
JOIN source.customers c ON c.customer_id = m.customer_id
WHERE m.week_start = ?
ORDER BY m.customer_id
