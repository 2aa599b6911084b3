-- The weeks for which customers were measured, newest first.
-- Grain: week.
SELECT DISTINCT week_start
FROM analytics.customer_metrics
ORDER BY week_start DESC
