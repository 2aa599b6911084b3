-- The actions advised in a week, as far as noting what became of them needs.
-- Grain: customer. Parameters: Monday of the week.
SELECT i.customer_id, i.week_start, i.action_id, i.next_action_code, i.action_owner, i.due_on
FROM analytics.customer_insights i
WHERE i.week_start = CAST(? AS DATE) AND i.action_id IS NOT NULL
ORDER BY i.customer_id
