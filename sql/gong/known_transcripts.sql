-- One row per call of a stretch of days that may have a transcript, and what is known of it.
SELECT
    c.call_id,
    c.call_date,
    c.content_hash AS call_hash,
    t.call_hash AS asked_with,
    t.content_hash AS transcript_hash,
    p.attempts,
    p.first_seen_at
FROM gong.gong_calls_raw c
LEFT JOIN gong.gong_call_transcripts_raw t ON t.call_id = c.call_id
LEFT JOIN gong.gong_pending_transcripts p ON p.call_id = c.call_id
WHERE c.call_date BETWEEN ? AND ?
  AND NOT c.is_private
  AND NOT c.is_deleted
ORDER BY c.started, c.call_id
