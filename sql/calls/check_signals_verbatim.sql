-- Signals whose words do not stand in the transcript at that place, or of a call that is private.
-- Grain: call, kind and sentence.
SELECT g.call_id, g.kind, g.sentence_index
FROM analytics.call_signals g
LEFT JOIN gong.stg_gong_calls c ON c.call_id = g.call_id AND c.call_date = g.call_date
LEFT JOIN gong.stg_gong_call_transcripts t
       ON t.call_id = g.call_id AND t.call_date = g.call_date
      AND t.sentence_index = g.sentence_index
WHERE t.call_id IS NULL
   OR t.sentence <> g.sentence
   OR t.start_ms <> g.start_ms
   OR c.is_private
ORDER BY g.call_id, g.sentence_index
