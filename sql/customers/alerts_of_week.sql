-- Alerts of a week.
-- Grain: alert. Parameters: Monday of the week.
SELECT *
FROM analytics.customer_alerts
WHERE week_start = ?
ORDER BY customer_id, kind
