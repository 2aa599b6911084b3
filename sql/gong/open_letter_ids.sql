-- One row per letter that waits.
SELECT dead_letter_id
FROM gong.gong_dead_letters
WHERE resolved_at IS NULL
