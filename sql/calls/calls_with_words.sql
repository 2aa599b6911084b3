-- Calls of a span of days that have a transcript and may be read.
-- Grain: call. Parameters: first day, last day.
SELECT DISTINCT t.call_id, t.call_date, c.language
FROM gong.stg_gong_call_transcripts t
JOIN gong.stg_gong_calls c ON c.call_id = t.call_id AND c.call_date = t.call_date
WHERE t.call_date BETWEEN ? AND ?
  AND NOT c.is_private
ORDER BY t.call_id
