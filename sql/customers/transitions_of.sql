-- Changes of segment and health colour, newest first.
-- Grain: customer, week and subject. Parameters: the customer twice, empty for all; first and last Monday.
SELECT customer_id, week_start, subject, was, has_become, is_worse, reason, held_weeks, rules_version
FROM analytics.customer_transitions
WHERE (customer_id = ? OR ? IS NULL) AND week_start BETWEEN ? AND ?
ORDER BY week_start DESC, customer_id, subject
