-- Signals heard in a call that is not private, in the order spoken.
-- Grain: kind and sentence. Parameters: call id.
SELECT g.call_id, g.call_date, g.kind, g.sentence_index, g.start_ms, g.sentence, g.confidence
FROM analytics.call_signals g
JOIN gong.stg_gong_calls c ON c.call_id = g.call_id AND c.call_date = g.call_date
WHERE g.call_id = ? AND NOT c.is_private
ORDER BY g.sentence_index, g.kind
