-- Rows of analytics.v_customer_transitions of one week.
-- Grain: as of the view. Parameters: Monday of the week.
SELECT *
FROM analytics.v_customer_transitions
WHERE week_start = ?
ORDER BY 1, 2
