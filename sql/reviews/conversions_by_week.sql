-- One row per customer and week (Monday) with a conversion, from the start of the history.
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
    DATE_TRUNC('week', c.conversion_date)::DATE AS week,
    COUNT(*) AS conversions,
    SUM(c.conversion_value) AS value
FROM source.conversions c
INNER JOIN scope s
    ON c.customer_id BETWEEN s.first_customer AND s.last_customer
    AND c.conversion_date BETWEEN s.history_start AND s.period_end
GROUP BY c.customer_id, DATE_TRUNC('week', c.conversion_date)::DATE
