-- Weekly sums of every customer: what alerts look at.
-- Grain: customer, kind and week with something in it. Parameters: Monday of the week, weeks looked back.
WITH period AS (
    SELECT CAST(? AS DATE) AS week_start, CAST(? AS INTEGER) AS weeks
),
span AS (
    SELECT week_start, DATEADD('day', -7 * weeks, week_start)::DATE AS first_week
    FROM period
)
SELECT u.customer_id, 'usage' AS kind, u.week_start, CAST(SUM(u.key_actions) AS DOUBLE) AS amount
FROM source.module_usage u
JOIN span s ON u.week_start BETWEEN s.first_week AND s.week_start
GROUP BY u.customer_id, u.week_start
UNION ALL
SELECT u.customer_id, 'users', u.week_start, CAST(SUM(u.active_users) AS DOUBLE)
FROM source.module_usage u
JOIN span s ON u.week_start BETWEEN s.first_week AND s.week_start
GROUP BY u.customer_id, u.week_start
UNION ALL
SELECT c.customer_id, 'conversions', DATE_TRUNC('week', c.conversion_date)::DATE, CAST(COUNT(*) AS DOUBLE)
FROM source.conversions c
JOIN span s ON c.conversion_date BETWEEN s.first_week AND DATEADD('day', 6, s.week_start)::DATE
GROUP BY c.customer_id, DATE_TRUNC('week', c.conversion_date)::DATE
UNION ALL
SELECT m.customer_id, 'health', m.week_start, m.health_score
FROM analytics.customer_metrics m
JOIN span s ON m.week_start BETWEEN s.first_week AND s.week_start
WHERE m.health_score IS NOT NULL AND m.health_basis = 'weights'
ORDER BY 1, 2, 3
