-- Advised actions and what happened to them, oldest first.
-- Grain: event. Parameters: the customer twice, NULL for all.
SELECT a.event_id, a.action_id, a.customer_id, c.customer_name, a.code, a.state, a.due_on, a.note,
       CAST(a.done_at AS DATE) AS done_on
FROM ops.customer_actions a
JOIN source.customers c ON c.customer_id = a.customer_id
WHERE a.customer_id = ? OR ? IS NULL
ORDER BY a.customer_id, a.done_at,
         CASE a.state WHEN 'proposed' THEN 0 WHEN 'taken' THEN 1 ELSE 2 END, a.event_id
