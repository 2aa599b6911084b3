-- Signals heard in a customer's calls, newest first.
-- Grain: call, kind and sentence. Parameters: customer; kind, or NULL for all; first day, last day.
WITH wanted AS (
    SELECT CAST(? AS STRING) AS customer_id, CAST(? AS STRING) AS kind,
           CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day
)
SELECT g.call_id, g.call_date, g.kind, g.sentence_index, g.start_ms, g.sentence, g.confidence,
       c.customer_id, a.rep_user_id
FROM analytics.call_signals g
JOIN gong.stg_gong_calls c ON c.call_id = g.call_id AND c.call_date = g.call_date
JOIN wanted w ON w.customer_id = c.customer_id
LEFT JOIN analytics.call_analysis a ON a.call_id = g.call_id AND a.call_date = g.call_date
WHERE NOT c.is_private
  AND (w.kind IS NULL OR g.kind = w.kind)
  AND g.call_date BETWEEN w.first_day AND w.last_day
ORDER BY g.call_date DESC, g.confidence DESC, g.call_id, g.sentence_index, g.kind
