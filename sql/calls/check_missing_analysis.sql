-- Staged calls without a row of analysis.
-- Grain: call.
SELECT c.call_id
FROM gong.stg_gong_calls c
LEFT JOIN analytics.call_analysis a ON a.call_id = c.call_id AND a.call_date = c.call_date
WHERE a.call_id IS NULL
ORDER BY c.call_id
