-- One row per clear change of a customer as a whole in the week: what the stored verdicts call one.
SELECT customer_id, measure, compared_with, direction, size, size_low, size_high
FROM analytics.customer_changes
WHERE week_start = CAST(? AS DATE) AND window_weeks = 4 AND part = 'all'
    AND direction IN ('rise', 'fall')
ORDER BY customer_id, measure, compared_with
