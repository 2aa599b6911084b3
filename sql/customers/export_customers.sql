-- Rows of analytics.v_customers of one week.
-- Grain: as of the view. Parameters: Monday of the week.
SELECT *
FROM analytics.v_customers
WHERE week_start = ?
ORDER BY 1, 2
