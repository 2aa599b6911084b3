-- The number of staged sentences of a stretch of days.
SELECT COUNT(*) AS sentences
FROM gong.stg_gong_call_transcripts
WHERE call_date BETWEEN ? AND ?
