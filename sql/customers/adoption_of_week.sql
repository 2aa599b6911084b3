-- Adoption of one week.
-- Grain: customer and module. Parameters: Monday of the week.
SELECT *
FROM analytics.module_adoption
WHERE week_start = ?
ORDER BY customer_id, module_code
