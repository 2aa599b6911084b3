-- One row: the newest week with customer metrics, the default of reports on demand.
SELECT MAX(m.week_start) AS week_start FROM analytics.customer_metrics m
