-- One call, unless it is private, with customer and rep.
-- Grain: call. Parameters: call.
SELECT c.call_id, c.call_date, c.title, c.customer_id, a.rep_user_id, u.full_name AS rep_name
FROM gong.stg_gong_calls c
LEFT JOIN analytics.call_analysis a ON a.call_id = c.call_id AND a.call_date = c.call_date
LEFT JOIN gong.gong_users u ON u.user_id = a.rep_user_id
WHERE c.call_id = ? AND NOT c.is_private
