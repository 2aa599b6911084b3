-- One row per call of a stretch of days that may have a transcript: the hash of the stored one.
SELECT c.call_id, c.call_date, t.content_hash
FROM gong.gong_calls_raw c
LEFT JOIN gong.gong_call_transcripts_raw t ON t.call_id = c.call_id
WHERE c.call_date BETWEEN ? AND ?
  AND NOT c.is_private
  AND NOT c.is_deleted
ORDER BY c.call_id
