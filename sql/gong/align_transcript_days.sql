-- Transcripts of a stretch of days follow their call to its day, should its start have changed.
UPDATE gong.gong_call_transcripts_raw
SET call_date = c.call_date
FROM gong.gong_calls_raw c
WHERE c.call_id = gong_call_transcripts_raw.call_id
  AND c.call_date <> gong_call_transcripts_raw.call_date
  AND c.call_date BETWEEN ? AND ?
