-- The next action advised for a customer in one week.
-- Grain: customer. Parameters: customer, Monday of the week.
SELECT customer_id, week_start, next_action, next_action_code, expected_effect, due_on, action_trigger
FROM analytics.customer_insights
WHERE customer_id = ? AND week_start = ?
