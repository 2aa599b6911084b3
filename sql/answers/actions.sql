-- Advised actions and what happened to them, oldest first, with the title under which each was last advised.
-- Grain: event. Parameters: the customer twice, NULL for all.
WITH advised AS (
    SELECT i.customer_id, i.action_id, i.action_title, i.week_start AS advised_week
    FROM analytics.customer_insights i
    WHERE i.action_id IS NOT NULL AND i.action_title IS NOT NULL
    QUALIFY ROW_NUMBER() OVER (PARTITION BY i.customer_id, i.action_id ORDER BY i.week_start DESC) = 1
)
SELECT a.event_id, a.action_id, a.customer_id, c.customer_name, a.code, a.state, a.due_on, a.note,
       CAST(a.done_at AS DATE) AS done_on, v.action_title, v.advised_week
FROM ops.customer_actions a
JOIN source.customers c ON c.customer_id = a.customer_id
LEFT JOIN advised v ON v.customer_id = a.customer_id AND v.action_id = a.action_id
WHERE a.customer_id = ? OR ? IS NULL
ORDER BY a.customer_id, a.done_at,
         CASE a.state WHEN 'proposed' THEN 0 WHEN 'taken' THEN 1 ELSE 2 END, a.event_id
