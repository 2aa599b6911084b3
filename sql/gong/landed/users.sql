-- One row per landed user.
SELECT user_id, landed_at, TO_JSON(payload) AS payload
FROM gong.landed_users
ORDER BY user_id
