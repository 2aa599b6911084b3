-- One row per title or topic said of the calls of a stretch of days, with the type that it is known
-- to tell.
WITH spoken AS (
    SELECT title AS said
    FROM gong.gong_call_headers
    WHERE call_date BETWEEN ? AND ?
      AND title IS NOT NULL
    UNION
    SELECT topic AS said
    FROM gong.stg_gong_call_topics
    WHERE call_date BETWEEN ? AND ?
)
SELECT s.said, t.call_type, t.rank
FROM spoken s
LEFT JOIN gong.gong_text_types t ON t.said = s.said
