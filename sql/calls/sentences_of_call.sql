-- The sentences of one call that is not private, in the order spoken.
-- Grain: sentence. Parameters: call id.
SELECT t.call_id, t.call_date, t.sentence_index, t.speaker_id, t.affiliation, t.user_id,
       t.start_ms, t.end_ms, t.sentence
FROM gong.stg_gong_call_transcripts t
JOIN gong.stg_gong_calls c ON c.call_id = t.call_id AND c.call_date = t.call_date
WHERE t.call_id = ?
  AND NOT c.is_private
ORDER BY t.sentence_index
