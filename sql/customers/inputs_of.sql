-- What is known of a customer's inputs in a week.
-- Grain: input. Parameters: Monday of the week, the customer.
SELECT input_name, state, last_day, age_days, why
FROM analytics.customer_inputs
WHERE week_start = ? AND customer_id = ?
ORDER BY input_name
