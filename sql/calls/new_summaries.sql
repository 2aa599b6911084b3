-- Summaries of the calls whose words were not summarised yet, or by another model, or in vain
-- (AI_SUMMARIZE gives NULL for a row on which it fails). It reads up to 32,000 tokens, some three
-- hours of talk.
-- Grain: call. Parameters: model, first day, last day, calls as ',id,id,' (',' alone: all), twice.
WITH wanted AS (
    SELECT ? AS model, CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day
)
SELECT x.call_id, x.text_hash, AI_SUMMARIZE(x.words) AS extract
FROM analytics.call_texts x
CROSS JOIN wanted w
LEFT JOIN analytics.call_summaries s
       ON s.call_id = x.call_id AND s.call_date = x.call_date
      AND s.text_hash = x.text_hash AND s.model = w.model
      AND s.extract IS NOT NULL
WHERE x.call_date BETWEEN w.first_day AND w.last_day
  AND s.call_id IS NULL
  AND CONTAINS(?, CASE WHEN ? = ',' THEN ',' ELSE ',' || x.call_id || ',' END)
ORDER BY x.call_id
