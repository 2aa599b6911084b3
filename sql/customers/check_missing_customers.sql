-- Customers without a row of a week, in metrics, segments or insights.
-- Grain: table and customer. Parameters: Monday of the week.
WITH period AS (
    SELECT CAST(? AS DATE) AS week_start
),
judged AS (
    SELECT 'customer_metrics' AS table_name
    UNION ALL
    SELECT 'customer_segments'
    UNION ALL
    SELECT 'customer_insights'
),
made AS (
    SELECT 'customer_metrics' AS table_name, week_start, customer_id FROM analytics.customer_metrics
    UNION ALL
    SELECT 'customer_segments', week_start, customer_id FROM analytics.customer_segments
    UNION ALL
    SELECT 'customer_insights', week_start, customer_id FROM analytics.customer_insights
),
expected AS (
    SELECT t.table_name, p.week_start, c.customer_id
    FROM judged t
    CROSS JOIN period p
    CROSS JOIN source.customers c
)
SELECT e.table_name, e.week_start, e.customer_id
FROM expected e
LEFT JOIN made m ON m.table_name = e.table_name AND m.week_start = e.week_start
                AND m.customer_id = e.customer_id
WHERE m.customer_id IS NULL
ORDER BY e.table_name, e.week_start, e.customer_id
