-- What was decided at the desk on things of one kind, oldest first.
-- Grain: form. Parameters: kind.
SELECT form_id, kind, about, words, done_by, done_at
FROM ops.desk_decisions
WHERE kind = ?
ORDER BY done_at, form_id
