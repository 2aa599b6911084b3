-- Every Gong user: name, address and who leads them.
SELECT user_id, full_name, email, manager_id, is_active
FROM gong.gong_users
ORDER BY user_id
