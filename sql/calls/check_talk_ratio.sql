-- How far our talk ratio and Gong's lie apart, on scored calls where the host is who spoke most.
-- Grain: one row.
SELECT COUNT(*)                            AS calls,
       AVG(ABS(a.talk_ratio - c.talk_ratio)) AS mean_difference,
       MAX(ABS(a.talk_ratio - c.talk_ratio)) AS largest_difference
FROM analytics.call_analysis a
JOIN gong.stg_gong_calls c ON c.call_id = a.call_id AND c.call_date = a.call_date
WHERE a.talk_ratio IS NOT NULL
  AND c.talk_ratio IS NOT NULL
  AND a.rep_user_id = c.primary_user_id
