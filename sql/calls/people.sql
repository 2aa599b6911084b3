-- Names of the people in the calls of a span of days, to take them out of words that leave.
-- Grain: call and name. Parameters: first day, last day.
SELECT DISTINCT p.call_id, p.full_name
FROM gong.stg_gong_call_participants p
WHERE p.call_date BETWEEN ? AND ?
  AND p.full_name IS NOT NULL
ORDER BY p.call_id, p.full_name
