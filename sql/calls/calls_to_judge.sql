-- Calls of a span of days that a model may judge: scored by the rules, or in a language that they do not know.
-- Grain: call. Parameters: first day, last day.
SELECT c.call_id, c.call_date, c.call_type
FROM gong.stg_gong_calls c
JOIN analytics.call_analysis a ON a.call_id = c.call_id AND a.call_date = c.call_date
WHERE c.call_date BETWEEN ? AND ?
  AND NOT c.is_private
  AND a.status IN ('scored', 'language')
ORDER BY c.call_id
