-- The rows of rep_week_objections for a span of weeks.
WITH period AS (SELECT ?::DATE AS first_week, ?::DATE AS last_week)
SELECT r.*
FROM analytics.rep_week_objections r
CROSS JOIN period p
WHERE r.week_start BETWEEN p.first_week AND p.last_week
