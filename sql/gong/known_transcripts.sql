-- One row per call of a stretch of days: what is known of its transcript, whether the transcript may
-- be kept and lies under the call's day, and what the sentences of the day were staged from.
WITH letters AS (
    SELECT DISTINCT call_id
    FROM gong.gong_dead_letters
    WHERE resolved_at IS NULL
      AND kind = 'transcript'
)
SELECT
    c.call_id,
    c.call_date,
    c.content_hash AS call_hash,
    NOT c.is_private AND NOT c.is_deleted AS may_have_words,
    t.call_hash AS asked_with,
    t.content_hash AS transcript_hash,
    t.call_date IS NOT NULL AND t.call_date <> c.call_date AS is_misplaced,
    p.attempts,
    p.first_seen_at,
    p.asked_at,
    l.call_id IS NOT NULL AS has_letter,
    s.words_from
FROM gong.gong_calls_raw c
LEFT JOIN gong.gong_call_transcripts_raw t ON t.call_id = c.call_id
LEFT JOIN gong.gong_pending_transcripts p ON p.call_id = c.call_id
LEFT JOIN gong.gong_reconciliation s ON s.call_date = c.call_date
LEFT JOIN letters l ON l.call_id = c.call_id
WHERE c.call_date BETWEEN ? AND ?
ORDER BY c.started, c.call_id
