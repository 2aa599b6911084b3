-- Rows of analytics.v_customer_modules of one week.
-- Grain: as of the view. Parameters: Monday of the week.
SELECT *
FROM analytics.v_customer_modules
WHERE week_start = ?
ORDER BY 1, 2
