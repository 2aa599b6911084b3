-- One row per customer and module under contract that was used and hardly is any more, in the week.
SELECT customer_id, module_code, adoption_stage
FROM analytics.module_adoption
WHERE week_start = CAST(? AS DATE) AND (adoption_stage = 'dropped' OR is_collapsed)
ORDER BY customer_id, module_code
