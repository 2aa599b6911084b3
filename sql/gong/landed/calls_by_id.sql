-- One row per landed call of a list of ids, told as one text with commas about each.
SELECT call_id, landed_at, TO_JSON(payload) AS payload
FROM gong.landed_calls
WHERE CONTAINS(?, ',' || call_id || ',')
ORDER BY call_id
