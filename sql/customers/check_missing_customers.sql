-- Customers without a row in a week that was made, in metrics, segments or insights.
-- Grain: table, week and customer.
WITH made AS (
    SELECT 'customer_metrics' AS table_name, week_start, customer_id FROM analytics.customer_metrics
    UNION ALL
    SELECT 'customer_segments', week_start, customer_id FROM analytics.customer_segments
    UNION ALL
    SELECT 'customer_insights', week_start, customer_id FROM analytics.customer_insights
),
latest AS (
    SELECT table_name, MAX(week_start) AS week_start FROM made GROUP BY table_name
)
SELECT l.table_name, l.week_start, c.customer_id
FROM latest l
CROSS JOIN source.customers c
LEFT JOIN made m ON m.table_name = l.table_name AND m.week_start = l.week_start
                AND m.customer_id = c.customer_id
WHERE m.customer_id IS NULL
ORDER BY l.table_name, c.customer_id
