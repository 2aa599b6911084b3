-- One row per day of a stretch that was read as a whole.
SELECT call_date, read_at
FROM gong.gong_day_reads
WHERE call_date BETWEEN ? AND ?
