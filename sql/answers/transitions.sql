-- Weeks in which a customer's segment or health became another.
-- Grain: customer, week and subject. Parameters: customer, Mondays of the first and the last week.
SELECT t.customer_id, t.week_start, t.subject, t.was, t.has_become, t.is_worse, t.reason
FROM analytics.customer_transitions t
WHERE t.customer_id = ? AND t.week_start BETWEEN ? AND ?
ORDER BY t.week_start, t.subject
