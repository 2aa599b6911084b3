-- One row: the sections of a customer's weekly report of a week.
SELECT sections
FROM analytics.weekly_reports
WHERE customer_id = ? AND week_start = CAST(? AS DATE) AND edition = 'weekly'
