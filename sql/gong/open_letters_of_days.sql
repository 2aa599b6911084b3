-- One row per call of a stretch of days whose record could not be read and still waits.
SELECT dead_letter_id, call_id, call_date
FROM gong.gong_dead_letters
WHERE kind = 'call'
  AND resolved_at IS NULL
  AND call_date BETWEEN ? AND ?
