-- The number of staged calls.
SELECT COUNT(*) AS calls
FROM gong.stg_gong_calls
