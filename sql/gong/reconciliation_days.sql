-- One row per day of a stretch, as shown to people.
SELECT call_date, known, stored, private, staged, transcribed, pending, scored, left_out,
       dead_lettered, vanished, missing
FROM gong.gong_reconciliation
WHERE call_date BETWEEN ? AND ?
ORDER BY call_date
