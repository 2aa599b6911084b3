-- One row per call of a stretch of days that has words: the hashes its sentences are made from.
SELECT c.call_id, c.call_date, c.content_hash AS call_hash, t.content_hash AS transcript_hash
FROM gong.gong_calls_raw c
JOIN gong.gong_call_transcripts_raw t ON t.call_id = c.call_id
WHERE c.call_date BETWEEN ? AND ?
  AND NOT c.is_private
  AND NOT c.is_deleted
ORDER BY c.call_date, c.call_id
