-- What is not known of customers in a week and window.
-- Grain: customer, feed, part, name and span. Parameters: Monday of the week, weeks of the window.
WITH period AS (SELECT CAST(? AS DATE) AS week_start, CAST(? AS BIGINT) AS weeks)
SELECT g.customer_id, g.feed, g.part, g.name, g.span, g.state, g.missing, g.why
FROM analytics.customer_gaps g
JOIN period p ON g.week_start = p.week_start AND g.window_weeks = p.weeks
ORDER BY g.customer_id, g.feed, g.part, g.name, g.span
