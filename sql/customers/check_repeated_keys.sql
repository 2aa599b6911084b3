-- Keys that stand more than once.
-- Grain: table and key.
SELECT 'customer_metrics' AS table_name, customer_id, week_start, COUNT(*) AS times
FROM analytics.customer_metrics
GROUP BY customer_id, week_start
HAVING COUNT(*) > 1
UNION ALL
SELECT 'module_adoption', customer_id, week_start, COUNT(*)
FROM analytics.module_adoption
GROUP BY customer_id, module_code, week_start
HAVING COUNT(*) > 1
UNION ALL
SELECT 'customer_segments', customer_id, week_start, COUNT(*)
FROM analytics.customer_segments
GROUP BY customer_id, week_start
HAVING COUNT(*) > 1
ORDER BY 1, 2, 3
