-- Gong users who were scored in a call.
-- Grain: user.
SELECT u.user_id, u.full_name, u.email, COUNT(*) AS calls
FROM analytics.call_analysis a
JOIN gong.gong_users u ON u.user_id = a.rep_user_id
GROUP BY u.user_id, u.full_name, u.email
ORDER BY u.full_name, u.user_id
