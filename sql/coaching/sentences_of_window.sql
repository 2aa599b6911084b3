-- The words of the scored calls of a span of days, to prove quotes: one row per sentence.
WITH period AS (SELECT CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day)
SELECT t.call_id, t.sentence_index, t.start_ms, t.affiliation, t.user_id, t.sentence
FROM gong.stg_gong_call_transcripts t
JOIN analytics.call_analysis a ON a.call_id = t.call_id
JOIN gong.stg_gong_calls c ON c.call_id = t.call_id
CROSS JOIN period p
WHERE t.call_date BETWEEN p.first_day AND p.last_day
  AND a.status = 'scored'
  AND NOT c.is_private
ORDER BY t.call_id, t.sentence_index
