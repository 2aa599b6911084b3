-- One row per customer with any conversion up to the period's end: counts and values (USD) of
-- the week, the current window, the window before and the same window a year earlier.
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
    MIN(c.conversion_date)::DATE AS first_date,
    COUNT_IF(c.conversion_date >= s.week_start) AS count_week,
    SUM(IFF(c.conversion_date >= s.week_start, c.conversion_value, 0)) AS value_week,
    COUNT_IF(c.conversion_date >= s.current_start) AS count_current,
    SUM(IFF(c.conversion_date >= s.current_start, c.conversion_value, 0)) AS value_current,
    COUNT_IF(c.conversion_date >= s.prior_start AND c.conversion_date < s.current_start)
        AS count_prior,
    SUM(IFF(
        c.conversion_date >= s.prior_start AND c.conversion_date < s.current_start,
        c.conversion_value, 0
    )) AS value_prior,
    COUNT_IF(c.conversion_date BETWEEN s.year_ago_start AND s.year_ago_end) AS count_year_ago,
    SUM(IFF(
        c.conversion_date BETWEEN s.year_ago_start AND s.year_ago_end, c.conversion_value, 0
    )) AS value_year_ago
FROM source.conversions c
INNER JOIN scope s
    ON c.customer_id BETWEEN s.first_customer AND s.last_customer
    AND c.conversion_date <= s.period_end
GROUP BY c.customer_id
