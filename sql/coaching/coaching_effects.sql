-- The rows of coaching_effects for a span of weeks.
WITH period AS (SELECT CAST(? AS DATE) AS first_week, CAST(? AS DATE) AS last_week)
SELECT r.*
FROM analytics.coaching_effects r
CROSS JOIN period p
WHERE r.week_start BETWEEN p.first_week AND p.last_week
ORDER BY r.week_start, r.measure
