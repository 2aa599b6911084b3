-- What a mail of alerts says of a customer besides what has changed.
-- Grain: customer. Parameters: Monday of the week.
SELECT m.customer_id, m.arr, k.customer_name, i.next_action
FROM analytics.customer_metrics m
JOIN source.customers k ON k.customer_id = m.customer_id
LEFT JOIN analytics.customer_insights i ON i.customer_id = m.customer_id AND i.week_start = m.week_start
WHERE m.week_start = CAST(? AS DATE)
ORDER BY m.customer_id
