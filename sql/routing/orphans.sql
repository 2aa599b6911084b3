-- The orphaned accounts of the newest week that was looked at.
WITH newest AS (
    SELECT MAX(week_start) AS week_start
    FROM analytics.orphaned_accounts
)
SELECT o.account_id, o.worker_id, o.why, o.until, o.revenue
FROM analytics.orphaned_accounts AS o
JOIN newest AS n ON n.week_start = o.week_start
ORDER BY o.revenue DESC, o.account_id
