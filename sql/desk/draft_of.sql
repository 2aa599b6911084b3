-- The draft of a form.
-- Grain: one row or none. Parameters: owner, kind, what it is about.
SELECT draft
FROM ops.desk_drafts
WHERE owner = ? AND kind = ? AND about = ? AND draft IS NOT NULL
