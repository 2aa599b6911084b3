-- One row per day of a stretch whose sentences are staged.
SELECT call_date, fingerprint
FROM gong.gong_staged_days
WHERE call_date BETWEEN ? AND ?
