-- One row per letter that waits, oldest first, with its raw copy.
SELECT dead_letter_id, kind, call_id, raw, seen_at
FROM gong.gong_dead_letters
WHERE resolved_at IS NULL
ORDER BY seen_at, dead_letter_id
