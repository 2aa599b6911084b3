-- One row per customer in scope and module that was given back within a year, by the week's end.
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
    m.customer_id,
    m.module_code AS name,
    m.state_since AS cancelled_on,
    m.annual_value
FROM analytics.customer_modules m
INNER JOIN scope s
    ON m.customer_id BETWEEN s.first_customer AND s.last_customer
    AND m.week_start = s.week_start
    AND m.state_since > DATEADD('week', -52, s.period_end)
WHERE m.module_state = 'cancelled'
ORDER BY m.customer_id, m.state_since, m.module_code
