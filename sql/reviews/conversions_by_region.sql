-- One row per customer and region with a conversion in the current window or the one before.
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
    c.region AS name,
    COUNT_IF(c.conversion_date >= s.current_start) AS count_current,
    SUM(IFF(c.conversion_date >= s.current_start, c.conversion_value, 0)) AS value_current,
    COUNT_IF(c.conversion_date < s.current_start) AS count_prior,
    SUM(IFF(c.conversion_date < s.current_start, c.conversion_value, 0)) AS value_prior
FROM source.conversions c
INNER JOIN scope s
    ON c.customer_id BETWEEN s.first_customer AND s.last_customer
    AND c.conversion_date BETWEEN s.prior_start AND s.period_end
WHERE c.region IS NOT NULL
GROUP BY c.customer_id, c.region
