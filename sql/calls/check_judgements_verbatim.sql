-- Judgements whose quote does not stand in the transcript at that place, or of a call that is private.
-- Grain: call and criterion.
SELECT j.call_id, j.criterion, j.sentence_index
FROM analytics.call_judgements j
LEFT JOIN gong.stg_gong_calls c ON c.call_id = j.call_id AND c.call_date = j.call_date
LEFT JOIN gong.stg_gong_call_transcripts t
       ON t.call_id = j.call_id AND t.call_date = j.call_date
      AND t.sentence_index = j.sentence_index
WHERE c.is_private
   OR (j.share IS NOT NULL AND (t.call_id IS NULL OR t.sentence <> j.quote))
ORDER BY j.call_id, j.criterion
