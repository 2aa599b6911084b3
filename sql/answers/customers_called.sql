-- Customers with whom there were calls that are not private, by rep.
-- Grain: customer and rep.
SELECT DISTINCT c.customer_id, k.customer_name, a.rep_user_id
FROM gong.stg_gong_calls c
JOIN source.customers k ON k.customer_id = c.customer_id
JOIN analytics.call_analysis a ON a.call_id = c.call_id AND a.call_date = c.call_date
WHERE NOT c.is_private AND a.rep_user_id IS NOT NULL
ORDER BY c.customer_id, a.rep_user_id
