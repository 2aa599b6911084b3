-- Whose words are there, and which: what is made from others is not to be stored.
-- Grain: call. Parameters: first day, last day.
SELECT call_id, text_hash
FROM analytics.call_texts
WHERE call_date BETWEEN ? AND ?
