-- What the customer's side said in calls of a span of days that may be read: what sentiment judges.
-- Grain: call and sentence. Parameters: first day, last day.
SELECT t.call_id, t.call_date, t.sentence_index, t.sentence
FROM gong.stg_gong_call_transcripts t
JOIN gong.stg_gong_calls c ON c.call_id = t.call_id AND c.call_date = t.call_date
WHERE t.call_date BETWEEN ? AND ?
  AND NOT c.is_private
  AND t.affiliation = 'External'
ORDER BY t.call_id, t.sentence_index
