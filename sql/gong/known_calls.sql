-- One row per stored call of a stretch of days: what is known of it.
SELECT call_id, call_date, started, content_hash, is_private, is_deleted
FROM gong.gong_calls_raw
WHERE call_date BETWEEN ? AND ?
