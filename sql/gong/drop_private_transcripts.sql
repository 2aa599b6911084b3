-- Transcripts of calls that are private or gone are not kept.
DELETE FROM gong.gong_call_transcripts_raw
WHERE call_id IN (
    SELECT call_id
    FROM gong.gong_calls_raw
    WHERE (is_private OR is_deleted)
      AND call_date BETWEEN ? AND ?
)
