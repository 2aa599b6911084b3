-- Gong's topics in the scored calls of a span of days, with time spent: one row per call and topic.
WITH period AS (SELECT CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day)
SELECT t.call_id, t.topic, t.duration_seconds
FROM gong.stg_gong_call_topics t
JOIN analytics.call_analysis a ON a.call_id = t.call_id
JOIN gong.stg_gong_calls c ON c.call_id = t.call_id
CROSS JOIN period p
WHERE t.call_date BETWEEN p.first_day AND p.last_day
  AND t.duration_seconds > 0
  AND a.status = 'scored'
  AND NOT c.is_private
ORDER BY t.call_id, t.topic
