-- Where the reading of a stretch of days was cut short, if it was.
SELECT resume_from
FROM gong.gong_progress
WHERE first_day = ?
  AND last_day = ?
