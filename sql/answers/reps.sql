-- Gong users with who leads them.
-- Grain: user.
SELECT user_id, full_name, email, manager_id
FROM gong.gong_users
ORDER BY user_id
