-- Next steps agreed in calls, newest call first, with where in the call they stand.
-- Grain: call. Parameters: customer or NULL, rep or NULL, first day, last day.
WITH wanted AS (
    SELECT CAST(? AS STRING) AS customer_id, CAST(? AS STRING) AS rep_user_id,
           CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day
)
SELECT a.call_id, a.call_date, a.next_step, a.next_step_due, a.next_step_owner, a.rep_user_id,
       c.customer_id, c.title, t.start_ms, t.affiliation
FROM analytics.call_analysis a
JOIN gong.stg_gong_calls c ON c.call_id = a.call_id AND c.call_date = a.call_date
CROSS JOIN wanted w
LEFT JOIN gong.stg_gong_call_transcripts t
       ON t.call_id = a.call_id AND t.call_date = a.call_date AND t.sentence_index = a.next_step_sentence
WHERE NOT c.is_private
  AND a.next_step IS NOT NULL
  AND (w.customer_id IS NULL OR c.customer_id = w.customer_id)
  AND (w.rep_user_id IS NULL OR a.rep_user_id = w.rep_user_id)
  AND a.call_date BETWEEN w.first_day AND w.last_day
ORDER BY a.call_date DESC, a.call_id
