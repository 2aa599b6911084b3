-- One row per letter that nobody could tell the call of, with its raw copy.
SELECT dead_letter_id, raw
FROM gong.gong_dead_letters
WHERE call_id IS NULL
  AND raw <> ''
