-- Calls of a span of days that a coach should look at now (priority Critical), or in which a customer spoke
-- of leaving, with their rep; private ones are none. Grain: one row per call.
WITH period AS (SELECT CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day),
leaving AS (
    SELECT DISTINCT g.call_id, g.call_date
    FROM analytics.call_signals g
    JOIN period p ON g.call_date BETWEEN p.first_day AND p.last_day
    WHERE g.kind = 'churn'
)
SELECT
    a.call_id,
    a.call_date,
    COALESCE(a.rep_user_id, c.primary_user_id)      AS rep_user_id,
    a.priority = 'Critical' AND a.status = 'scored' AS is_critical,
    l.call_id IS NOT NULL                           AS is_leaving
FROM analytics.call_analysis a
JOIN period p ON a.call_date BETWEEN p.first_day AND p.last_day
JOIN gong.stg_gong_calls c ON c.call_id = a.call_id
LEFT JOIN leaving l ON l.call_id = a.call_id AND l.call_date = a.call_date
WHERE NOT c.is_private
  AND ((a.priority = 'Critical' AND a.status = 'scored') OR l.call_id IS NOT NULL)
  AND COALESCE(a.rep_user_id, c.primary_user_id) IS NOT NULL
ORDER BY a.call_date, a.call_id
