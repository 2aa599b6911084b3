-- One row per customer: the stored forecast of the window that follows the current one.
WITH scope AS (
    SELECT
        CAST(? AS STRING) AS first_customer,
        CAST(? AS STRING) AS last_customer,
        CAST(? AS DATE) AS week_start,
        CAST(? AS DATE) AS period_end,
        CAST(? AS DATE) AS current_start,
        CAST(? AS DATE) AS prior_start,
        CAST(? AS DATE) AS year_ago_start,
        CAST(? AS DATE) AS year_ago_end,
        CAST(? AS DATE) AS history_start
)

SELECT f.*
FROM analytics.customer_forecasts f
INNER JOIN scope s
    ON f.customer_id BETWEEN s.first_customer AND s.last_customer
    AND f.week_start = s.week_start
    AND 7 * f.window_weeks = DATEDIFF('day', s.prior_start, s.current_start)
