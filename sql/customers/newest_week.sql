-- The newest week with metrics of customers.
-- Grain: one row.
SELECT MAX(week_start) AS week_start
FROM analytics.customer_metrics
