-- One row per landed call that starts in a stretch of time, or whose start cannot be read.
SELECT call_id, landed_at, TO_JSON(payload) AS payload
FROM gong.landed_calls
WHERE started IS NULL
   OR (started >= ? AND started < ?)
ORDER BY started, call_id
