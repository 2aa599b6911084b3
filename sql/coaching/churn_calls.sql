-- Calls of a span of days in which a customer spoke of leaving, with their rep; private ones are none.
-- Grain: one row per call.
WITH period AS (SELECT CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day)
SELECT DISTINCT a.call_id, a.call_date, COALESCE(a.rep_user_id, c.primary_user_id) AS rep_user_id
FROM analytics.call_signals g
JOIN analytics.call_analysis a ON a.call_id = g.call_id AND a.call_date = g.call_date
JOIN gong.stg_gong_calls c ON c.call_id = g.call_id AND c.call_date = g.call_date
CROSS JOIN period p
WHERE g.kind = 'churn'
  AND NOT c.is_private
  AND g.call_date BETWEEN p.first_day AND p.last_day
  AND COALESCE(a.rep_user_id, c.primary_user_id) IS NOT NULL
ORDER BY a.call_date, a.call_id
