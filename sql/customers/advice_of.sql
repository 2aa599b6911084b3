-- The action advised for a customer in a week, as far as noting what became of it needs.
-- Grain: one row or none. Parameters: customer, Monday of the week.
SELECT c.customer_id, c.customer_name, i.action_id, i.next_action_code, i.action_owner, i.due_on
FROM source.customers c
JOIN analytics.customer_insights i ON i.customer_id = c.customer_id
WHERE c.customer_id = ? AND i.week_start = CAST(? AS DATE)
