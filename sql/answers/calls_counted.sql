-- How many calls of a customer or a rep there are in a span of days, and how many have words.
-- Grain: customer and rep. Parameters: customer or NULL, rep or NULL, first day, last day.
WITH wanted AS (
    SELECT CAST(? AS STRING) AS customer_id, CAST(? AS STRING) AS rep_user_id,
           CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day
)
SELECT c.customer_id, a.rep_user_id, COUNT(*) AS calls,
       COUNT(CASE WHEN a.status NOT IN ('no_transcript', 'private') THEN 1 END) AS calls_with_words
FROM gong.stg_gong_calls c
CROSS JOIN wanted w
LEFT JOIN analytics.call_analysis a ON a.call_id = c.call_id AND a.call_date = c.call_date
WHERE NOT c.is_private
  AND (w.customer_id IS NULL OR c.customer_id = w.customer_id)
  AND (w.rep_user_id IS NULL OR a.rep_user_id = w.rep_user_id)
  AND c.call_date BETWEEN w.first_day AND w.last_day
GROUP BY c.customer_id, a.rep_user_id
ORDER BY c.customer_id, a.rep_user_id
