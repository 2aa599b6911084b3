-- What people did with advice of earlier weeks, oldest first.
-- Grain: event. Parameters: Monday of the week.
SELECT event_id, action_id, customer_id, code, week_start, state, owner_id, due_on, note, done_by, done_at
FROM ops.customer_actions
WHERE week_start < ? AND state <> 'proposed'
ORDER BY customer_id, done_at, CASE state WHEN 'taken' THEN 1 ELSE 2 END, event_id
