-- One row per call that still has no transcript so many days after it was first missed.
SELECT p.call_id, p.call_date, p.attempts, p.first_seen_at, p.asked_at
FROM gong.gong_pending_transcripts p
WHERE DATEDIFF('day', p.first_seen_at, p.asked_at) >= ?
ORDER BY p.first_seen_at, p.call_id
