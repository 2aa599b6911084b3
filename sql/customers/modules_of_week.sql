-- What customers own, have lost or could have, in a week.
-- Grain: customer and module. Parameters: Monday of the week; the customer twice, empty for all.
SELECT *
FROM analytics.customer_modules
WHERE week_start = ? AND (customer_id = ? OR ? IS NULL)
ORDER BY customer_id, module_code
