-- Verdicts on a window against the one before, of customers as a whole and of their modules.
-- Grain: customer, measure and module. Parameters: Monday of the week, weeks of the window.
WITH period AS (SELECT CAST(? AS DATE) AS week_start, CAST(? AS BIGINT) AS weeks)
SELECT c.customer_id, c.measure, c.part, c.name, c.direction
FROM analytics.customer_changes c
JOIN period p ON c.week_start = p.week_start AND c.window_weeks = p.weeks
WHERE c.part IN ('all', 'module') AND c.compared_with = 'before'
ORDER BY c.customer_id, c.measure, c.part, c.name
