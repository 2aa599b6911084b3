-- Signals of a span of days with their call, the surest first.
-- Grain: call, kind and sentence. Parameters: first day, last day, kind, customer, rep's Gong user.
-- The last three may be NULL: not asked for.
WITH wanted AS (
    SELECT CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day, CAST(? AS STRING) AS kind,
           CAST(? AS STRING) AS customer_id, CAST(? AS STRING) AS rep_user_id
)
SELECT g.call_id, g.call_date, g.kind, g.sentence_index, g.start_ms, g.sentence, g.confidence,
       g.found_by, c.title, c.account_name, c.customer_id, u.full_name AS rep_name
FROM analytics.call_signals g
JOIN gong.stg_gong_calls c ON c.call_id = g.call_id AND c.call_date = g.call_date
CROSS JOIN wanted w
LEFT JOIN analytics.call_analysis a ON a.call_id = g.call_id AND a.call_date = g.call_date
LEFT JOIN gong.gong_users u ON u.user_id = a.rep_user_id
WHERE g.call_date BETWEEN w.first_day AND w.last_day
  AND NOT c.is_private
  AND (w.kind IS NULL OR g.kind = w.kind)
  AND (w.customer_id IS NULL OR c.customer_id = w.customer_id)
  AND (w.rep_user_id IS NULL OR a.rep_user_id = w.rep_user_id)
ORDER BY g.call_date DESC, g.confidence DESC, g.call_id, g.sentence_index, g.kind
