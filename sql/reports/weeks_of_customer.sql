-- One row per week with a weekly report of the customer, newest first.
SELECT week_start
FROM analytics.weekly_reports
WHERE customer_id = ? AND edition = 'weekly'
ORDER BY week_start DESC
