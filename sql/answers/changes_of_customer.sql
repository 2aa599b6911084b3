-- Verdicts on a customer's changes for windows that end with one week, over all its parts.
-- Grain: window, measure and comparison. Parameters: customer, Monday of the week.
SELECT customer_id, week_start, window_weeks, measure, compared_with, part, name, direction, size,
       size_low, size_high, n, channels, why
FROM analytics.customer_changes
WHERE customer_id = ? AND week_start = ? AND part = 'all'
ORDER BY window_weeks, measure, compared_with
