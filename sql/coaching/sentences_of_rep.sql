-- The words of a rep's scored calls of a span of days, to find moments: one row per sentence.
-- Parameters: first day, last day, the rep's Gong user.
WITH wanted AS (SELECT CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day, CAST(? AS STRING) AS rep_user_id)
SELECT t.call_id, t.sentence_index, t.start_ms, t.affiliation, t.user_id, t.sentence
FROM gong.stg_gong_call_transcripts t
JOIN analytics.call_analysis a ON a.call_id = t.call_id
JOIN gong.stg_gong_calls c ON c.call_id = t.call_id
CROSS JOIN wanted w
WHERE t.call_date BETWEEN w.first_day AND w.last_day
  AND a.status = 'scored'
  AND a.rep_user_id = w.rep_user_id
  AND NOT c.is_private
ORDER BY t.call_id, t.sentence_index
