-- Sentences of the calls of the last days that have analysed calls.
-- Grain: call and sentence. Parameters: number of days.
WITH wanted AS (
    SELECT ? AS days
),
ranked AS (
    SELECT call_id, call_date, DENSE_RANK() OVER (ORDER BY call_date DESC) AS day_rank
    FROM analytics.call_analysis
)
SELECT t.call_id, t.sentence_index, t.start_ms, t.sentence
FROM gong.stg_gong_call_transcripts t
JOIN ranked r ON r.call_id = t.call_id AND r.call_date = t.call_date
CROSS JOIN wanted w
WHERE r.day_rank <= w.days
