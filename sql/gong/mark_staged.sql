-- The calls of a stretch of days are staged now.
UPDATE gong.gong_call_freshness
SET staged_at = ?
WHERE staged_at IS NULL
  AND call_date BETWEEN ? AND ?
