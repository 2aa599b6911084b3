-- What was done when a form was sent.
-- Grain: one row or none. Parameters: the form.
SELECT form_id, kind, about, words, done_by, done_at
FROM ops.desk_decisions
WHERE form_id = ?
