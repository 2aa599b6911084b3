-- The life of a customer's actions, or of all, oldest first.
-- Grain: event. Parameters: the customer twice, empty for all.
SELECT event_id, action_id, customer_id, code, week_start, state, owner_id, due_on, note, done_by, done_at
FROM ops.customer_actions
WHERE customer_id = ? OR ? IS NULL
ORDER BY customer_id, done_at, CASE state WHEN 'proposed' THEN 0 WHEN 'taken' THEN 1 ELSE 2 END, event_id
