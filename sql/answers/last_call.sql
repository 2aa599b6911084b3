-- The last call with a customer up to a day that is not private.
-- Grain: customer. Parameters: customer, day.
WITH wanted AS (SELECT CAST(? AS STRING) AS customer_id, CAST(? AS DATE) AS last_day)
SELECT c.call_id, c.call_date, c.title, c.customer_id, a.rep_user_id
FROM gong.stg_gong_calls c
JOIN wanted w ON w.customer_id = c.customer_id
LEFT JOIN analytics.call_analysis a ON a.call_id = c.call_id AND a.call_date = c.call_date
WHERE NOT c.is_private AND c.call_date <= w.last_day
ORDER BY c.call_date DESC, c.call_id
LIMIT 1
