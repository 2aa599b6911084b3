-- One row per customer with calls of the last four weeks that are staged and not judged: without a
-- row of analysis, or with words that may be read and no sentiment.
WITH period AS (
    SELECT
        CAST(? AS DATE) AS first_day,
        CAST(? AS DATE) AS last_day
),

worded AS (
    SELECT DISTINCT t.call_id, t.call_date
    FROM gong.stg_gong_call_transcripts t
    INNER JOIN period p ON t.call_date BETWEEN p.first_day AND p.last_day
)

SELECT
    c.customer_id,
    COUNT(*) AS calls,
    COUNT_IF(a.call_id IS NULL) AS not_analysed,
    COUNT_IF(w.call_id IS NOT NULL AND s.call_id IS NULL AND NOT c.is_private) AS without_sentiment,
    MIN(IFF(
        a.call_id IS NULL OR (w.call_id IS NOT NULL AND s.call_id IS NULL AND NOT c.is_private),
        c.call_date, NULL
    )) AS first_day
FROM gong.stg_gong_calls c
INNER JOIN period p ON c.call_date BETWEEN p.first_day AND p.last_day
LEFT JOIN worded w ON c.call_id = w.call_id AND c.call_date = w.call_date
LEFT JOIN analytics.call_analysis a ON c.call_id = a.call_id AND c.call_date = a.call_date
LEFT JOIN analytics.call_sentiment s ON c.call_id = s.call_id AND c.call_date = s.call_date
WHERE c.customer_id IS NOT NULL
GROUP BY c.customer_id
HAVING
    COUNT_IF(a.call_id IS NULL) > 0
    OR COUNT_IF(w.call_id IS NOT NULL AND s.call_id IS NULL AND NOT c.is_private) > 0
ORDER BY c.customer_id
