-- One row per private or vanished call with staged or raw words; there must be none.
SELECT DISTINCT c.call_id
FROM gong.gong_calls_raw c
LEFT JOIN gong.stg_gong_call_transcripts s ON s.call_id = c.call_id
LEFT JOIN gong.gong_call_transcripts_raw t ON t.call_id = c.call_id
WHERE (c.is_private OR c.is_deleted)
  AND (s.call_id IS NOT NULL OR t.call_id IS NOT NULL)
ORDER BY c.call_id
