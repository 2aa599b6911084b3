-- Metrics of one week with what the customer is called and where it stands.
-- Grain: customer. Parameters: Monday of the week.
SELECT m.*, c.customer_name, c.lifecycle_stage, c.industry
FROM analytics.customer_metrics m
JOIN source.customers c ON c.customer_id = m.customer_id
WHERE m.week_start = ?
ORDER BY m.customer_id
