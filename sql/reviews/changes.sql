-- One row per customer, measure, comparison and part: the stored verdict on the current window.
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

SELECT
    c.customer_id,
    c.measure,
    c.compared_with,
    c.part,
    c.name,
    c.direction,
    c.size,
    c.n,
    c.channels,
    c.rising,
    c.falling,
    c.looked_at,
    c.why
FROM analytics.customer_changes c
INNER JOIN scope s
    ON c.customer_id BETWEEN s.first_customer AND s.last_customer
    AND c.week_start = s.week_start
    AND 7 * c.window_weeks = DATEDIFF('day', s.prior_start, s.current_start)
