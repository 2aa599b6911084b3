-- One row per open dead letter whose call is known.
SELECT dead_letter_id, kind, call_id
FROM gong.gong_dead_letters
WHERE resolved_at IS NULL
  AND call_id IS NOT NULL
